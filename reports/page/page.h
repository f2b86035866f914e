/* What the writers of the page, the Markdown and the CSV files share. Internal to this room. */
#ifndef TERN_REPORTS_PAGE_PAGE_H
#define TERN_REPORTS_PAGE_PAGE_H

#include "reports/data/select.h"
#include "reports/data/text.h"
#include "reports/figures/figures.h"
#include "reports/page/facts.h"
#include "reports/page/report.h"

struct tern_report_page {
    const struct tern_report_data *data;
    const struct tern_report_options *options;
    const struct tern_figures *figures;
    const char **machine; /* distinct keys */
    size_t machines;
    struct tern_facts gaps, commands;
    const char *why_not_drawn; /* "" when every figure was drawn */
};

/* The summary's lines: geometric means over problems of one kind (N = 1: decode, N > 1: prefill). */
struct tern_report_mean {
    size_t problems;          /* that have both the best variant and the baseline */
    double mean, least, most; /* of the speedups; NaN when problems == 0 */
};
enum tern_baseline { TERN_BASELINE_F16, TERN_BASELINE_I2S };
struct tern_report_mean tern_report_mean_of(const struct tern_report_data *d, const char *machine, int batch,
                                            enum tern_baseline b);

/* The processor's name, or the machine key when no record tells it. */
const char *tern_report_machine_name(const struct tern_report_data *d, const char *key);
const char *tern_standing_name(enum tern_rank_class s);
/* "unstable", "incomplete" and the record's flags, separated by spaces; flags that the machine's own record
 * carries are left out, because they hold for every number of that machine and stand in its sheet. */
void tern_put_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r);
/* The untuned twin of a tuned end-to-end record; NULL when there is none. */
const struct tern_record *tern_report_untuned(const struct tern_report_data *d,
                                              const struct tern_record *tuned);
/* 1 when the flags or the record say that the variant failed its verification. */
int tern_report_verify_failed(const struct tern_record *r);

void tern_report_html(const struct tern_report_page *p, struct tern_text *out);
void tern_report_markdown(const struct tern_report_page *p, struct tern_text *out);
/* Writes all CSV files. */
enum tern_status tern_report_csv(const struct tern_report_page *p, struct tern_error *e);

#endif
