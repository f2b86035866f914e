#include "models/synthetic.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

/* The start of the stream of one row: one step of the generator separates neighbouring rows and seeds. */
static struct tern_random stream(uint64_t seed, size_t row) {
    struct tern_random r = {seed};
    r.state = tern_random_next(&r) + (uint64_t)row * 0xd1342543de82ef95ull;
    r.state = tern_random_next(&r);
    return r;
}

/* 64 trits from 16 words; words are little-endian on every machine that tern runs on (models/gguf/gguf.c). */
static void trits_of(const uint64_t *word, int16_t limit, int8_t *out) {
    int16_t u[64];
    memcpy(u, word, sizeof u);
    for (size_t j = 0; j < 64; j++) {
        const int16_t sign = (int16_t)(1 - 2 * (u[j] & 1));
        out[j] = (int8_t)((u[j] >> 1 & 0x7fff) <= limit ? 0 : sign);
    }
}

void tern_synth_trits(uint64_t seed, double zeros, size_t k, size_t r0, size_t r1, int8_t *trits) {
    enum { STEP = 64 };
    const int16_t limit =
        (int16_t)((int)(zeros * 32768 + 0.5) - 1); /* the largest of 15 bits that means zero */
    for (size_t row = r0; row < r1; row++, trits += k) {
        struct tern_random r = stream(seed, row);
        for (size_t i = 0; i < k; i += STEP) {
            uint64_t word[STEP / 4];
            int8_t made[STEP];
            for (size_t w = 0; w < STEP / 4; w++) word[w] = tern_random_next(&r);
            trits_of(word, limit, made);
            memcpy(trits + i, made, k - i < STEP ? k - i : STEP);
        }
    }
}

/* The sum of four bytes has deviation sqrt(4 * (256^2 - 1) / 12) = 147.8; divided by 2^shift it is near
 * 1/sqrt(cols). */
static int dense_shift(size_t cols) {
    int shift = 0;
    while (shift < 20 && (1ull << (2 * shift)) < 21845ull * cols) shift++;
    return shift;
}

void tern_synth_dense_row(uint64_t seed, size_t cols, size_t r, float *out) {
    struct tern_random random = stream(seed, r);
    const float step = ldexpf(1, -dense_shift(cols));
    for (size_t i = 0; i < cols; i++) {
        if (!seed) {
            out[i] = 1;
            continue;
        }
        const uint64_t u = tern_random_next(&random);
        const int sum = (int)(u & 255) + (int)(u >> 8 & 255) + (int)(u >> 16 & 255) + (int)(u >> 24 & 255);
        out[i] = (float)(sum - 510) * step;
    }
}
