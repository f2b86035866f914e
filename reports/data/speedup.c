#include "reports/data/speedup.h"

#include "reports/data/order.h"

#include <math.h>
#include <string.h>

double tern_rate(double work, double ns) {
    return isfinite(work) && work > 0 && isfinite(ns) && ns > 0 ? work / ns : NAN;
}

struct tern_report_tokens tern_report_tokens_of(const struct tern_record *r) {
    const struct tern_estimate *x = &r->est;
    const struct tern_report_tokens none = {NAN, NAN, NAN, NAN};
    if (!x->n || !isfinite(x->median) || x->median <= 0) return none;
    if (strcmp(tern_or_empty(r->unit), "ns/token"))
        return (struct tern_report_tokens){x->median, x->ci_lo, x->ci_hi, x->mad};
    const double tps = 1e9 / x->median;
    return (struct tern_report_tokens){tps, 1e9 / x->ci_hi, 1e9 / x->ci_lo, x->mad / x->median * tps};
}

/* Time over the time of `base`: 1 exactly for the base itself. */
static int against(const struct tern_record *r, const char *base, struct tern_ratio *out) {
    if (!strcmp(tern_or_empty(r->base), base) && r->ratio.n && r->ratio.median > 0) {
        *out = r->ratio;
        return 1;
    }
    *out = (struct tern_ratio){.n = r->est.n, .median = 1, .ci_lo = 1, .ci_hi = 1};
    return !strcmp(tern_or_empty(r->variant), base);
}

/* The estimate as a time, also when the record counts tokens per second. n == 0: not measured. */
static struct tern_ratio time_of(const struct tern_record *r) {
    const struct tern_estimate *x = &r->est;
    if (!x->n || !isfinite(x->median) || x->median <= 0) return (struct tern_ratio){0};
    if (strcmp(tern_or_empty(r->unit), "tok/s"))
        return (struct tern_ratio){.n = x->n, .median = x->median, .ci_lo = x->ci_lo, .ci_hi = x->ci_hi};
    return (struct tern_ratio){
        .n = x->n, .median = 1 / x->median, .ci_lo = 1 / x->ci_hi, .ci_hi = 1 / x->ci_lo};
}

static struct tern_speedup quotient(struct tern_ratio slow, struct tern_ratio fast,
                                    enum tern_speedup_method method) {
    return (struct tern_speedup){.ratio = slow.median / fast.median,
                                 .lo = slow.ci_lo / fast.ci_hi,
                                 .hi = slow.ci_hi / fast.ci_lo,
                                 .n = slow.n < fast.n ? slow.n : fast.n,
                                 .method = method};
}

struct tern_speedup tern_speedup_of(const struct tern_record *fast, const struct tern_record *slow) {
    const struct tern_speedup unknown = {.ratio = NAN, .lo = NAN, .hi = NAN};
    if (!fast || !slow) return unknown;
    struct tern_ratio f, s;
    const int same_run = !strcmp(tern_or_empty(fast->run), tern_or_empty(slow->run));
    const char *bases[] = {tern_or_empty(slow->variant), tern_or_empty(fast->variant),
                           tern_or_empty(fast->base)};
    for (size_t i = 0; same_run && i < 3; i++) {
        if (!*bases[i] || !against(fast, bases[i], &f) || !against(slow, bases[i], &s)) continue;
        if (i < 2 && !strcmp(tern_or_empty(fast->variant), tern_or_empty(slow->variant))) continue;
        return quotient(s, f, i < 2 ? TERN_SPEEDUP_PAIRED : TERN_SPEEDUP_BY_BASE);
    }
    f = time_of(fast), s = time_of(slow);
    if (!f.n || !s.n) return unknown;
    return quotient(s, f, TERN_SPEEDUP_APART);
}

const char *tern_speedup_method_name(enum tern_speedup_method m) {
    switch (m) {
    case TERN_SPEEDUP_PAIRED:
        return "paired rounds";
    case TERN_SPEEDUP_BY_BASE:
        return "both paired with one base";
    case TERN_SPEEDUP_APART:
        return "separate medians";
    case TERN_SPEEDUP_UNKNOWN:
        break;
    }
    return "not measured";
}
