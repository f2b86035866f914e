#include "measure/ceilings/ceilings.h"

#include "base/isa.h"
#include "base/memory.h"
#include "measure/ceilings/peak.h"
#include "measure/clock.h"

#include <math.h>
#include <string.h>

#define ROUNDS 512 /* of a multiply-add loop per call: a few microseconds */

/* Per worker, on its own cache line: what it reads and where its results go, so that no loop is without
 * effect. */
struct share {
    _Alignas(TERN_CACHE_LINE) struct tern_pages pages;
    volatile uint64_t sink;
    int refused;
};

const struct tern_peak *tern_peak_at(size_t i) {
    if (i < tern_arch_peaks_count) return &tern_arch_peaks[i];
    i -= tern_arch_peaks_count;
    return i < tern_scalar_peaks_count ? &tern_scalar_peaks[i] : NULL;
}

struct tern_ceiling {
    const struct tern_peak *f;
    struct tern_pool *pool;
    tern_peak_read_fn *read;
    size_t workers, share_bytes;
    struct share *share;
    uint64_t calls; /* of the run in progress */
};

/* Nobody else touches these pages first, so they lie on the node of the worker that reads them. */
static void fill(void *ctx, size_t w, size_t workers) {
    struct tern_ceiling *c = ctx;
    struct share *s = &c->share[w];
    (void)workers;
    s->refused = tern_pages_get(&s->pages, c->share_bytes);
    if (!s->refused) memset(s->pages.data, 0x5a, c->share_bytes);
}

static void work(void *ctx, size_t w, size_t workers) {
    struct tern_ceiling *c = ctx;
    struct share *s = &c->share[w];
    (void)workers;
    s->sink = c->read ? c->read(s->pages.data, c->share_bytes, c->calls) : c->f->maths(c->calls * ROUNDS);
}

/* The first loop of the kind that `usable` allows: the widest. */
static const struct tern_peak *widest(enum tern_ceiling_kind kind, uint32_t usable) {
    const struct tern_peak *p;
    for (size_t i = 0; (p = tern_peak_at(i)) != NULL; i++)
        if (p->kind == kind && !(p->needs & ~usable)) return p;
    return NULL;
}

static const char *const kinds[] = {"read", "int8", "maddubs", "fma"};

/* Says what the least demanding loop of the kind needs. */
static enum tern_status no_loop(enum tern_ceiling_kind kind, struct tern_error *e) {
    const struct tern_peak *p, *last = NULL;
    for (size_t i = 0; (p = tern_peak_at(i)) != NULL; i++)
        if (p->kind == kind) last = p;
    if (!last)
        return tern_fail(e, TERN_UNSUPPORTED, "ceiling: %s: there is no loop for it on this architecture",
                         kinds[kind]);
    return tern_fail(e, TERN_UNSUPPORTED, "ceiling: %s: needs %s, which is not usable here", kinds[kind],
                     tern_isa_level_name(last->needs));
}

/* Some cores read fastest when left to their own prefetcher, some only with software's help; the ceiling is
 * the better of the two. Best of five turns each, a few megabytes per worker and turn. */
static void choose_loop(struct tern_ceiling *c) {
    const uint64_t calls = 1 + ((size_t)4 << 20) / c->share_bytes;
    tern_peak_read_fn *const loop[2] = {c->f->near, c->f->far};
    uint64_t best[2] = {UINT64_MAX, UINT64_MAX};
    for (int turn = 0; turn < 10; turn++) {
        c->read = loop[turn & 1];
        const uint64_t t0 = tern_now_ns();
        tern_ceiling_run(c, calls);
        const uint64_t ns = tern_now_ns() - t0;
        if (ns < best[turn & 1]) best[turn & 1] = ns;
    }
    c->read = loop[best[1] < best[0]];
}

static enum tern_status prepare_read(struct tern_ceiling *c, size_t bytes, struct tern_error *e) {
    c->share_bytes = bytes / c->workers / TERN_CACHE_LINE * TERN_CACHE_LINE;
    if (!c->share_bytes)
        return tern_fail(e, TERN_BAD_INPUT,
                         "ceiling: read: %zu bytes are less than a cache line for each of %zu workers", bytes,
                         c->workers);
    tern_pool_run(c->pool, fill, c);
    for (size_t i = 0; i < c->workers; i++)
        if (c->share[i].refused)
            return tern_fail(e, TERN_NO_MEMORY, "ceiling: read: cannot map %zu bytes for worker %zu",
                             c->share_bytes, i);
    choose_loop(c);
    return TERN_OK;
}

enum tern_status tern_ceiling_new(enum tern_ceiling_kind kind, size_t bytes, uint32_t usable,
                                  struct tern_pool *pool, struct tern_ceiling **out, struct tern_error *e) {
    *out = NULL;
    if ((unsigned)kind >= sizeof kinds / sizeof *kinds)
        return tern_fail(e, TERN_BAD_INPUT, "ceiling: %d: not a kind of ceiling", (int)kind);
    const struct tern_peak *f = widest(kind, usable);
    if (!f) return no_loop(kind, e);
    struct tern_ceiling *c = tern_alloc(sizeof *c);
    struct share *share = tern_alloc(tern_mul_size(tern_pool_workers(pool), sizeof *share));
    if (!c || !share) {
        tern_free(c);
        tern_free(share);
        return tern_fail(e, TERN_NO_MEMORY, "ceiling: %s: out of memory", kinds[kind]);
    }
    *c = (struct tern_ceiling){.f = f, .pool = pool, .workers = tern_pool_workers(pool), .share = share};
    const enum tern_status s = kind == TERN_CEILING_READ ? prepare_read(c, bytes, e) : TERN_OK;
    if (s) {
        tern_ceiling_free(c);
        return s;
    }
    *out = c;
    return TERN_OK;
}

void tern_ceiling_free(struct tern_ceiling *c) {
    if (!c) return;
    for (size_t i = 0; i < c->workers; i++) tern_pages_drop(&c->share[i].pages);
    tern_free(c->share);
    tern_free(c);
}

const char *tern_ceiling_name(const struct tern_ceiling *c) {
    return c->f->name;
}

double tern_ceiling_work(const struct tern_ceiling *c) {
    const double each = c->read ? (double)c->share_bytes : (double)ROUNDS * c->f->macs;
    return each * (double)c->workers;
}

void tern_ceiling_run(void *ctx, uint64_t calls) {
    struct tern_ceiling *c = ctx;
    c->calls = calls;
    tern_pool_run(c->pool, work, c);
}

struct tern_ceiling_fraction tern_ceiling_share(const struct tern_ratio *r, double kernel_work,
                                                double ceiling_work) {
    const double per = kernel_work / ceiling_work; /* shares fall as the ratio of times rises */
    const struct tern_ceiling_fraction s = {per / r->median, per / r->ci_hi, per / r->ci_lo,
                                            per / r->ci_hi > 1};
    return s;
}

enum tern_regime_fit tern_regime_fit_of(int cold, const struct tern_ceiling_fraction *of_memory) {
    if (!isfinite(of_memory->lo) || !isfinite(of_memory->hi)) return TERN_FIT_UNKNOWN;
    if (cold) return of_memory->broken ? TERN_FIT_BROKEN : TERN_FIT_SHOWN;
    return of_memory->broken ? TERN_FIT_SHOWN : TERN_FIT_NOT_SHOWN;
}

const char *tern_regime_fit_name(enum tern_regime_fit f) {
    static const char *const names[] = {"unknown", "shown", "not shown", "faster than the read ceiling"};
    return (unsigned)f < sizeof names / sizeof *names ? names[f] : "?";
}
