/* How many workers a token and a prompt get. */
#include "harness/internal.h"

#include "tuner/wisdom/thread_counts.h"

#define SHAPES_MAX 16

/* What wisdom says about `fallback` threads and fewer, by the sums over the model's linear layers, unmerged.
 */
static size_t by_wisdom(const struct tern_engine *en, const struct tern_wisdom *w, enum tern_regime regime,
                        size_t n, size_t fallback) {
    struct tern_shape shape[SHAPES_MAX];
    struct tern_shape_calls calls[SHAPES_MAX];
    const size_t count = tern_model_shapes(&en->model->hp, shape, SHAPES_MAX);
    const struct tern_problem p = {.n = n, .threads = fallback, .regime = regime};
    for (size_t i = 0; i < count; i++)
        calls[i] = (struct tern_shape_calls){shape[i].m, shape[i].k, shape[i].calls};
    return tern_threads_for(w, en->usable, calls, count, &p);
}

void tern_engine_threads(struct tern_engine *en, const struct tern_engine_options *o,
                         const struct tern_machine *m) {
    const struct tern_wisdom *w = en->act == TERN_ACT_I8 ? o->wisdom : NULL;
    const enum tern_regime regime = tern_model_regime(&en->model->hp, m);
    const size_t all = tern_machine_threads(m);
    en->threads_decode = o->threads ? o->threads : by_wisdom(en, w, regime, 1, all);
    en->facts.threads_by_wisdom = !o->threads && en->threads_decode != all;
    en->threads_prefill = o->threads_prefill ? o->threads_prefill : o->threads;
    if (!en->threads_prefill) {
        en->threads_prefill = en->ubatch > 1 ? by_wisdom(en, w, regime, en->ubatch, all) : en->threads_decode;
        en->facts.threads_prefill_by_wisdom = en->threads_prefill != all;
    }
    en->threads = en->workers = tern_max(en->threads_decode, en->threads_prefill);
}
