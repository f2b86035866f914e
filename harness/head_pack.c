#include "harness/head_pack.h"

#include "kernels/half.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static float put_half(unsigned char *p, float v) {
    const uint16_t h = tern_f32_to_f16(v);
    memcpy(p, &h, sizeof h);
    return tern_f16_to_f32(h);
}

static float largest(const float *x, size_t n) {
    float top = 0;
    for (size_t i = 0; i < n; i++) top = fabsf(x[i]) > top ? fabsf(x[i]) : top;
    return top;
}

static int code(float x, float step, int least, int most) {
    if (!(step > 0)) return 0;
    const float q = rintf(x / step);
    return q > (float)most ? most : q < (float)least ? least : (int)q;
}

void tern_pack_q8(const float *x, size_t k, void *out) {
    unsigned char *b = out;
    for (size_t i = 0; i < k; i += 32, b += 34) {
        const float d = put_half(b, largest(x + i, 32) / 127);
        for (size_t j = 0; j < 32; j++) b[2 + j] = (unsigned char)(int8_t)code(x[i + j], d, -127, 127);
    }
}

void tern_q8_of_q4_0(const void *blocks, size_t k, void *out) {
    const unsigned char *in = blocks;
    unsigned char *b = out;
    for (size_t i = 0; i < k; i += 32, in += 18, b += 34) {
        memcpy(b, in, 2);
        for (size_t j = 0; j < 16; j++) {
            b[2 + j] = (unsigned char)((in[2 + j] & 15) - 8);
            b[18 + j] = (unsigned char)((in[2 + j] >> 4) - 8);
        }
    }
}

/* Weight i of a block of 256: half h, quarter q, place p. */
static void put_six(unsigned char *b, size_t i, unsigned v) {
    const size_t h = i / 128, q = i % 128 / 32, p = i % 32;
    b[64 * h + 32 * (q % 2) + p] |= (unsigned char)((v & 15) << 4 * (q / 2));
    b[128 + 32 * h + p] |= (unsigned char)((v >> 4) << 2 * q);
}

void tern_pack_q6_k(const float *x, size_t k, void *out) {
    unsigned char *b = out;
    for (size_t i = 0; i < k; i += 256, b += 210) {
        float step[16], top = 0;
        memset(b, 0, 210);
        for (size_t j = 0; j < 16; j++) {
            step[j] = largest(x + i + 16 * j, 16) / 31;
            top = step[j] > top ? step[j] : top;
        }
        const float d = put_half(b + 208, top / 127);
        for (size_t j = 0; j < 16; j++) {
            const int scale = code(step[j], d, 0, 127);
            b[192 + j] = (unsigned char)scale;
            for (size_t n = 0; n < 16; n++)
                put_six(b, 16 * j + n, (unsigned)(code(x[i + 16 * j + n], d * (float)scale, -32, 31) + 32));
        }
    }
}

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
