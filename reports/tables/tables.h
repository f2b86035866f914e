/* Tables that are filled once and written three times: as HTML, as Markdown and as CSV.
 *
 * A cell holds a text, or a number with an optional interval. Its `how` says where the number comes from:
 * NULL means measured; any other word ("modelled", "sum of kernels", "computed") is shown next to the
 * number. */
#ifndef TERN_REPORTS_TABLES_TABLES_H
#define TERN_REPORTS_TABLES_TABLES_H

#include "reports/tables/page.h"

#include <stddef.h>

enum tern_column_kind {
    TERN_COLUMN_MACHINE, /* a text, shown only when there are several machines */
    TERN_COLUMN_TEXT,
    TERN_COLUMN_NUMBER,
    TERN_COLUMN_INTERVAL, /* number and interval: columns <csv>, <csv>_low, <csv>_high of the CSV */
    TERN_COLUMN_HOW       /* the same and how it came about: <csv>_how */
};
struct tern_report_column {
    const char *head; /* NULL: only in the CSV */
    const char *csv;
    enum tern_column_kind kind;
};

struct tern_report_cell {
    double v, lo, hi; /* NaN: none */
    int digits;       /* significant ones of the interval */
    char *text;       /* as shown; NULL: absent */
    const char *how;  /* static; NULL: measured */
    char *why;        /* hover text; NULL: none */
};

struct tern_report_table {
    const char *name;                 /* of the CSV file, without its ending */
    struct tern_text before, caption; /* before: a paragraph per line */
    struct tern_text absent, command; /* when there is no row: what is missing and what measures it */
    const struct tern_report_column *column;
    size_t columns, cells, room;
    struct tern_report_cell *cell;
    int one_machine; /* hides the machine */
};

enum { TERN_TABLES_MAX = 3 };
struct tern_report_tables {
    struct tern_report_table table[TERN_TABLES_MAX];
    size_t tables;
    int failed; /* out of memory */
};
typedef void (*tern_tables_fill)(const struct tern_report_page *p, struct tern_report_tables *s);

/* Begins a table. Everything below belongs to it until the next one begins. `column` ends with a NULL csv. */
void tern_tables_begin(struct tern_report_tables *s, const char *name,
                       const struct tern_report_column *column);
/* The caption of the current table, and the paragraphs before it, to append plain text to. */
struct tern_text *tern_tables_caption(struct tern_report_tables *s);
struct tern_text *tern_tables_before(struct tern_report_tables *s);
/* What to say when the current table has no row. */
void tern_tables_absent(struct tern_report_tables *s, const char *what, const char *command);

/* Cells of the current table, from left to right, row by row. Texts are copied. */
void tern_tables_text(struct tern_report_tables *s, const char *text);
void tern_tables_count(struct tern_report_tables *s, size_t v); /* 0: absent */
/* `digits` significant digits, then `unit`. A value that is not finite is absent, because of `why` (may be
 * NULL). */
void tern_tables_number(struct tern_report_tables *s, double v, int digits, const char *unit, const char *how,
                        const char *why);
void tern_tables_interval(struct tern_report_tables *s, double v, double lo, double hi, int digits,
                          const char *unit, const char *how, const char *why);
/* From..to without a centre: both are shown, and the table sorts by their geometric mean. */
void tern_tables_range(struct tern_report_tables *s, double from, double to, int digits, const char *unit,
                       const char *how, const char *why);
/* A probability: "7.4e-07". */
void tern_tables_p(struct tern_report_tables *s, double p);
void tern_tables_bytes(struct tern_report_tables *s, double v, const char *how, const char *why);
/* A number with a multiplication sign: "3.41x". */
void tern_tables_ratio(struct tern_report_tables *s, double v, double lo, double hi, const char *how,
                       const char *why);

/* Each of these fills the tables, writes all of them, and frees them. */
void tern_tables_html(const struct tern_report_page *p, tern_tables_fill fill, struct tern_text *t);
void tern_tables_markdown(const struct tern_report_page *p, tern_tables_fill fill, struct tern_text *t);
/* Writes table `index` only. */
void tern_tables_csv(const struct tern_report_page *p, tern_tables_fill fill, size_t index,
                     struct tern_text *t);
void tern_tables_free(struct tern_report_tables *s);

#endif
