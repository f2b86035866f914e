#include "reports/data/number.h"

#include <math.h>

static int decimals_for(double v, int digits) {
    const double a = fabs(v);
    int whole = 1;
    for (double top = 10; a >= top && whole < 9; top *= 10) whole++;
    if (a > 0 && a < 1)
        for (double low = 0.1; a < low && whole > -3; low /= 10) whole--;
    return digits > whole ? digits - whole : 0;
}

struct tern_time_unit tern_time_unit_for(double ns) {
    struct tern_time_unit u = {"ns", 1, 0};
    if (ns >= 1e9)
        u = (struct tern_time_unit){"s", 1e9, 0};
    else if (ns >= 1e6)
        u = (struct tern_time_unit){"ms", 1e6, 0};
    else if (ns >= 1e3)
        u = (struct tern_time_unit){"\xc2\xb5s", 1e3, 0};
    u.decimals = decimals_for(ns / u.ns, 4);
    return u;
}

void tern_put_time(struct tern_text *t, double ns, struct tern_time_unit u) {
    if (isfinite(ns))
        tern_text_printf(t, "%.*f", u.decimals, ns / u.ns);
    else
        tern_text_put(t, TERN_ABSENT);
}

void tern_put_number(struct tern_text *t, double v, int digits) {
    if (isfinite(v))
        tern_text_printf(t, "%.*f", decimals_for(v, digits), v);
    else
        tern_text_put(t, TERN_ABSENT);
}

void tern_put_times(struct tern_text *t, double ratio) {
    tern_put_number(t, ratio, 3);
    if (isfinite(ratio)) tern_text_put(t, "\xc3\x97");
}

void tern_put_bytes(struct tern_text *t, double bytes) {
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    for (; i < 4 && bytes >= 1024; i++) bytes /= 1024;
    tern_put_number(t, bytes, i ? 3 : 4);
    tern_text_printf(t, " %s", names[i]);
}

void tern_put_exact(struct tern_text *t, double v, const char *absent) {
    if (isfinite(v))
        tern_text_printf(t, "%.10g", v);
    else
        tern_text_put(t, absent);
}

void tern_put_shape(struct tern_text *t, const struct tern_record *r) {
    tern_text_printf(t, "%zu\xc3\x97%zu", r->m, r->k);
}

void tern_put_problem(struct tern_text *t, const struct tern_record *r, int with_run) {
    tern_put_shape(t, r);
    tern_text_printf(t, ", N=%zu", r->n);
    if (r->threads) tern_text_printf(t, ", %zu thread%s", r->threads, r->threads == 1 ? "" : "s");
    if (*tern_or_empty(r->regime)) tern_text_printf(t, ", %s", r->regime);
    if (with_run) tern_text_printf(t, ", run %s", *tern_or_empty(r->run) ? r->run : "unnamed");
}
