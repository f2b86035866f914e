#include "harness/text/embed.h"

#include "harness/internal.h"

#include <math.h>
#include <string.h>

enum tern_status tern_engine_vectors(struct tern_engine *en, const int32_t *ids, size_t count, float *out,
                                     struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    for (size_t at = 0, n; at < count; at += n) {
        n = tern_min(en->ubatch, count - at);
        const enum tern_status s = tern_engine_feed(en, ids + at, n, 0, NULL, e);
        if (s) return s;
        for (size_t t = 0; t < n; t++) /* one step leaves the residual stream of all its tokens */
            en->ops->norm(en->x + t * hp->hidden, en->output_norm, hp->hidden, hp->eps,
                          out + (at + t) * hp->hidden);
    }
    return TERN_OK;
}

enum tern_status tern_embed(struct tern_engine *en, const int32_t *ids, size_t count,
                            enum tern_pooling pooling, int unit, float *out, struct tern_error *e) {
    const size_t hidden = en->model->hp.hidden;
    if (!count) return tern_fail(e, TERN_BAD_INPUT, "embed: the text has no tokens");
    if (pooling == TERN_POOL_NONE) return tern_fail(e, TERN_BAD_INPUT, "embed: no pooling was chosen");
    double *sum = tern_alloc(hidden * sizeof *sum);
    float *all = tern_alloc(tern_mul_size(count, hidden * sizeof *all));
    enum tern_status s = sum && all ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "embed: out of memory");
    tern_engine_rewind(en, 0);
    if (!s) s = tern_engine_vectors(en, ids, count, all, e);
    const size_t from = pooling == TERN_POOL_LAST ? count - 1 : 0,
                 to = pooling == TERN_POOL_FIRST ? 1 : count;
    for (size_t t = from; !s && t < to; t++)
        for (size_t i = 0; i < hidden; i++) sum[i] += (double)all[t * hidden + i];
    double length = 0;
    for (size_t i = 0; !s && i < hidden; i++) {
        sum[i] /= (double)(to - from);
        length += sum[i] * sum[i];
    }
    length = unit ? sqrt(length) : 1;
    if (!s && !(length > 0 && isfinite(length)))
        s = tern_fail(e, TERN_BAD_INPUT, "embed: the vector has no direction");
    for (size_t i = 0; !s && i < hidden; i++) out[i] = (float)(sum[i] / length);
    tern_free(all);
    tern_free(sum);
    return s;
}

static const char *const names[] = {"none", "mean", "first", "last"};

enum tern_pooling tern_pooling_named(const char *word) {
    for (enum tern_pooling p = TERN_POOL_MEAN; p <= TERN_POOL_LAST; p++)
        if (!strcmp(word, names[p])) return p;
    return TERN_POOL_NONE;
}

const char *tern_pooling_name(enum tern_pooling p) {
    return names[p];
}
