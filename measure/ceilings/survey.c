#include "measure/ceilings/survey.h"

#include "base/isa.h"
#include "base/memory.h"
#include "measure/sampling/sampler.h"

#include <math.h>
#include <string.h>

/* A guest may be told its host's whole L3, and owns only a part of it. */
#define LLC_MOST ((size_t)32 << 20)
#define READINGS 4

size_t tern_ceiling_survey_bytes(const struct tern_machine *m, int level, size_t threads, int *capped,
                                 const char **why) {
    *capped = 0;
    *why = NULL;
    /* Last-level caches that these threads reach, when they are placed one core after the other. */
    const size_t sharing = m->l3_shared_by ? m->l3_shared_by : m->cpus;
    const size_t l3s = (threads + sharing - 1) / sharing;
    if (level == 1) {
        if (!m->l1d_bytes) *why = "the size of L1d is not known";
        return m->l1d_bytes / 4 * 3 * threads;
    }
    if (level == 2) {
        if (m->l2_bytes < 4 * m->l1d_bytes || !m->l2_bytes)
            return *why = "no L2 known that is larger than L1d", 0;
        return m->l2_bytes / 2 * threads;
    }
    if (level == 3) {
        const size_t bytes = l3s * tern_min(m->l3_bytes / 2, LLC_MOST);
        if (bytes < 2 * m->l2_bytes * threads || !bytes)
            return *why = "no L3 known that is larger than the L2s", 0;
        return bytes;
    }
    /* Twice the cold size: replacement that is not strictly by age keeps part of a buffer that just does not
     * fit. */
    struct tern_machine all = *m;
    all.l3_bytes *= 2 * l3s;
    return tern_cold_bytes(&all, capped);
}

struct survey {
    const struct tern_machine *m;
    struct tern_pool *pool;
    double seconds_each;
    tern_ceiling_row_fn fn;
    void *ctx;
    size_t done, all;
};

static int hand_over(struct survey *s, const struct tern_ceiling_row *row) {
    s->done++;
    return s->fn(s->ctx, row, (double)s->done / (double)s->all);
}

static enum tern_status measure(struct survey *s, struct tern_ceiling *c, struct tern_ceiling_row *row,
                                struct tern_error *e) {
    const struct tern_alternative alt = {.name = tern_ceiling_name(c), .work = tern_ceiling_run, .ctx = c};
    const struct tern_sampler_options o = {.budget_seconds = s->seconds_each, .frequency = 1};
    struct tern_comparison r;
    const enum tern_status st = tern_compare(&alt, 1, &o, &r, e);
    if (st) return st;
    row->name = tern_ceiling_name(c);
    row->work = tern_ceiling_work(c);
    row->ns = r.estimate[0];
    row->ghz = r.ghz;
    row->rate = row->work / row->ns.median;
    row->rate_lo = row->work / row->ns.ci_hi;
    row->rate_hi = row->work / row->ns.ci_lo;
    if (!row->ns.n || !(row->ns.median > 0)) row->why_not = "faster than the clock can see";
    tern_comparison_free(&r);
    return TERN_OK;
}

static enum tern_status readings(struct survey *s, int *stop, struct tern_error *e) {
    static const char *const name[READINGS] = {"L1", "L2", "LLC", "DRAM"};
    for (int level = 1; level <= READINGS && !*stop; level++) {
        struct tern_ceiling_row row = {
            .op = "read", .level = name[level - 1], .name = "", .unit = "GB/s", .ghz = NAN};
        row.rate = row.rate_lo = row.rate_hi = NAN;
        row.threads = tern_pool_workers(s->pool);
        row.bytes = tern_ceiling_survey_bytes(s->m, level, row.threads, &row.capped, &row.why_not);
        struct tern_ceiling *c = NULL;
        struct tern_error why = {0};
        enum tern_status st = TERN_OK;
        if (row.bytes && tern_ceiling_new(TERN_CEILING_READ, row.bytes, s->m->usable, s->pool, &c, &why))
            row.why_not = why.text;
        if (c) st = measure(s, c, &row, e);
        if (!st) *stop = hand_over(s, &row);
        tern_ceiling_free(c);
        if (st) return st;
    }
    return TERN_OK;
}

/* Each kind with ever fewer instructions allowed; a mask that gives the loop of the mask before it adds
 * nothing. */
static const struct {
    enum tern_ceiling_kind kind;
    uint32_t mask;
    const char *op;
} peak[] = {
    {TERN_CEILING_INT8, ~0u, "int8"},
    {TERN_CEILING_INT8, ~(uint32_t)TERN_ISA_AVX512VNNI, "int8"},
    {TERN_CEILING_INT8, ~(uint32_t)(TERN_ISA_AVX512VNNI | TERN_ISA_AVXVNNI), "int8"},
    {TERN_CEILING_INT8, TERN_ISA_SCALAR, "int8"},
    {TERN_CEILING_MADDUBS, ~0u, "maddubs"},
    {TERN_CEILING_FMA, ~0u, "fma"},
    {TERN_CEILING_FMA, ~(uint32_t)TERN_ISA_AVX512BW, "fma"},
    {TERN_CEILING_FMA, TERN_ISA_SCALAR, "fma"},
};
#define PEAKS (sizeof peak / sizeof *peak)

static enum tern_status peaks(struct survey *s, int *stop, struct tern_error *e) {
    char before[64] = "";
    for (size_t i = 0; i < PEAKS && !*stop; i++) {
        struct tern_ceiling_row row = {.op = peak[i].op,
                                       .level = "",
                                       .unit = "GMAC/s",
                                       .threads = tern_pool_workers(s->pool),
                                       .ghz = NAN};
        struct tern_ceiling *c;
        if (tern_ceiling_new(peak[i].kind, 0, s->m->usable & peak[i].mask, s->pool, &c, NULL) ||
            !strcmp(tern_ceiling_name(c), before)) {
            tern_ceiling_free(c);
            s->done++;
            continue;
        }
        strncpy(before, tern_ceiling_name(c), sizeof before - 1);
        const enum tern_status st = measure(s, c, &row, e);
        if (!st) *stop = hand_over(s, &row);
        tern_ceiling_free(c);
        if (st) return st;
    }
    return TERN_OK;
}

enum tern_status tern_ceiling_survey(const struct tern_machine *m, const size_t *threads, size_t count,
                                     double seconds, tern_ceiling_row_fn fn, void *ctx,
                                     struct tern_error *e) {
    struct survey s = {.m = m, .fn = fn, .ctx = ctx, .all = count * (READINGS + PEAKS)};
    s.seconds_each = (seconds > 0 ? seconds : 2.0) / (double)(READINGS + PEAKS);
    int stop = 0;
    for (size_t i = 0; i < count && !stop; i++) {
        if (!threads[i] || threads[i] > m->cpus)
            return tern_fail(e, TERN_BAD_INPUT,
                             "ceilings: %zu threads: this process may use 1 to %zu processors", threads[i],
                             m->cpus);
        enum tern_status st = tern_pool_new(threads[i], m->cpu, &s.pool, e);
        if (st) return st;
        st = readings(&s, &stop, e);
        if (!st && !stop) st = peaks(&s, &stop, e);
        tern_pool_free(s.pool);
        if (st) return st;
    }
    return TERN_OK;
}
