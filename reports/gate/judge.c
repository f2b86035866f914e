/* From pairs of processes to a verdict. Pure arithmetic: tests feed it made-up values. */
#include "reports/gate/gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_PAIRS = 6 };
/* Suspects are many where it is noisy, so that the second key is a narrow one. */
static const double confidence = 0.95, confirmed_p_max = 0.01, significant = 0.05;

const char *tern_gate_verdict_name(enum tern_gate_verdict v) {
    static const char *const name[] = {"ok", "faster", "REGRESSION", "cannot tell"};
    return name[v];
}

static int usable(double x) {
    return isfinite(x) && x > 0;
}

/* ln(candidate / base) of values [from, to). */
static size_t differences(const struct tern_gate_row *r, size_t from, size_t to, double *d) {
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        if (usable(r->base[i]) && usable(r->candidate[i])) d[n++] = log(r->candidate[i] / r->base[i]);
    return n;
}

/* Two processes of one build in one group. */
static size_t null_differences(const struct tern_gate_row *r, size_t from, size_t to, double *d) {
    size_t n = 0;
    for (size_t i = from; i + 1 < to; i += 2) {
        if (usable(r->base[i]) && usable(r->base[i + 1])) d[n++] = log(r->base[i + 1] / r->base[i]);
        if (usable(r->candidate[i]) && usable(r->candidate[i + 1]))
            d[n++] = log(r->candidate[i + 1] / r->candidate[i]);
    }
    return n;
}

/* Half the 95 % interval that the difference of so many processes of one build from as many others of it
 * would have: from their median absolute difference, which a few disturbed processes do not move. */
static double floor_of(const struct tern_gate_row *r, size_t from, size_t to, double *d) {
    const size_t n = null_differences(r, from, to, d);
    for (size_t i = 0; i < n; i++) d[i] = fabs(d[i]);
    return n >= MIN_PAIRS - 1 ? 1.96 * 1.4826 * tern_median_of(d, n, d + n) / sqrt((double)n) : NAN;
}

/* One disturbed process in ten spoils the signed rank test, which gives it the highest rank; drift spoils the
 * test of Mann and Whitney. Either may speak, at half the level. */
static double p_of(const struct tern_gate_row *r, size_t from, size_t to, double *d, double paired) {
    double *b = d + (to - from);
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        if (usable(r->base[i]) && usable(r->candidate[i])) d[n] = r->base[i], b[n++] = r->candidate[i];
    return fmin(1, 2 * fmin(paired, tern_mann_whitney(d, n, b, n, NULL)));
}

static int look(struct tern_gate_row *r, size_t from, size_t to) {
    double *d = malloc((2 * (to - from) + 1) * sizeof *d);
    r->floor = NAN;
    r->seen = (struct tern_location){NAN, NAN, NAN, NAN, 0};
    if (!d) return 0;
    r->seen = tern_signed_rank(d, differences(r, from, to, d), confidence);
    r->floor = floor_of(r, from, to, d);
    if (r->seen.n) r->seen.p = p_of(r, from, to, d, r->seen.p);
    free(d);
    return r->seen.n >= MIN_PAIRS && isfinite(r->seen.lo);
}

int tern_gate_suspect(struct tern_gate_row *r, double threshold) {
    const double limit = log1p(threshold);
    const int enough = look(r, 0, r->screened);
    r->screening = r->seen.centre;
    r->suspected = !enough || r->seen.hi > limit || r->seen.lo < -limit;
    return r->suspected;
}

static enum tern_gate_verdict cannot_tell(struct tern_gate_row *r, const char *why) {
    snprintf(r->why, sizeof r->why, "%s", why);
    return TERN_GATE_CANNOT_TELL;
}

/* Keys: the new values alone are significant, their centre is beyond both the threshold and the floor, and
 * the screening had pointed the same way. */
static enum tern_gate_verdict verdict_of(struct tern_gate_row *r, double limit) {
    const struct tern_location *l = &r->seen;
    const double noise = isfinite(r->floor) ? r->floor : 0;
    if (l->centre > limit && l->p <= significant) {
        if (l->p > confirmed_p_max || r->screening < limit / 2)
            return cannot_tell(r, "slower, but not confirmed: too noisy, or too few processes");
        if (l->centre > noise) return TERN_GATE_REGRESSION;
        return cannot_tell(r, "as far apart as the same build is from itself");
    }
    if (l->p <= confirmed_p_max && l->centre < -fmax(limit, noise)) return TERN_GATE_FASTER;
    if (l->hi <= limit) return TERN_GATE_OK;
    /* The whole interval need not be below: an estimate in the lower half of the threshold, with little noise
     * around it, is no regression either. */
    if (l->centre <= limit / 2 && (l->hi - l->centre <= limit || noise <= limit / 2)) return TERN_GATE_OK;
    return cannot_tell(r, "the interval holds the threshold: too noisy, or too few processes");
}

void tern_gate_judge(struct tern_gate_row *r, double threshold) {
    const size_t from = r->suspected && r->values > r->screened ? r->screened : 0;
    if (!look(r, from, r->values)) {
        r->verdict =
            cannot_tell(r, r->seen.n ? "too few pairs of processes" : "one of the builds gave no number");
        return;
    }
    r->verdict = verdict_of(r, log1p(threshold));
    /* Nothing was measured again: a suspicion is not enough against a build. */
    if (r->verdict == TERN_GATE_REGRESSION && !from)
        r->verdict = cannot_tell(r, "suspected, and no time was left to confirm it");
    if (r->verdict == TERN_GATE_FASTER && !from) r->verdict = TERN_GATE_OK;
}

enum tern_status tern_gate_status(const struct tern_gate *g) {
    size_t count[4] = {0};
    for (size_t i = 0; i < g->rows; i++) count[g->row[i].verdict]++;
    if (count[TERN_GATE_REGRESSION]) return TERN_CHECK_FAILED;
    return count[TERN_GATE_CANNOT_TELL] || !g->rows ? TERN_INCONCLUSIVE : TERN_OK;
}

struct tern_gate_row *tern_gate_add_row(struct tern_gate *g, const char *name, size_t values) {
    struct tern_gate_row *grown = realloc(g->row, (g->rows + 1) * sizeof *grown);
    if (!grown) return NULL;
    g->row = grown;
    struct tern_gate_row *r = &g->row[g->rows];
    *r = (struct tern_gate_row){.pace = NAN, .floor = NAN, .seen = {NAN, NAN, NAN, NAN, 0}};
    r->base = malloc((2 * values + 1) * sizeof *r->base);
    if (!r->base) return NULL;
    r->candidate = r->base + values;
    for (size_t i = 0; i < 2 * values; i++) r->base[i] = NAN;
    snprintf(r->name, sizeof r->name, "%s", name);
    g->rows++;
    return r;
}

void tern_gate_free(struct tern_gate *g) {
    for (size_t i = 0; i < g->rows; i++) free(g->row[i].base);
    free(g->row);
    g->row = NULL;
    g->rows = 0;
}
