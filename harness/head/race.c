#include "harness/head/race.h"

#include "measure/sampling/sampler.h"

#include <string.h>

#define SAMPLE_BYTES ((size_t)64 << 20)
#define CLEARLY      0.9  /* of the rows' time, at most */
#define BETTER       0.95 /* of the usual scan's time, at most: another one is chosen for more than noise */

const struct tern_exact_options tern_head_scans[TERN_HEAD_SCANS] = {
    {.bits = 6, .block = 32}, {.bits = 6, .block = 64}, {.bits = 8, .block = 64}};

/* One of the candidates: rows when `exact` is NULL. */
struct candidate {
    const struct head *head;
    struct tern_pool *pool;
    struct tern_exact *exact;
    const void *rows;
    const float *x;
    float *logits;
    size_t count; /* of rows */
};

static void answer(void *ctx, size_t w, size_t workers) {
    const struct candidate *c = ctx;
    const struct tern_head_ops *ops = c->head->ops;
    size_t from, to;
    if (c->exact) {
        const struct tern_exact_full full = {ops, c->head->rows, c->rows};
        tern_exact_scan(c->exact, w, workers, &full, c->x, c->logits);
        return;
    }
    tern_share(c->count, 1, w, workers, &from, &to);
    if (to > from) ops->rows[c->head->rows](c->rows, c->head->source->cols, from, to, c->x, c->logits + from);
}

static void answers(void *ctx, uint64_t calls) {
    struct candidate *c = ctx;
    while (calls--) tern_pool_run(c->pool, answer, c);
}

/* Pages that hold nothing yet are one page of zeros: each worker writes to its own. */
static void touch(void *ctx, size_t w, size_t workers) {
    const struct candidate *c = ctx;
    size_t from, to;
    if (c->exact) {
        struct tern_exact_part part[TERN_EXACT_PARTS];
        const size_t parts = tern_exact_parts(c->exact, part);
        for (size_t i = 0; i < parts; i++) {
            tern_share(part[i].bytes, 4096, w, workers, &from, &to);
            memset((char *)part[i].data + from, 0, to - from);
        }
        return;
    }
    tern_share(c->count, 1, w, workers, &from, &to);
    memset((char *)c->logits + from * sizeof(float), 0, (to - from) * sizeof(float));
    memset((char *)(uintptr_t)c->rows + from * c->head->row_bytes, 0, (to - from) * c->head->row_bytes);
}

static enum tern_status time_all(struct candidate *c, double share[TERN_HEAD_SCANS], struct tern_error *e) {
    struct tern_alternative alt[TERN_HEAD_SCANS + 1];
    const struct tern_sampler_options o = {
        .warmup = TERN_WARMUP_ONE, .own_calls = 1, .rounds_min = 5, .rounds_max = 5, .tries = 2};
    struct tern_comparison out;
    for (size_t i = 0; i <= TERN_HEAD_SCANS; i++)
        alt[i] =
            (struct tern_alternative){.name = i ? "scan" : "rows", .work = answers, .ctx = &c[i], .calls = 1};
    const enum tern_status s = tern_compare(alt, TERN_HEAD_SCANS + 1, &o, &out, e);
    if (s != TERN_OK) return s;
    for (size_t i = 0; i < TERN_HEAD_SCANS; i++)
        share[i] = out.estimate[i + 1].median / out.estimate[0].median;
    tern_comparison_free(&out);
    return TERN_OK;
}

enum tern_status tern_head_race(const struct head *h, struct tern_pool *pool, size_t workers,
                                double share[TERN_HEAD_SCANS], struct tern_error *e) {
    const size_t k = h->source->cols, count = tern_min(h->source->rows, SAMPLE_BYTES / h->row_bytes + 1);
    struct candidate c[TERN_HEAD_SCANS + 1];
    struct tern_pages rows = {0};
    float *x = tern_alloc(k * sizeof *x), *logits = tern_alloc(count * sizeof *logits);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i <= TERN_HEAD_SCANS; i++)
        c[i] = (struct candidate){.head = h, .pool = pool, .x = x, .logits = logits, .count = count};
    if (!x || !logits || tern_pages_get(&rows, count * h->row_bytes))
        s = tern_fail(e, TERN_NO_MEMORY, "engine: head: no memory for a trial of %zu rows", count);
    c[0].rows = rows.data;
    tern_pool_use(pool, workers);
    for (size_t i = 0; s == TERN_OK && i <= TERN_HEAD_SCANS; i++) {
        if (i) s = tern_exact_new(count, k, workers, &tern_head_scans[i - 1], &c[i].exact, e);
        if (s == TERN_OK) tern_pool_run(pool, touch, &c[i]);
        if (s == TERN_OK && i) tern_exact_packed(c[i].exact);
    }
    for (size_t i = 0; s == TERN_OK && i < k; i++) x[i] = i % 2 ? 1 : -0.5f;
    if (s == TERN_OK) s = time_all(c, share, e);
    for (size_t i = 1; i <= TERN_HEAD_SCANS; i++) tern_exact_free(c[i].exact);
    tern_pages_drop(&rows);
    tern_free(x);
    tern_free(logits);
    return s;
}

int tern_head_winner(const double share[TERN_HEAD_SCANS]) {
    int best = 0;
    for (int i = 1; i < TERN_HEAD_SCANS; i++)
        if (share[i] < share[best] && share[i] < BETTER * share[0]) best = i;
    return share[best] < CLEARLY ? best : -1;
}
