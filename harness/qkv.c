#include "harness/qkv.h"

#include "harness/internal.h"

struct qkv_columns tern_qkv_columns(const struct tern_hparams *hp) {
    const size_t q = tern_round_up((size_t)hp->heads * hp->head_dim, TERN_LANES);
    const size_t kv = tern_round_up((size_t)hp->kv_heads * hp->head_dim, TERN_LANES);
    return (struct qkv_columns){.q = 0, .k = q, .v = q + kv, .all = q + 2 * kv};
}

size_t tern_qkv_rows(const struct tern_engine *en, size_t w, size_t workers, struct rows own[3]) {
    const struct tern_hparams *hp = &en->model->hp;
    const size_t dim = hp->head_dim, group = hp->heads / hp->kv_heads;
    size_t from, to;
    tern_share(hp->heads, 1, w, workers, &from, &to);
    if (from == to) return 0;
    const struct rows kv = {from / group * dim, ((to - 1) / group + 1) * dim};
    own[0] = (struct rows){from * dim, to * dim};
    own[1] = own[2] = kv;
    if (en->plan.qkv_projections > 1) return 3;
    const size_t q = (size_t)hp->heads * dim, k = (size_t)hp->kv_heads * dim;
    own[1] = (struct rows){q + kv.from, q + kv.to};
    own[2] = (struct rows){q + k + kv.from, q + k + kv.to};
    return 3;
}

/* Rows that one worker computes when each makes what its own heads need. */
static size_t rows_by_heads(const struct tern_engine *en, size_t w) {
    struct rows own[3];
    const size_t owns = tern_qkv_rows(en, w, en->threads_decode, own);
    size_t sum = 0;
    for (size_t i = 0; i < owns; i++) {
        const struct projection *p = &en->plan.projection[en->plan.qkv_projections == 1 ? 0 : i];
        const size_t step = variant_of(&p->plan->bucket[0])->row_step;
        sum += tern_round_up(own[i].to, step) - own[i].from / step * step;
    }
    return sum;
}

/* Two workers that share a key or value head both compute its rows. That is worth it while the additional
 * weights of the widest worker take no longer than a barrier and its wait: some 2 microseconds, or half a
 * million multiply-adds. */
int tern_qkv_by_heads(const struct tern_engine *en) {
    size_t all = 0, most = 0;
    for (size_t i = 0; i < en->plan.qkv_projections; i++) {
        if (tern_plan_splits(&en->plan.projection[i])) return 0; /* every worker has a part of every row */
        all += en->plan.projection[i].m;
    }
    for (size_t w = 0; w < en->threads_decode; w++) most = tern_max(most, rows_by_heads(en, w));
    const size_t even = (all + en->threads_decode - 1) / en->threads_decode;
    return most <= even || (most - even) * en->plan.projection[0].k <= (size_t)1 << 19;
}
