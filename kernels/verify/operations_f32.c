/* The f32 steps and the epilogues, each on a stage's inputs. */
#include "kernels/verify/operations_run.h"

#include <string.h>

enum { KEYS = 13, HEADS = TERN_HEADS_TOGETHER };

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

/* KEYS rows of a cache. */
static const void *cache(struct tern_stage *s, enum tern_kv_type type) {
    if (type == TERN_KV_F16) return tern_stage_halves(s, KEYS * s->n, 1);
    if (type == TERN_KV_F32) return tern_stage_floats(s, KEYS * s->n, 1);
    const size_t row = tern_kv_row_bytes(type, s->n);
    unsigned char *x = tern_stage_input(s, KEYS * row, 1);
    for (size_t i = 0; i < KEYS * row; i++) x[i] = (unsigned char)tern_random_next(&s->random);
    for (size_t p = 0; p < KEYS; p++)
        for (size_t at = s->n; at < row; at += sizeof(float)) {
            const float scale = (float)tern_random_unit(&s->random);
            memcpy(x + p * row + at, &scale, sizeof scale);
        }
    return x;
}

static void scores(const struct tern_f32_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const float *q = tern_stage_floats(s, s->n, 1);
    const void *keys = cache(s, type);
    /* Room up to a multiple of TERN_LANES; what lies behind the last score has no meaning. */
    o->scores[type](q, keys, KEYS, s->n, 0.25f,
                    tern_stage_result(s, TERN_LANES * sizeof(float), KEYS * sizeof(float)));
}

static void gather(const struct tern_f32_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const float *weight = tern_stage_floats(s, KEYS, 1);
    const void *values = cache(s, type);
    o->gather[type](weight, values, KEYS, s->n, tern_stage_edited(s, s->n, 1));
}

/* Of F16 any bits: every NaN becomes the same one. Of Q8 numbers. */
static void store(const struct tern_f32_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const size_t bytes = tern_kv_row_bytes(type, s->n);
    const float *x = tern_stage_floats(s, s->n, 70000);
    if (type == TERN_KV_F16) {
        uint32_t *bits = tern_stage_input(s, s->n * sizeof *bits, sizeof *bits);
        for (size_t i = 0; i < s->n; i++) bits[i] = (uint32_t)tern_random_next(&s->random);
        o->store[type]((const float *)(const void *)bits, s->n, tern_stage_result(s, bytes, bytes));
    }
    o->store[type](x, s->n, tern_stage_result(s, bytes, bytes));
}

#define CACHE(name, type)                                                                                    \
    void tern_run_f32_scores_##name(const struct tern_f32_ops *o, struct tern_stage *s) {                    \
        scores(o, s, type);                                                                                  \
    }                                                                                                        \
    void tern_run_f32_gather_##name(const struct tern_f32_ops *o, struct tern_stage *s) {                    \
        gather(o, s, type);                                                                                  \
    }                                                                                                        \
    void tern_run_f32_store_##name(const struct tern_f32_ops *o, struct tern_stage *s) {                     \
        store(o, s, type);                                                                                   \
    }
CACHE(f16, TERN_KV_F16)
CACHE(f32, TERN_KV_F32)
CACHE(q8, TERN_KV_Q8)

/* A level without them multiplies one head after another, and must have the same bits. */
void tern_run_f32_heads_together(const struct tern_f32_ops *o, struct tern_stage *s) {
    const size_t dim = tern_round_up(s->n, TERN_LANES), stride = TERN_LANES;
    const float *q = tern_stage_floats(s, HEADS * dim, 1);
    const uint16_t *half = tern_stage_halves(s, KEYS * dim, 1);
    float *y = numbers(s, HEADS * stride), *out = tern_stage_edited(s, HEADS * dim, 1);
    if (o->scores_together) {
        o->scores_together(q, half, KEYS, dim, 0.25f, y, stride);
        o->gather_together(y, stride, half, KEYS, dim, out);
    } else {
        for (size_t h = 0; h < HEADS; h++) o->scores[0](q + h * dim, half, KEYS, dim, 0.25f, y + h * stride);
        for (size_t h = 0; h < HEADS; h++) o->gather[0](y + h * stride, half, KEYS, dim, out + h * dim);
    }
}

void tern_run_f32_softmax(const struct tern_f32_ops *o, struct tern_stage *s) {
    const size_t room = tern_round_up(s->n, TERN_LANES);
    float *x = tern_stage_edited(s, room, s->n % 2 ? 30 : 3000);
    s->buffer[s->used - 1].compared = s->n * sizeof *x; /* what lies behind is overwritten */
    *numbers(s, 1) = o->softmax(x, s->n);
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

void tern_run_epilogue_norm_quantise(const struct tern_epilogue_ops *o, struct tern_stage *s) {
    const size_t stride = tern_token_stride(s->n);
    const float *x = tern_stage_floats(s, s->n, 3), *weight = tern_stage_floats(s, s->n, 2);
    for (int normed = 0; normed < 2; normed++) {
        int8_t *q = tern_stage_result(s, stride, stride);
        int32_t *sum = tern_stage_result(s, sizeof *sum, sizeof *sum);
        o->norm_quantise(x, normed ? weight : NULL, s->n, 1e-5f, stride, q, sum, numbers(s, 1));
    }
}
