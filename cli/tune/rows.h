/* The winners of a tuning as a table: a row a problem. */
#ifndef TERN_CLI_TUNE_ROWS_H
#define TERN_CLI_TUNE_ROWS_H

#include "tuner/session/tune.h"

#include <stddef.h>

enum tern_tune_row_state {
    TERN_TUNE_ROW_NOT_MEASURED, /* `why` tells */
    TERN_TUNE_ROW_KNOWN,        /* by an earlier run, on `date` */
    TERN_TUNE_ROW_MEASURED
};

/* What is kept of the outcome of a problem. */
struct tern_tune_row {
    struct tern_problem problem;
    enum tern_tune_row_state state;
    char kernel[96]; /* without operation, activations and level: "r16_r16k16_shift" */
    char why[96], date[24], why_dirty[96];
    double cost;                          /* ns, or the unit of the objective */
    struct tern_ratio over_i2s, over_f16; /* time over the baselines'; n == 0: not measured */
    double share;                         /* of the limit that is nearer; NaN: not measured */
    int reads;                            /* that limit is the read bandwidth, else the int8 peak */
    int dirty, tie, may_equal, unstable, incomplete; /* may_equal: the next in the final */
    double floor;                                    /* NaN: not measured */
    size_t figures, unstable_figures;                /* of all in the final */
};

struct tern_tune_rows {
    struct tern_tune_row *item;
    size_t count, room;
};

/* Without memory the row is left out. */
void tern_tune_rows_add(struct tern_tune_rows *r, const struct tern_outcome *o);
void tern_tune_rows_free(struct tern_tune_rows *r);

/* Prints all rows in at most `lines` lines of `columns` columns: a heading for each pair of token and thread count, the most
 * threads first. Pairs that do not fit are told in one line each. Returns the number of lines. */
size_t tern_tune_rows_print(const struct tern_tune_rows *r, enum tern_objective objective, size_t lines,
                            size_t columns);

/* A positive number with three digits, as far as the point allows. */
void tern_tune_digits(double v, char *out, size_t bytes);
/* How much less time it takes than the base: the ratio turned round, with its interval. */
struct tern_ratio tern_tune_times(const struct tern_ratio *over);
/* "1.24 [1.20,1.29]", or without interval; "-" where nothing was measured. */
void tern_tune_text(const struct tern_ratio *times, int interval, char *out, size_t bytes);

#endif
