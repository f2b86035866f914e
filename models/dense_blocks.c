/* Blocks of 32 weights. In those of 4 and 5 bits, byte j holds the low nibbles of weights j and j + 16. */
#include "models/dense_blocks.h"

/* f16 scale, int8 codes. */
void tern_row_q8_0(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 34) {
        const float d = tern_half_at(in);
        for (size_t j = 0; j < 32; j++) out[i + j] = d * (float)(int8_t)in[2 + j];
    }
}

static int nibble(const unsigned char *codes, size_t j) {
    return j < 16 ? codes[j] & 15 : codes[j - 16] >> 4;
}

/* A nibble with a fifth bit above it; `high` are four bytes, the bit of weight 0 first. */
static int five_bits(const unsigned char *high, const unsigned char *codes, size_t j) {
    return nibble(codes, j) | (high[j / 8] >> j % 8 & 1) << 4;
}

/* f16 scale, nibbles, each less 8. */
void tern_row_q4_0(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 18)
        for (size_t j = 0; j < 32; j++) out[i + j] = tern_half_at(in) * (float)(nibble(in + 2, j) - 8);
}

/* f16 scale, f16 minimum, nibbles. */
void tern_row_q4_1(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 20)
        for (size_t j = 0; j < 32; j++)
            out[i + j] = (float)nibble(in + 4, j) * tern_half_at(in) + tern_half_at(in + 2);
}

/* f16 scale, 32 high bits, nibbles; each code less 16. */
void tern_row_q5_0(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 22)
        for (size_t j = 0; j < 32; j++)
            out[i + j] = (float)(five_bits(in + 2, in + 6, j) - 16) * tern_half_at(in);
}

/* f16 scale, f16 minimum, 32 high bits, nibbles. */
void tern_row_q5_1(const unsigned char *in, size_t cols, float *out) {
    for (size_t i = 0; i < cols; i += 32, in += 24)
        for (size_t j = 0; j < 32; j++)
            out[i + j] = (float)five_bits(in + 4, in + 8, j) * tern_half_at(in) + tern_half_at(in + 2);
}

/* f16 scale, nibbles that number the values of a table. */
void tern_row_iq4_nl(const unsigned char *in, size_t cols, float *out) {
    static const int8_t value[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};
    for (size_t i = 0; i < cols; i += 32, in += 18)
        for (size_t j = 0; j < 32; j++) out[i + j] = tern_half_at(in) * (float)value[nibble(in + 2, j)];
}
