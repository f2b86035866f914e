#include "reports/tables/csv.h"

#include "reports/data/number.h"

#include <math.h>

void tern_csv_text(struct tern_text *t, const char *s) {
    tern_text_put(t, ",");
    tern_text_csv(t, s);
}

void tern_csv_number(struct tern_text *t, double v) {
    tern_text_put(t, ",");
    tern_put_exact(t, v, "");
}

void tern_csv_count(struct tern_text *t, size_t v) {
    tern_text_printf(t, v ? ",%zu" : ",", v);
}

void tern_csv_problem(struct tern_text *t, const struct tern_record *r) {
    tern_text_csv(t, r->machine);
    tern_csv_text(t, r->run);
    tern_csv_count(t, r->m), tern_csv_count(t, r->k), tern_csv_count(t, r->n), tern_csv_count(t, r->threads);
    tern_csv_text(t, r->regime);
}

void tern_csv_variant(struct tern_text *t, const struct tern_record *r) {
    tern_csv_text(t, r ? r->variant : NULL);
    tern_csv_text(t, r ? r->params : NULL);
    tern_csv_text(t, r ? r->format : NULL);
}

void tern_csv_speedup(struct tern_text *t, struct tern_speedup s) {
    tern_csv_number(t, s.ratio), tern_csv_number(t, s.lo), tern_csv_number(t, s.hi);
    tern_csv_count(t, s.n);
    tern_csv_text(t, isfinite(s.ratio) ? tern_speedup_method_name(s.method) : NULL);
}
