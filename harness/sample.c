#include "harness/sample.h"

#include "base/memory.h"
#include "base/random.h"
#include "harness/engine.h"

#include <math.h>

/* A max-heap of ids by logit; popping gives them in descending order without sorting the whole vocabulary. */
struct tern_sample {
    struct tern_sampling how;
    struct tern_random random;
    size_t vocab;
    int32_t *heap, *kept;
    double *weight;
};

enum tern_status tern_sample_new(const struct tern_sampling *s, size_t vocab, struct tern_sample **out,
                                 struct tern_error *e) {
    *out = NULL;
    if (!vocab || !(s->temperature >= 0) || !(s->top_p > 0 && s->top_p <= 1))
        return tern_fail(e, TERN_BAD_INPUT, "sampling: temperature must be 0 or more and top-p in (0, 1]");
    struct tern_sample *t = tern_alloc(sizeof *t);
    if (!t) return tern_fail(e, TERN_NO_MEMORY, "sampling: out of memory");
    *t = (struct tern_sample){.how = *s, .random = {s->seed}, .vocab = vocab};
    t->heap = tern_alloc(vocab * sizeof *t->heap);
    t->kept = tern_alloc(vocab * sizeof *t->kept);
    t->weight = tern_alloc(vocab * sizeof *t->weight);
    if (!t->heap || !t->kept || !t->weight) {
        tern_sample_free(t);
        return tern_fail(e, TERN_NO_MEMORY, "sampling: out of memory");
    }
    *out = t;
    return TERN_OK;
}

void tern_sample_free(struct tern_sample *s) {
    if (!s) return;
    tern_free(s->heap);
    tern_free(s->kept);
    tern_free(s->weight);
    tern_free(s);
}

static int before(const float *logits, int32_t a, int32_t b) {
    return logits[a] > logits[b] || (!(logits[a] < logits[b]) && a < b);
}

static void sink(const float *logits, int32_t *heap, size_t count, size_t at) {
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && before(logits, heap[child + 1], heap[child])) child++;
        if (!before(logits, heap[child], heap[at])) return;
        const int32_t t = heap[at];
        heap[at] = heap[child];
        heap[child] = t;
    }
}

int32_t tern_sample_next(struct tern_sample *s, const float *logits) {
    if (s->how.temperature <= 0) return tern_argmax(logits, s->vocab);
    const size_t most = s->how.top_k ? tern_min(s->how.top_k, s->vocab) : s->vocab;
    const double top = logits[tern_argmax(logits, s->vocab)];
    double mass = 0; /* of the ids that top-p is a share of */
    size_t left = s->vocab, n = 0;
    for (size_t i = 0; i < left; i++) s->heap[i] = (int32_t)i;
    for (size_t i = left / 2; i-- > 0;) sink(logits, s->heap, left, i);
    for (; n < most; n++) {
        const int32_t id = s->heap[0];
        const double weight = exp(((double)logits[id] - top) / s->how.temperature);
        if (!(weight > 0)) break; /* underflow, or no number */
        s->kept[n] = id;
        mass += s->weight[n] = weight;
        s->heap[0] = s->heap[--left];
        sink(logits, s->heap, left, 0);
    }
    double kept = 0;
    size_t count = 0;
    while (count < n && kept < s->how.top_p * mass) kept += s->weight[count++];
    double at = tern_random_unit(&s->random) * kept;
    for (size_t i = 0; i < count; i++)
        if ((at -= s->weight[i]) < 0) return s->kept[i];
    return count ? s->kept[count - 1] : tern_argmax(logits, s->vocab);
}
