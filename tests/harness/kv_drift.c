/* What a rounded key/value cache does to the tokens. It turns some int8 activations of later layers by one,
 * whatever the rounding; so the question is not whether logits differ, but whether they differ by more than
 * exact arithmetic with the same rounding would make them, and whether a token changes that was decided by
 * more than that. */
#define _GNU_SOURCE
#include "judge.h"
#include "reference.h"

#include "base/compiler.h"
#include "base/memory.h"
#include "kernels/half.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void as_f16(double *x, size_t dim) {
    for (size_t i = 0; i < dim; i++) x[i] = (double)tern_f16_to_f32(tern_f32_to_f16((float)x[i]));
}

static void as_q8(double *x, size_t dim) {
    for (size_t from = 0; from < dim; from += TERN_KV_BLOCK) {
        const size_t to = from + TERN_KV_BLOCK < dim ? from + TERN_KV_BLOCK : dim;
        double top = 0;
        for (size_t i = from; i < to; i++) top = fmax(top, fabs(x[i]));
        for (size_t i = from; i < to && top > 0; i++) x[i] = nearbyint(x[i] * 127 / top) * top / 127;
    }
}

static const struct {
    const char *name;
    enum tern_kv_type kv;
    judge_round_fn *round;
} types[] = {{"f16", TERN_KV_F16, as_f16}, {"q8", TERN_KV_Q8, as_q8}};

struct vector {
    char file[40], name[40];
};

static struct vector vectors[] = {{"micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58"},
                                  {"micro-llama.I2_S", "micro-llama"},
                                  {"micro-bitnet.I2_S", "micro-bitnet"},
                                  {"wide-bitnet-b1.58.I2_S", "wide-bitnet-b1.58"}};

/* The prompt and its greedy continuation as one row of tokens, and the logits of each: by exact arithmetic
 * with an exact cache, the same with a rounded one, by the engine with that. */
struct rows {
    size_t count, vocab;
    int32_t *ids;
    double *exact, *rounded;
    float *engine;
};

static int32_t id_at(const struct reference *r, size_t p) {
    return p < r->count ? r->ids[p] : r->greedy[p - r->count];
}

static void judge_rows(struct judge *j, const struct rows *w, judge_round_fn *round, double *out) {
    judge_rewind(j, 0);
    judge_round_cache(j, round);
    for (size_t p = 0; p < w->count; p++) judge_feed(j, w->ids[p], out + p * w->vocab, NULL);
}

static double rms(const struct rows *w, int engine, const double *from) {
    double sum = 0;
    const size_t n = w->count * w->vocab;
    for (size_t i = 0; i < n; i++) {
        const double d = (engine ? (double)w->engine[i] : w->rounded[i]) - from[i];
        sum += d * d;
    }
    return sqrt(sum / (double)n);
}

/* Of one position: how far the best logit is ahead, and how far the engine is off. */
static double lead(const double *y, size_t n) {
    double best = -INFINITY, next = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (y[i] > best) next = best;
        if (y[i] > best)
            best = y[i];
        else
            next = fmax(next, y[i]);
    }
    return best - next;
}

static double drift(const struct rows *w, size_t p) {
    double most = 0;
    for (size_t i = p * w->vocab; i < (p + 1) * w->vocab; i++)
        most = fmax(most, fabs((double)w->engine[i] - w->exact[i]));
    return most;
}

TERN_NO_LOOP_VECTORS
static void check(const struct vector *v, const struct reference *r, const struct rows *w, const char *type) {
    const double inherent = rms(w, 0, w->exact), measured = rms(w, 1, w->exact);
    double most = 0, step_lead = 0, step_drift = 0;
    for (size_t p = 0; p < w->count; p++) most = fmax(most, drift(w, p));
    size_t same = 0;
    for (; same < r->greedy_count; same++) {
        const size_t p = r->count - 1 + same;
        step_lead = lead(w->exact + p * w->vocab, w->vocab);
        step_drift = drift(w, p);
        if (tern_argmax(w->engine + p * w->vocab, w->vocab) != r->greedy[same]) break;
    }
    fprintf(
        stderr,
        "# %s, %s cache: logits off by %.2f at most, %.3f rms (%.3f in exact arithmetic); %zu of %zu greedy",
        v->name, type, most, measured, inherent, same, r->greedy_count);
    if (same < r->greedy_count)
        fprintf(stderr, ", then a lead of %.2f and a drift of %.2f", step_lead, step_drift);
    fprintf(stderr, "\n");
    cr_assert(gt(dbl, inherent, 0.05));
    cr_assert(lt(dbl, measured, 1.1 * inherent)); /* the engine adds nothing of its own */
    cr_assert(lt(dbl, rms(w, 1, w->rounded), 0.6 * inherent));
    if (same < r->greedy_count) cr_assert(lt(dbl, step_lead, step_drift));
}

ParameterizedTestParameters(kv_drift, is_that_of_the_rounding_and_changes_only_undecided_tokens) {
    return cr_make_param_array(struct vector, vectors, sizeof vectors / sizeof *vectors);
}

ParameterizedTest(struct vector *v, kv_drift, is_that_of_the_rounding_and_changes_only_undecided_tokens) {
    const char *folder = shared_folder();
    if (!*folder) cr_skip_test("no shared vectors (TERN_SHARED)");
    struct reference r;
    reference_load(&r, folder, v->file, v->name);
    struct tern_model *m = open_model(r.path);
    struct rows w = {.count = r.count + r.greedy_count - 1, .vocab = r.vocab};
    const size_t n = w.count * w.vocab;
    w.ids = tern_alloc(w.count * sizeof *w.ids);
    w.exact = tern_alloc(n * sizeof *w.exact);
    w.rounded = tern_alloc(n * sizeof *w.rounded);
    w.engine = tern_alloc(n * sizeof *w.engine);
    for (size_t p = 0; p < w.count; p++) w.ids[p] = id_at(&r, p);
    struct judge *j = judge_new(m, w.count, TERN_ACT_I8);
    judge_rows(j, &w, NULL, w.exact);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        judge_rows(j, &w, types[t].round, w.rounded);
        struct tern_engine *en = start(m, &(struct tern_engine_options){.threads = 2, .kv = types[t].kv});
        cr_assert(tern_engine_feed(en, w.ids, w.count, 1, w.engine, NULL) == TERN_OK);
        check(v, &r, &w, types[t].name);
        tern_engine_free(en);
    }
    judge_free(j);
    tern_free(w.ids);
    tern_free(w.exact);
    tern_free(w.rounded);
    tern_free(w.engine);
    tern_model_close(m);
    reference_free(&r);
}
