#include "kernels/dense/q6_lanes.h"

#include "kernels/half.h"

#include <stdint.h>
#include <string.h>

static void lanes_of_block(const unsigned char *b, unsigned char *out) {
    unsigned char code[256], lane[4][64];
    for (size_t h = 0; h < 2; h++)
        for (size_t q = 0; q < 4; q++)
            for (size_t p = 0; p < 32; p++)
                code[128 * h + 32 * q + p] =
                    (unsigned char)((b[64 * h + 32 * (q % 2) + p] >> 4 * (q / 2) & 15) |
                                    (b[128 + 32 * h + p] >> 2 * q & 3) << 4);
    for (size_t j = 0; j < 16; j++)
        for (size_t v = 0; v < 4; v++) memcpy(&lane[v][4 * j], code + 16 * j + 4 * v, 4);
    for (size_t i = 0; i < 64; i++) {
        out[i] = (unsigned char)((lane[0][i] & 15) | lane[2][i] << 4);
        out[64 + i] = (unsigned char)((lane[1][i] & 15) | lane[3][i] << 4);
        out[128 + i] = (unsigned char)(lane[0][i] >> 4 | lane[1][i] >> 4 << 2 | lane[2][i] >> 4 << 4 |
                                       lane[3][i] >> 4 << 6);
    }
}

void tern_lanes_of_q6_k(const void *blocks, size_t k, void *out) {
    const unsigned char *b = blocks;
    unsigned char *o = out;
    for (size_t i = 0; i < k; i += 256, b += 210, o += 210) {
        lanes_of_block(b, o);
        memmove(o + 192, b + 192, 18);
    }
}

/* Squares of a block's codes, added up for each group of 16. */
static void squares_of_groups(const unsigned char *b, int32_t sum[16]) {
    int16_t square[64]; /* of four codes at the same place */
    for (size_t i = 0; i < 64; i++) {
        const int low = b[i], high = b[64 + i], top = b[128 + i];
        const int16_t c[4] = {
            (int16_t)(((low & 15) | (top & 3) << 4) - 32), (int16_t)(((high & 15) | (top & 12) << 2) - 32),
            (int16_t)((low >> 4 | (top & 48)) - 32), (int16_t)((high >> 4 | (top >> 2 & 48)) - 32)};
        square[i] = (int16_t)(c[0] * c[0] + c[1] * c[1] + c[2] * c[2] + c[3] * c[3]);
    }
    for (size_t j = 0; j < 16; j++)
        sum[j] = square[4 * j] + square[4 * j + 1] + square[4 * j + 2] + square[4 * j + 3];
}

double tern_lanes_squares(const void *lanes, size_t k) {
    const unsigned char *b = lanes;
    double all = 0;
    for (size_t i = 0; i < k; i += 256, b += 210) {
        int32_t sum[16];
        int64_t block = 0;
        uint16_t half;
        squares_of_groups(b, sum);
        for (size_t j = 0; j < 16; j++)
            block += sum[j] * (int8_t)b[192 + j] * (int8_t)b[192 + j]; /* each at most 2^28 */
        memcpy(&half, b + 208, sizeof half);
        const double d = (double)tern_f16_to_f32(half);
        all += d * d * (double)block;
    }
    return all;
}
