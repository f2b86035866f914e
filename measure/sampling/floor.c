#include "measure/sampling/floor.h"

#include "measure/clock.h"

#include <math.h>

double tern_floor_of(const struct tern_ratio *null) {
    if (null->n < 6 || !(null->ci_lo > 0) || !isfinite(null->ci_hi)) return NAN;
    return fmax(fmax(1 / null->ci_lo, null->ci_hi) - 1, 0);
}

enum tern_status tern_aa_floor(const struct tern_alternative *a, const struct tern_alternative *twin,
                               const struct tern_sampler_options *o, struct tern_floor *out,
                               struct tern_error *e) {
    const struct tern_alternative pair[2] = {*a, twin ? *twin : *a};
    struct tern_comparison c;
    *out = (struct tern_floor){.share = NAN, .clock_share = NAN};
    const enum tern_status s = tern_compare(pair, 2, o, &c, e);
    if (s) return s;
    out->null = c.ratio[1];
    out->est = c.estimate[0];
    out->clock_share =
        tern_clock_facts()->resolution_ns / ((double)c.calls * fmin(c.estimate[0].min, c.estimate[1].min));
    out->share = fmax(tern_floor_of(&out->null), out->clock_share);
    out->biased = out->null.ci_lo > 1 || out->null.ci_hi < 1;
    if (isnan(tern_floor_of(&out->null))) out->share = NAN;
    tern_comparison_free(&c);
    if (isnan(out->share))
        return tern_fail(e, TERN_INCONCLUSIVE, "floor: %s: %zu usable A/A rounds, 6 are needed", a->name,
                         out->null.n);
    return TERN_OK;
}

enum tern_difference tern_difference_of(const struct tern_ratio *r, double floor) {
    const double edge = 1 + (isnan(floor) ? TERN_FLOOR_UNKNOWN : floor);
    if (r->n < 6 || isnan(r->ci_lo) || isnan(r->ci_hi)) return TERN_DIFFERENCE_OPEN;
    if (r->ci_hi < 1 / edge) return TERN_DIFFERENCE_FASTER;
    if (r->ci_lo > edge) return TERN_DIFFERENCE_SLOWER;
    return r->ci_lo >= 1 / edge && r->ci_hi <= edge ? TERN_DIFFERENCE_NONE : TERN_DIFFERENCE_OPEN;
}
