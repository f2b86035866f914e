#include "reports/data/order.h"

int tern_regime_rank(const char *regime) {
    static const char *const known[] = {"hot", "wcold", "wcold-capped", "cold", "L1", "L2", "LLC", "DRAM"};
    int i = 0;
    while (i < 8 && tern_text_order(regime, known[i])) i++;
    return i;
}

int tern_problem_order(const struct tern_record *a, const struct tern_record *b) {
    int o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_number_order(a->n, b->n);
    if (!o) o = tern_number_order(a->threads, b->threads);
    if (!o) o = tern_regime_rank(a->regime) - tern_regime_rank(b->regime);
    if (!o) o = tern_text_order(a->regime, b->regime);
    if (!o) o = tern_number_order(a->m * a->k, b->m * b->k);
    if (!o) o = tern_number_order(a->m, b->m);
    return o;
}

int tern_is_newer(const struct tern_record *a, const struct tern_record *b) {
    const int o = tern_text_order(a->ts, b->ts);
    return o ? o > 0 : a > b;
}
