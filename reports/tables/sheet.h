/* Tables that are filled once and written three times: as HTML, as Markdown and as CSV.
 *
 * A cell holds a text or a number with an optional interval, and says how it came about: NULL is measured,
 * any other word ("modelled", "sum of kernels", "computed") stands beside the number wherever it is shown. */
#ifndef TERN_REPORTS_TABLES_SHEET_H
#define TERN_REPORTS_TABLES_SHEET_H

#include "reports/tables/page.h"

#include <stddef.h>

enum tern_sheet_kind {
    TERN_SHEET_MACHINE, /* a text, shown only when there are several machines */
    TERN_SHEET_TEXT,
    TERN_SHEET_NUMBER,
    TERN_SHEET_SPREAD, /* number and interval: columns <csv>, <csv>_low, <csv>_high of the CSV */
    TERN_SHEET_HOW     /* the same and how it came about: <csv>_how */
};
struct tern_sheet_column {
    const char *head; /* NULL: only in the CSV */
    const char *csv;
    enum tern_sheet_kind kind;
};

struct tern_sheet_cell {
    double v, lo, hi; /* NaN: none */
    int digits;       /* significant ones of the interval */
    char *text;       /* as shown; NULL: absent */
    const char *how;  /* static; NULL: measured */
    char *why;        /* hover text; NULL: none */
};

struct tern_sheet_table {
    const char *name;                 /* of the CSV file, without its ending */
    struct tern_text before, caption; /* before: a paragraph per line */
    struct tern_text absent, command; /* when there is no row: what is missing and what measures it */
    const struct tern_sheet_column *column;
    size_t columns, cells, room;
    struct tern_sheet_cell *cell;
    int one_machine; /* hides the machine */
};

enum { TERN_SHEET_TABLES = 3 };
struct tern_sheet {
    struct tern_sheet_table table[TERN_SHEET_TABLES];
    size_t tables;
    int failed; /* out of memory */
};
typedef void (*tern_sheet_fill)(const struct tern_report_page *p, struct tern_sheet *s);

/* A new table, to which everything below belongs until the next one. `column` ends with a NULL csv. */
void tern_sheet_begin(struct tern_sheet *s, const char *name, const struct tern_sheet_column *column);
/* Of the current table: plain text from anywhere. */
struct tern_text *tern_sheet_caption(struct tern_sheet *s);
struct tern_text *tern_sheet_before(struct tern_sheet *s);
void tern_sheet_absent(struct tern_sheet *s, const char *what, const char *command);

/* Cells, from left to right, row by row. Texts are copied. */
void tern_sheet_text(struct tern_sheet *s, const char *text);
void tern_sheet_count(struct tern_sheet *s, size_t v); /* 0: absent */
/* `digits` significant ones, then `unit`; not finite: absent because of `why` (may be NULL). */
void tern_sheet_number(struct tern_sheet *s, double v, int digits, const char *unit, const char *how,
                       const char *why);
void tern_sheet_spread(struct tern_sheet *s, double v, double lo, double hi, int digits, const char *unit,
                       const char *how, const char *why);
/* From..to without a centre: shown as both, sorted by their geometric mean. */
void tern_sheet_range(struct tern_sheet *s, double from, double to, int digits, const char *unit,
                      const char *how, const char *why);
/* A probability: "7.4e-07". */
void tern_sheet_p(struct tern_sheet *s, double p);
void tern_sheet_bytes(struct tern_sheet *s, double v, const char *how, const char *why);
void tern_sheet_ratio(struct tern_sheet *s, double v, double lo, double hi, const char *how, const char *why);

/* One of the rows of a table, for those who look at it: cells from [row * columns]. */
size_t tern_sheet_rows(const struct tern_sheet_table *t);

/* Fill, write, free. */
void tern_sheet_html(const struct tern_report_page *p, tern_sheet_fill fill, struct tern_text *t);
void tern_sheet_markdown(const struct tern_report_page *p, tern_sheet_fill fill, struct tern_text *t);
/* Table `index` of it. */
void tern_sheet_csv(const struct tern_report_page *p, tern_sheet_fill fill, size_t index,
                    struct tern_text *t);
void tern_sheet_free(struct tern_sheet *s);

#endif
