/* The f32 steps and the epilogues, each on a stage's inputs. */
#include "kernels/verify/operations/run.h"

#include <math.h>
#include <string.h>

static float *numbers(struct tern_stage *s, size_t n) {
    return tern_stage_result(s, n * sizeof(float), n * sizeof(float));
}

void tern_run_f32_norm(const struct tern_f32_ops *o, struct tern_stage *s) {
    const float *x = tern_stage_floats(s, s->n, 3), *weight = tern_stage_floats(s, s->n, 2);
    o->norm(x, weight, s->n, 1e-5f, numbers(s, s->n));
    o->norm(x, NULL, s->n, 1e-5f, numbers(s, s->n));
}

void tern_run_f32_rope(const struct tern_f32_ops *o, struct tern_stage *s) {
    const size_t dim = tern_round_up(s->n, 2);
    const float *cosine = tern_stage_floats(s, dim / 2, 1), *sine = tern_stage_floats(s, dim / 2, 1);
    for (int neox = 0; neox < 2; neox++) o->rope(tern_stage_edited(s, dim, 2), cosine, sine, dim, neox);
}

void tern_run_f32_multiply(const struct tern_f32_ops *o, struct tern_stage *s) {
    o->multiply(tern_stage_edited(s, s->n, 2), s->n, 0.321f);
}

/* Results of a multiplication: whole numbers as int32_t, or floats. */
static const void *results(struct tern_stage *s, int act) {
    float *x = tern_stage_floats(s, s->n, s->n % 3 ? 4000 : 2e9f);
    if (act == TERN_ACT_F32) return x;
    for (size_t i = 0; i < s->n; i++) {
        const int32_t whole = (int32_t)x[i];
        memcpy(x + i, &whole, sizeof whole);
    }
    return x;
}

void tern_run_epilogue_scale(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    for (int act = 0; act < 2; act++) o->scale[act](results(s, act), s->n, 0.1234f, numbers(s, s->n));
}

void tern_run_epilogue_add(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    for (int act = 0; act < 2; act++)
        o->add[act](results(s, act), s->n, 0.321f, tern_stage_edited(s, s->n, 4000));
}

void tern_run_epilogue_relu2(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    for (int act = 0; act < 2; act++) {
        const void *gate = results(s, act), *up = results(s, act);
        o->relu2[act](gate, 0.01f, up, 0.3f, s->n, numbers(s, s->n));
    }
}

void tern_run_epilogue_silu(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    for (int act = 0; act < 2; act++) {
        const void *gate = results(s, act), *up = results(s, act);
        o->silu[act](gate, 0.01f, up, 0.3f, s->n, numbers(s, s->n));
    }
}

/* The quantiser that stands alone, of the same level; with what is no number, too. */
static void quantise_alone(uint32_t usable, struct tern_stage *s, int odd) {
    const size_t stride = tern_token_stride(s->n);
    float *x = tern_stage_floats(s, s->n, 3);
    if (odd == 1) x[0] = 100, x[s->n > 16 ? 16 : s->n - 1] = NAN; /* behind the largest, in its lane */
    if (odd == 2) x[s->n / 3] = -INFINITY;
    int8_t *q = tern_stage_result(s, stride, stride);
    int32_t *sum = tern_stage_result(s, sizeof *sum, sizeof *sum);
    tern_quantise_for(usable)(x, s->n, stride, q, sum, numbers(s, 1));
}

void tern_run_epilogue_quantise(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    const size_t stride = tern_token_stride(s->n);
    const float *x = tern_stage_floats(s, s->n, 3), *weight = tern_stage_floats(s, s->n, 2);
    float *factor = numbers(s, 1);
    *factor = o->norm_factor(x, s->n, 1e-5f);
    for (int normed = 0; normed < 2; normed++) {
        int8_t *q = tern_stage_result(s, stride, stride);
        int32_t *sum = tern_stage_result(s, sizeof *sum, sizeof *sum);
        o->quantise(x, normed ? weight : NULL, *factor, s->n, stride, q, sum, numbers(s, 1));
    }
    for (int odd = 0; odd < 3; odd++) quantise_alone(o->needs, s, odd);
}
