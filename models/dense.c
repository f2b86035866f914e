/* Rows of dense tensors as f32. Block layouts: ggml's ggml-common.h (block_q4_0, block_q8_0, block_q6_K). */
#include "kernels/half.h"
#include "models/model.h"
#include "models/synthetic.h"

#include <string.h>

static uint16_t load_u16(const unsigned char *p) {
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* 32 weights in 34 bytes: f16 scale, int8 codes. */
static void q8_0_row(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 34) {
        const float d = tern_f16_to_f32(load_u16(in));
        for (size_t j = 0; j < 32; j++) out[i + j] = d * (float)(int8_t)in[2 + j];
    }
}

/* 32 weights in 18 bytes: f16 scale, nibbles of weights 0..15 (low) and 16..31 (high), each less 8. */
static void q4_0_row(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 18) {
        const float d = tern_f16_to_f32(load_u16(in));
        for (size_t j = 0; j < 16; j++) {
            out[i + j] = d * (float)((in[2 + j] & 15) - 8);
            out[i + j + 16] = d * (float)((in[2 + j] >> 4) - 8);
        }
    }
}

/* 256 weights in 210 bytes: low nibbles [128], upper bit pairs [64], int8 scales [16] of 16 weights each, f16
 * scale. Each half of 128 weights has 64 + 32 + 8 of them; quarter q of a half (32 weights) takes nibble q/2
 * of low bytes 32*(q%2).. and bit pair q of the upper bytes. */
static void q6_k_row(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 256, in += 210) {
        const float d = tern_f16_to_f32(load_u16(in + 208));
        for (size_t j = 0; j < 256; j++) {
            const size_t half = j / 128, quarter = j % 128 / 32, at = j % 32;
            const unsigned low = in[64 * half + 32 * (quarter % 2) + at] >> 4 * (quarter / 2) & 15;
            const unsigned high = in[128 + 32 * half + at] >> 2 * quarter & 3;
            const float scale = (float)(int8_t)in[192 + j / 16];
            out[i + j] = d * scale * (float)((int)(low | high << 4) - 32);
        }
    }
}

static void bf16_row(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i++) {
        const uint32_t bits = (uint32_t)load_u16(in + 2 * i) << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

static void f16_row(const unsigned char *in, size_t cols, float *out) {
    uint16_t half[64];
    for (size_t i = 0; i < cols; i += 64) {
        const size_t n = cols - i < 64 ? cols - i : 64;
        memcpy(half, in + 2 * i, n * sizeof *half);
        for (size_t j = 0; j < n; j++) out[i + j] = tern_f16_to_f32(half[j]);
    }
}

void tern_dense_row(const struct tern_dense *d, size_t r, float *out) {
    const unsigned char *data = d->data;
    switch (d->type) {
    case TERN_DENSE_NONE:
        memset(out, 0, d->cols * sizeof *out);
        break;
    case TERN_DENSE_F32:
        memcpy(out, data + r * d->cols * 4, d->cols * 4);
        break;
    case TERN_DENSE_F16:
        f16_row(data + r * d->cols * 2, d->cols, out);
        break;
    case TERN_DENSE_BF16:
        bf16_row(data + r * d->cols * 2, d->cols, out);
        break;
    case TERN_DENSE_Q8_0:
        q8_0_row(data + r * (d->cols / 32) * 34, d->cols, out);
        break;
    case TERN_DENSE_Q6_K:
        q6_k_row(data + r * (d->cols / 256) * 210, d->cols, out);
        break;
    case TERN_DENSE_Q4_0:
        q4_0_row(data + r * (d->cols / 32) * 18, d->cols, out);
        break;
    case TERN_DENSE_SYNTH:
        tern_synth_dense_row(d->seed, d->cols, r, out);
        break;
    }
}
