#include "kernels/dense/q6_lanes.h"

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
