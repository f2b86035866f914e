/* Attention, each operation on a stage's inputs: the size is a head's dimension, or the count of scores. */
#include "kernels/verify/operations/run.h"

#include <string.h>

enum { BLOCKS = 11, VALUES = 37, ROWS = 19 }; /* every tile of every level, and a rest of each */

/* Codes with scales in [0, 1) behind every `codes` of them. */
static void *codes(struct tern_stage *s, size_t records, size_t codes, size_t scales) {
    const size_t record = codes + scales * sizeof(float);
    unsigned char *x = tern_stage_input(s, records * record, sizeof(float));
    for (size_t r = 0; r < records; r++) {
        unsigned char *at = x + r * record;
        for (size_t i = 0; i < codes; i++) at[i] = (unsigned char)tern_random_next(&s->random);
        for (size_t i = 0; i < scales; i++) {
            const float scale = (float)tern_random_unit(&s->random);
            memcpy(at + codes + i * sizeof scale, &scale, sizeof scale);
        }
    }
    return x;
}

static const void *keys(struct tern_stage *s, enum tern_kv_type type) {
    const size_t n = BLOCKS * TERN_KEYS * s->n;
    if (type == TERN_KV_F16) return tern_stage_halves(s, n, 1);
    if (type == TERN_KV_F32) return tern_stage_floats(s, n, 1);
    return codes(s, BLOCKS, TERN_KEYS * s->n, TERN_KEYS * tern_kv_scales(s->n));
}

static const void *values(struct tern_stage *s, enum tern_kv_type type) {
    const size_t width = tern_attend_width(s->n);
    if (type == TERN_KV_F16) return tern_stage_halves(s, VALUES * width, 1);
    if (type == TERN_KV_F32) return tern_stage_floats(s, VALUES * width, 1);
    return codes(s, VALUES, width, tern_kv_scales(s->n));
}

/* One key in a block whose other slots keep their bytes, and one row of values. */
static void put(const struct tern_attend_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const size_t block = tern_kv_keys_bytes(type, s->n), row = tern_kv_value_bytes(type, s->n);
    const float *x = tern_stage_floats(s, s->n, 70000);
    o->put_key[type](x, s->n, s->n % TERN_KEYS, tern_stage_result(s, block, block));
    o->put_value[type](x, s->n, tern_stage_result(s, row, row));
    if (type != TERN_KV_F16) return;
    uint32_t *bits =
        tern_stage_input(s, s->n * sizeof *bits, sizeof *bits); /* any: every NaN becomes the same */
    for (size_t i = 0; i < s->n; i++) bits[i] = (uint32_t)tern_random_next(&s->random);
    o->put_value[type]((const float *)(const void *)bits, s->n, tern_stage_result(s, row, row));
}

static void scores(const struct tern_attend_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const size_t stride = BLOCKS * TERN_KEYS, bytes = ROWS * stride * sizeof(float);
    const float *q = tern_stage_floats(s, s->n * ROWS, 1);
    o->scores[type](q, ROWS, keys(s, type), BLOCKS, s->n, tern_stage_result(s, bytes, bytes), stride);
}

static void gather(const struct tern_attend_ops *o, struct tern_stage *s, enum tern_kv_type type) {
    const size_t width = tern_attend_width(s->n);
    const float *weight = tern_stage_floats(s, ROWS * VALUES, 1);
    const void *rows = values(s, type);
    o->gather[type](weight, VALUES, ROWS, rows, VALUES, s->n, tern_stage_edited(s, ROWS * width, 1), width);
}

#define CACHE(name, type)                                                                                    \
    void tern_run_attend_put_##name(const struct tern_attend_ops *o, struct tern_stage *s) {                 \
        put(o, s, type);                                                                                     \
    }                                                                                                        \
    void tern_run_attend_scores_##name(const struct tern_attend_ops *o, struct tern_stage *s) {              \
        scores(o, s, type);                                                                                  \
    }                                                                                                        \
    void tern_run_attend_gather_##name(const struct tern_attend_ops *o, struct tern_stage *s) {              \
        gather(o, s, type);                                                                                  \
    }
CACHE(f16, TERN_KV_F16)
CACHE(f32, TERN_KV_F32)
CACHE(q8, TERN_KV_Q8)

void tern_run_attend_softmax(const struct tern_attend_ops *o, struct tern_stage *s) {
    const size_t room = tern_round_up(s->n, TERN_KEYS);
    float *x = tern_stage_edited(s, room, s->n % 2 ? 30 : 3000);
    s->buffer[s->used - 1].compared = s->n * sizeof *x; /* what lies behind is overwritten */
    struct tern_attended *got = tern_stage_result(s, sizeof *got, sizeof *got);
    *got = o->softmax(x, s->n);
}

void tern_run_attend_merge(const struct tern_attend_ops *o, struct tern_stage *s) {
    const float *number = tern_stage_floats(s, 4, 40), *add = tern_stage_floats(s, s->n, 1);
    const struct tern_attended part = {number[0], number[1]};
    struct tern_attended *whole = tern_stage_result(s, sizeof *whole, sizeof *whole);
    *whole = (struct tern_attended){number[2], number[3]};
    o->merge(whole, tern_stage_edited(s, s->n, 1), &part, add, s->n);
}
