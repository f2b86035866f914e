/* The speedup matrix of one group of problems: a row is a variant at its best parameters, a column is a
 * shape.
 *
 * A cell holds the sample of the finished comparison. Where there is none, it holds the rough estimate of
 * the search of the same run, which is marked wherever it is shown. */
#ifndef TERN_REPORTS_FIGURES_MATRIX_H
#define TERN_REPORTS_FIGURES_MATRIX_H

#include "reports/data/select.h"

struct tern_matrix_cell {
    const struct tern_record *sample; /* NULL: from the search, or absent */
    const char *params;
    double ns; /* median; NaN: not measured */
    size_t n;
};

struct tern_matrix_row {
    const char *variant, *format;
    struct tern_matrix_cell *cell; /* one per column */
    double rank;                   /* geometric mean of time over the column's least */
    size_t measured;               /* cells */
};

enum { TERN_MATRIX_BASES = 7 };
struct tern_matrix_base {
    const char *id, *name;      /* "i2s", "I2_S" */
    const char *format, *trick; /* of this format; variants with `trick` in their name are preferred */
};
extern const struct tern_matrix_base tern_matrix_base[TERN_MATRIX_BASES];

struct tern_speedup_matrix {
    const struct tern_report_problem *first; /* columns are first[0..columns) */
    size_t columns, rows, searched;          /* columns that have a search */
    struct tern_matrix_row *row;             /* fastest first */
    size_t base_columns[TERN_MATRIX_BASES];  /* how many columns have this base */
    struct tern_matrix_cell *cells;
    struct tern_matrix_cell *base; /* [base * columns + column] */
};

/* The matrix of the group that begins at problem `first`. 0 when out of memory. */
int tern_matrix_of(const struct tern_report_data *d, size_t first, struct tern_speedup_matrix *out);
void tern_matrix_free(struct tern_speedup_matrix *m);

/* Speedup of a cell over a base in the same column. The ratio is NaN where either is absent. */
struct tern_speedup tern_matrix_speedup(const struct tern_speedup_matrix *m, const struct tern_matrix_row *r,
                                        size_t column, size_t base);
/* Geometric mean of a row over the columns that have both the cell and the base; *columns counts them. */
double tern_matrix_mean(const struct tern_speedup_matrix *m, const struct tern_matrix_row *r, size_t base,
                        size_t *columns);
/* 1 when the row's format is one of the bases. */
int tern_matrix_is_base(const struct tern_matrix_row *r);

#endif
