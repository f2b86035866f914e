/* Orders of records that reports, comparison and history sort by. Absent text is empty text. */
#ifndef TERN_REPORTS_DATA_ORDER_H
#define TERN_REPORTS_DATA_ORDER_H

#include "measure/records/record.h"

#include <string.h>

/* "" instead of NULL. */
static inline const char *tern_or_empty(const char *s) {
    return s ? s : "";
}

static inline int tern_text_order(const char *a, const char *b) {
    return strcmp(tern_or_empty(a), tern_or_empty(b));
}

static inline int tern_number_order(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/* Operation, shape, threads, regime: what was computed, whoever computed it. */
static inline int tern_shape_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->op, b->op);
    if (!o) o = tern_number_order(a->m, b->m);
    if (!o) o = tern_number_order(a->k, b->k);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->threads, b->threads);
    return o ? o : tern_text_order(a->regime, b->regime);
}

/* From fast to slow memory; unknown regimes last. */
int tern_regime_rank(const char *regime);
/* Machine, N, threads, regime, M and K: equal for records of one problem. */
int tern_problem_order(const struct tern_record *a, const struct tern_record *b);
/* 1 when `a` is later than `b`: by time stamp, else by place in their common array. */
int tern_is_newer(const struct tern_record *a, const struct tern_record *b);

/* Defines a qsort function over pointers to records of one array. Equal ones stay in the order of the
 * array. */
#define TERN_RECORD_SORTER(name, order)                                                                      \
    static int name(const void *pa, const void *pb) {                                                        \
        const struct tern_record *a = *(const struct tern_record *const *)pa;                                \
        const struct tern_record *b = *(const struct tern_record *const *)pb;                                \
        const int o = order(a, b);                                                                           \
        return o ? o : (a > b) - (a < b);                                                                    \
    }

#endif
