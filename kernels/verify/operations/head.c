/* The operations of the output matrix, each on a stage's inputs. */
#include "kernels/verify/operations/run.h"

#include "kernels/half.h"

#include <string.h>

enum { ROWS = 11, TOKENS = 7 };

/* Q8_0 and Q6_K blocks: random codes and block scales, and a small f16 at the place of the common factor. */
static const void *blocks(struct tern_stage *s, size_t count, size_t bytes, size_t factor_at) {
    unsigned char *x = tern_stage_input(s, count * bytes, 1);
    for (size_t i = 0; i < count * bytes; i++) x[i] = (unsigned char)tern_random_next(&s->random);
    for (size_t i = 0; i < count; i++) {
        const uint16_t d = tern_f32_to_f16(0.01f * (float)tern_random_unit(&s->random));
        memcpy(x + i * bytes + factor_at, &d, sizeof d);
    }
    return x;
}

/* ROWS rows, and what the stage's size becomes for rows of this kind. */
static const void *matrix(struct tern_stage *s, enum tern_rows type, size_t *k) {
    *k = tern_round_up(s->n, type == TERN_ROWS_Q8 ? 32 : type == TERN_ROWS_Q6_K ? 256 : 1);
    switch (type) {
    case TERN_ROWS_F16:
        return tern_stage_halves(s, ROWS * *k, 1);
    case TERN_ROWS_Q8:
        return blocks(s, ROWS * *k / 32, 34, 0);
    case TERN_ROWS_Q6_K:
        return blocks(s, ROWS * *k / 256, 210, 208);
    default:
        return tern_stage_floats(s, ROWS * *k, 1);
    }
}

static void rows(const struct tern_head_ops *o, struct tern_stage *s, enum tern_rows type) {
    size_t k;
    const void *data = matrix(s, type, &k);
    const float *x = tern_stage_floats(s, k, 2);
    o->rows[type](data, k, 0, 2, x, tern_stage_result(s, 2 * sizeof(float), 2 * sizeof(float)));
    o->rows[type](data, k, 2, ROWS, x,
                  tern_stage_result(s, (ROWS - 2) * sizeof(float), (ROWS - 2) * sizeof(float)));
}

/* All numbers of tokens up to TOKENS, with room between them that must stay as it was. */
static void tile(const struct tern_head_ops *o, struct tern_stage *s, enum tern_rows type) {
    size_t k;
    const void *data = matrix(s, type, &k);
    const size_t xstride = k + 3, ystride = ROWS + 2;
    const float *x = tern_stage_floats(s, TOKENS * xstride, 2);
    for (size_t n = 1; n <= TOKENS; n++) {
        const size_t r0 = n % 3, bytes = n * ystride * sizeof(float);
        o->tile[type](data, k, r0, ROWS, x, xstride, n, tern_stage_result(s, bytes, bytes), ystride);
    }
}

#define OF(name, type)                                                                                       \
    void tern_run_head_rows_##name(const struct tern_head_ops *o, struct tern_stage *s) {                    \
        rows(o, s, type);                                                                                    \
    }                                                                                                        \
    void tern_run_head_tile_##name(const struct tern_head_ops *o, struct tern_stage *s) {                    \
        tile(o, s, type);                                                                                    \
    }
OF(f16, TERN_ROWS_F16)
OF(f32, TERN_ROWS_F32)
OF(q8, TERN_ROWS_Q8)
OF(q6_k, TERN_ROWS_Q6_K)

/* Codes of `bits` bits in groups of `units` units; the last group may have fewer. */
static void scan_of(const struct tern_head_ops *o, struct tern_stage *s, int bits, size_t units) {
    const size_t all = (s->n + TERN_SCAN_UNIT - 1) / TERN_SCAN_UNIT, groups = (all + units - 1) / units;
    struct tern_scan m = {.row_bytes = groups * 16 + all * (bits == 6 ? 192 : 256),
                          .all_units = all,
                          .units = units,
                          .bits = bits,
                          .scale = tern_stage_floats(s, ROWS, 1)};
    unsigned char *data = tern_stage_input(s, ROWS * m.row_bytes, 1);
    for (size_t i = 0; i < ROWS * m.row_bytes; i++)
        data[i] = (unsigned char)(tern_random_next(&s->random) & (bits == 7 ? 0x7f : 0xff));
    m.data = data;
    int32_t *offset = tern_stage_input(s, groups * 16 * sizeof *offset, sizeof *offset);
    for (size_t i = 0; i < groups * 16; i++) offset[i] = (int32_t)tern_random_below(&s->random, 1u << 24);
    const struct tern_scan_vector x = {tern_stage_bytes(s, all * TERN_SCAN_UNIT),
                                       tern_stage_bytes(s, all * TERN_SCAN_UNIT), offset, 0.01f};
    o->scan(&m, &x, 1, ROWS, tern_stage_result(s, (ROWS - 1) * sizeof(float), (ROWS - 1) * sizeof(float)));
}

void tern_run_head_scan(const struct tern_head_ops *o, struct tern_stage *s) {
    for (int bits = 6; bits <= 8; bits++) scan_of(o, s, bits, (size_t)1 << (bits - 6));
}

void tern_run_head_scan_q6_k(const struct tern_head_ops *o, struct tern_stage *s) {
    size_t k;
    const void *data = matrix(s, TERN_ROWS_Q6_K, &k);
    const int8_t *code = tern_stage_bytes(s, k);
    int16_t *zero = tern_stage_input(s, k / 8 * sizeof *zero, 64);
    for (size_t i = 0; i < k / 8; i++)
        zero[i] = (int16_t)((int)tern_random_below(&s->random, 2 * 32512 + 1) - 32512);
    const struct tern_q6_vector x = {code, zero, tern_stage_floats(s, k / 256, 1)};
    o->scan_q6_k(data, k, 1, ROWS, &x,
                 tern_stage_result(s, (ROWS - 1) * sizeof(float), (ROWS - 1) * sizeof(float)));
}
