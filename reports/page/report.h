/* The report: a folder that can be published, made from records and from nothing else.
 *
 *     index.html        one self-contained page: opens from file://, needs no network
 *     report.md         the same in Markdown
 *     *.csv             the numbers of every table and figure
 *     figures/NAME.svg  drawn by gnuplot from NAME.gp and NAME.dat, with NAME.png and NAME.pdf
 *
 * gnuplot runs as a child process. Without it everything but the drawings is written, and the page says
 * what is missing. The output does not depend on the clock or on the machine that writes it: equal records
 * give equal bytes, with the same gnuplot. */
#ifndef TERN_REPORTS_PAGE_REPORT_H
#define TERN_REPORTS_PAGE_REPORT_H

#include "base/status.h"
#include "measure/records/record.h"
#include "reports/options.h"

#include <stddef.h>

struct tern_report_summary {
    size_t problems, samples, ceilings, e2e; /* what the page shows */
    size_t figures, drawn;                   /* scripts written, and SVGs that gnuplot made from them */
    char why_not_drawn[256];                 /* "" when drawn == figures */
};

/* Writes the folder. `records` is borrowed, `out_summary` may be NULL. TERN_INCONCLUSIVE when there is no
 * record at all, TERN_IO when a file cannot be written. A figure that could not be drawn is no error. */
enum tern_status tern_report_write(const struct tern_record *records, size_t count,
                                   const struct tern_report_options *o,
                                   struct tern_report_summary *out_summary, struct tern_error *e);

#endif
