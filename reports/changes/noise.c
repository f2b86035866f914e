#define _GNU_SOURCE
#include "reports/changes/noise.h"

#include "reports/compare/statistics.h"
#include "reports/data/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AROUND = 20, BESIDE = 3 };
static const double wide = 3;

static int has_word(const char *text, const char *word) {
    const size_t n = strlen(word);
    for (const char *p = text; p && (p = strstr(p, word)); p += n)
        if ((p == text || p[-1] == ' ') && (!p[n] || p[n] == ' ')) return 1;
    return 0;
}

struct tern_run_evidence tern_run_evidence_of(const struct tern_record *r) {
    return (struct tern_run_evidence){.dirty = has_word(r->flags, "dirty"),
                                      .unstable = r->est.unstable,
                                      .width = (r->est.ci_hi - r->est.ci_lo) / r->est.median};
}

/* The runs within AROUND of run i, at the ends of the series fewer. */
static enum tern_disturbance judge(const struct tern_run_evidence *v, size_t n, size_t i, double *scratch) {
    const size_t from = i < AROUND ? 0 : i - AROUND, to = i + AROUND + 1 < n ? i + AROUND + 1 : n;
    size_t unstable = 0, widths = 0;
    if (v[i].dirty) return TERN_RUN_DIRTY;
    for (size_t j = from; j < to; j++) {
        unstable += v[j].unstable != 0;
        if (isfinite(v[j].width)) scratch[widths++] = v[j].width;
    }
    if (v[i].unstable && 2 * unstable <= to - from) return TERN_RUN_WIDE;
    if (!(v[i].width > 0)) return TERN_RUN_CLEAN;
    const double usual = tern_median_of(scratch, widths, scratch + widths);
    return v[i].width > wide * usual ? TERN_RUN_WIDE : TERN_RUN_CLEAN;
}

/* Looks at what the records say only, so that a stretch does not spread. */
static int amid(const enum tern_disturbance *d, size_t n, size_t i) {
    const size_t from = i < BESIDE ? 0 : i - BESIDE, to = i + BESIDE + 1 < n ? i + BESIDE + 1 : n;
    size_t disturbed = 0;
    for (size_t j = from; j < to; j++) disturbed += d[j] == TERN_RUN_DIRTY || d[j] == TERN_RUN_WIDE;
    return 2 * disturbed >= to - from - 1;
}

int tern_runs_judge(const struct tern_run_evidence *v, size_t n, enum tern_disturbance *out) {
    double *scratch = malloc(2 * (2 * AROUND + 1) * sizeof *scratch);
    if (!scratch) return 0;
    for (size_t i = 0; i < n; i++) out[i] = judge(v, n, i, scratch);
    for (size_t i = 0; i < n; i++)
        if (!out[i] && amid(out, n, i)) out[i] = TERN_RUN_AMID;
    free(scratch);
    return 1;
}
