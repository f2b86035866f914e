/* HTML: cells, tables and figures. Numbers carry their sort value in data-v, "" when absent. */
#ifndef TERN_REPORTS_TABLES_HTML_H
#define TERN_REPORTS_TABLES_HTML_H

#include "reports/data/number.h"
#include "reports/tables/page.h"

/* Header cells, up to NULL. A text that begins with '>' is the head of a column of numbers; the sign is
 * removed. */
void tern_cell_heads(struct tern_text *t, const char *const *text);
/* Opens a numeric cell that sorts by v. The caller writes the content and "</td>". */
void tern_cell_open(struct tern_text *t, double v);
void tern_cell_count(struct tern_text *t, size_t v);
void tern_cell_text(struct tern_text *t, const char *s);
void tern_cell_variant(struct tern_text *t, const struct tern_record *r);
void tern_cell_speedup(struct tern_text *t, struct tern_speedup s);
/* One cell, "9.02 us 8.97-9.10", and two cells without the unit's name. */
void tern_cell_time(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u);
void tern_cell_time_pair(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u);
void tern_cell_ceiling(struct tern_text *t, const struct tern_record *r);
void tern_cell_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r);

/* Writes a table up to its first row. With a `filter` (the name of the table) the reader can sort and
 * filter it; "" for none. When the page has several machines, a first column "Machine" is added. `caption`
 * is HTML. */
void tern_html_open_table(struct tern_text *t, const struct tern_report_page *p, const char *filter,
                          const char *caption, const char *const *heads);
/* The cells below the heads "M×K", "N", "Threads" and "Regime", after the machine when the page has
 * several. */
void tern_cell_problem(struct tern_text *t, const struct tern_report_page *p, const struct tern_record *r);
/* The figures of one section, given by its id, each with its caption and its files. */
void tern_html_figures(const struct tern_report_page *p, const char *section, struct tern_text *t);
/* "Not measured: the records hold no <what>. <command> writes them." */
void tern_html_absent(struct tern_text *t, const char *what, const char *command);

#endif
