#include "harness/text/sample.h"

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
    int32_t *last; /* ring of the last tokens told */
    size_t told;
};

static int penalises(const struct tern_sampling *s) {
    return s->repeat_penalty > 0 && s->repeat_penalty != 1;
}

static size_t window(const struct tern_sampling *s) {
    return s->repeat_last ? s->repeat_last : 64;
}

void tern_sample_wanted(const struct tern_sampling *s, struct tern_wanted *out) {
    *out = (struct tern_wanted){0};
    /* A penalty above 1 only lowers logits, each of at most `window` ids: what is among the first k then was
     * among the first k + window before. */
    const size_t more = penalises(s) ? window(s) : 0;
    if (penalises(s) && s->repeat_penalty < 1) return;
    if (!(s->temperature > 0)) {
        out->top = 1 + more;
        return;
    }
    if (s->top_k) out->top = s->top_k + more;
    /* exp(x / t) >= min_p, with room for the rounding of both sides. */
    if (s->min_p > 0 && !more) out->margin = -s->temperature * log(s->min_p) * (1 + 1e-9) + 1e-6;
}

enum tern_status tern_sample_new(const struct tern_sampling *s, size_t vocab, struct tern_sample **out,
                                 struct tern_error *e) {
    *out = NULL;
    if (!vocab || !(s->temperature >= 0) || !(s->top_p > 0 && s->top_p <= 1) ||
        !(s->min_p >= 0 && s->min_p <= 1))
        return tern_fail(e, TERN_BAD_INPUT,
                         "sampling: temperature must be 0 or more, top-p in (0, 1] and min-p in [0, 1]");
    if (!(s->repeat_penalty >= 0 && s->repeat_penalty <= 1e6) || window(s) > (size_t)1 << 24)
        return tern_fail(e, TERN_BAD_INPUT, "sampling: the repetition penalty must be in [0, 1e6]");
    struct tern_sample *t = tern_alloc(sizeof *t);
    if (!t) return tern_fail(e, TERN_NO_MEMORY, "sampling: out of memory");
    *t = (struct tern_sample){.how = *s, .random = {s->seed}, .vocab = vocab};
    t->heap = tern_alloc(vocab * sizeof *t->heap);
    t->kept = tern_alloc(vocab * sizeof *t->kept);
    t->weight = tern_alloc(vocab * sizeof *t->weight);
    t->last = tern_alloc(window(s) * sizeof *t->last);
    if (!t->heap || !t->kept || !t->weight || !t->last) {
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
    tern_free(s->last);
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

void tern_sample_tell(struct tern_sample *s, int32_t id) {
    if (id >= 0 && (size_t)id < s->vocab) s->last[s->told++ % window(&s->how)] = id;
}

/* Each id once, however often it was said. */
static void penalise(const struct tern_sample *s, float *logits) {
    const size_t n = tern_min(s->told, window(&s->how));
    const double p = s->how.repeat_penalty;
    for (size_t i = 0; i < n; i++) {
        const int32_t id = s->last[i];
        int again = 0;
        for (size_t j = 0; j < i && !again; j++) again = s->last[j] == id;
        if (!again) logits[id] = (float)(logits[id] > 0 ? (double)logits[id] / p : (double)logits[id] * p);
    }
}

int32_t tern_sample_next(struct tern_sample *s, float *logits) {
    if (penalises(&s->how)) penalise(s, logits);
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
        if (!(weight > 0) || weight < s->how.min_p) break; /* underflow, or no number */
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
