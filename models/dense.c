/* Rows of dense tensors as f32. */
#include "models/dense_blocks.h"
#include "models/dense_type.h"
#include "models/gguf/types.h"
#include "models/synthetic.h"

static void f32_row(const unsigned char *in, size_t cols, float *out) {
    memcpy(out, in, cols * sizeof *out);
}

static void f16_row(const unsigned char *in, size_t cols, float *out) {
    uint16_t half[64];
    for (size_t i = 0; i < cols; i += 64) {
        const size_t n = cols - i < 64 ? cols - i : 64;
        memcpy(half, in + 2 * i, n * sizeof *half);
        for (size_t j = 0; j < n; j++) out[i + j] = tern_f16_to_f32(half[j]);
    }
}

static void bf16_row(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i++) {
        uint16_t upper;
        memcpy(&upper, in + 2 * i, sizeof upper);
        const uint32_t bits = (uint32_t)upper << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

static const struct tern_dense_kind kinds[] = {
    [TERN_DENSE_NONE] = {"none", UINT32_MAX, NULL},
    [TERN_DENSE_F32] = {"f32", TERN_GGML_F32, f32_row},
    [TERN_DENSE_F16] = {"f16", TERN_GGML_F16, f16_row},
    [TERN_DENSE_BF16] = {"bf16", TERN_GGML_BF16, bf16_row},
    [TERN_DENSE_Q8_0] = {"q8_0", TERN_GGML_Q8_0, tern_row_q8_0},
    [TERN_DENSE_Q6_K] = {"q6_k", TERN_GGML_Q6_K, tern_row_q6_k},
    [TERN_DENSE_Q4_0] = {"q4_0", TERN_GGML_Q4_0, tern_row_q4_0},
    [TERN_DENSE_Q4_1] = {"q4_1", TERN_GGML_Q4_1, tern_row_q4_1},
    [TERN_DENSE_Q5_0] = {"q5_0", TERN_GGML_Q5_0, tern_row_q5_0},
    [TERN_DENSE_Q5_1] = {"q5_1", TERN_GGML_Q5_1, tern_row_q5_1},
    [TERN_DENSE_Q2_K] = {"q2_k", TERN_GGML_Q2_K, tern_row_q2_k},
    [TERN_DENSE_Q3_K] = {"q3_k", TERN_GGML_Q3_K, tern_row_q3_k},
    [TERN_DENSE_Q4_K] = {"q4_k", TERN_GGML_Q4_K, tern_row_q4_k},
    [TERN_DENSE_Q5_K] = {"q5_k", TERN_GGML_Q5_K, tern_row_q5_k},
    [TERN_DENSE_IQ4_NL] = {"iq4_nl", TERN_GGML_IQ4_NL, tern_row_iq4_nl},
    [TERN_DENSE_SYNTH] = {"synthetic", UINT32_MAX, NULL},
};

const struct tern_dense_kind *tern_dense_kind(enum tern_dense_type t) {
    return &kinds[t];
}

enum tern_dense_type tern_dense_of_ggml(uint32_t id) {
    for (enum tern_dense_type t = TERN_DENSE_NONE; t < TERN_DENSE_SYNTH; t++)
        if (kinds[t].row && kinds[t].ggml == id) return t;
    return TERN_DENSE_NONE;
}

uint64_t tern_dense_type_bytes(enum tern_dense_type t, uint64_t n) {
    const struct tern_ggml_type *known = kinds[t].row ? tern_ggml_type_of(kinds[t].ggml) : NULL;
    return known ? n / known->block * known->bytes : 0;
}

void tern_dense_row(const struct tern_dense *d, size_t r, float *out) {
    const unsigned char *data = d->data;
    if (d->type == TERN_DENSE_SYNTH)
        tern_synth_dense_row(d->seed, d->cols, r, out);
    else if (kinds[d->type].row)
        kinds[d->type].row(data + r * (size_t)tern_dense_type_bytes(d->type, d->cols), d->cols, out);
    else
        memset(out, 0, d->cols * sizeof *out);
}
