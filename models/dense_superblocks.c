/* Blocks of 256 weights with scales of their parts. Weight j lies at place j % 32 of its part of 32; a byte holds
 * the codes of weights that are 32 apart. */
#include "models/dense_blocks.h"

/* 4-bit scales and minima [16] of 16 weights each, bit pairs [64], f16 scale, f16 minimum. */
void tern_row_q2_k(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 256, in += 84) {
        const float d = tern_half_at(in + 80), least = tern_half_at(in + 82);
        for (size_t j = 0; j < 256; j++) {
            const unsigned code = in[16 + 32 * (j / 128) + j % 32] >> 2 * (j % 128 / 32) & 3;
            const unsigned scale = in[j / 16];
            out[i + j] = d * (float)(scale & 15) * (float)code - least * (float)(scale >> 4);
        }
    }
}

/* High bits [32], bit pairs [64], 6-bit scales [12] of 16 weights each, f16 scale. A code is less 4 where its
 * high bit is 0. Scale s has its low nibble in byte s % 8 and its upper two bits in byte 8 + s % 4. */
void tern_row_q3_k(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 256, in += 110) {
        const float d = tern_half_at(in + 108);
        const unsigned char *scales = in + 96;
        for (size_t j = 0; j < 256; j++) {
            const size_t s = j / 16;
            const int scale = (scales[s % 8] >> 4 * (s / 8) & 15) | (scales[8 + s % 4] >> 2 * (s / 4) & 3)
                                                                        << 4;
            const int low = in[32 + 32 * (j / 128) + j % 32] >> 2 * (j % 128 / 32) & 3;
            const int high = in[j % 32] >> j / 32 & 1;
            out[i + j] = d * (float)(scale - 32) * (float)(low - (high ? 0 : 4));
        }
    }
}

/* The 6-bit scale and minimum of part `g` of 8, in 12 bytes: those of the first four parts are whole, the others
 * have their upper two bits above these. */
static void part(const unsigned char *p, size_t g, unsigned *scale, unsigned *least) {
    if (g < 4) {
        *scale = p[g] & 63u;
        *least = p[g + 4] & 63u;
    } else {
        *scale = (p[g + 4] & 15u) | (unsigned)(p[g - 4] >> 6) << 4;
        *least = (unsigned)(p[g + 4] >> 4) | (unsigned)(p[g] >> 6) << 4;
    }
}

/* f16 scale, f16 minimum, 6-bit pairs [12] of 32 weights each, then high bits [32] when there are five, then
 * nibbles [128]. */
static void four_or_five_bits(const unsigned char *in, size_t cols, int five, float *out) {
    for (size_t i = 0; i < cols; i += 256, in += five ? 176 : 144) {
        const float d = tern_half_at(in), least = tern_half_at(in + 2);
        const unsigned char *high = in + 16, *codes = in + (five ? 48 : 16);
        for (size_t g = 0; g < 8; g++) {
            unsigned scale, offset;
            part(in + 4, g, &scale, &offset);
            const float step = d * (float)scale, below = least * (float)offset;
            for (size_t j = 0; j < 32; j++) {
                const unsigned low = codes[32 * (g / 2) + j] >> 4 * (g % 2) & 15;
                const unsigned top = five ? high[j] >> g & 1 : 0;
                out[i + 32 * g + j] = step * (float)(low | top << 4) - below;
            }
        }
    }
}

void tern_row_q4_k(const unsigned char *in, size_t cols, float *out) {
    four_or_five_bits(in, cols, 0, out);
}

void tern_row_q5_k(const unsigned char *in, size_t cols, float *out) {
    four_or_five_bits(in, cols, 1, out);
}

/* Low nibbles [128], upper bit pairs [64], int8 scales [16] of 16 weights each, f16 scale. Each half of 128 weights
 * has 64 + 32 + 8 of them; quarter q of a half (32 weights) takes nibble q/2 of low bytes 32*(q%2).. and bit pair q
 * of the upper bytes. */
void tern_row_q6_k(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 256, in += 210) {
        const float d = tern_half_at(in + 208);
        for (size_t j = 0; j < 256; j++) {
            const size_t half = j / 128, quarter = j % 128 / 32, at = j % 32;
            const unsigned low = in[64 * half + 32 * (quarter % 2) + at] >> 4 * (quarter / 2) & 15;
            const unsigned high = in[128 + 32 * half + at] >> 2 * quarter & 3;
            const float scale = (float)(int8_t)in[192 + j / 16];
            out[i + j] = d * scale * (float)((int)(low | high << 4) - 32);
        }
    }
}
