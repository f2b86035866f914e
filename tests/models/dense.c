/* Dense rows against the relation that the reference files were made with: all embeddings come from one F16
 * table. */
#include "models/model.h"

#include "base/compiler.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { HIDDEN = 256, VOCAB = 320 };

static struct tern_model *open_shared(const char *name) {
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert(!tern_model_open(shared_file(name), &m, &e), "%s", e.text);
    cr_assert(m->embedding.rows == VOCAB && m->embedding.cols == HIDDEN);
    return m;
}

Test(dense, f32_f16_and_bf16_rows_are_exact) {
    const uint32_t single[4] = {0x3f800000, 0xc0490fdb, 0x00000001, 0x7f800000};
    const uint16_t half[4] = {0x3c00, 0xc248, 0x0001, 0x7bff}, brain[4] = {0x3f80, 0xc049, 0x0001, 0x7f7f};
    float out[4];
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_F32, .rows = 1, .cols = 4, .data = single}, 0,
                   out);
    cr_expect(!memcmp(out, single, sizeof out));
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_F16, .rows = 1, .cols = 4, .data = half}, 0, out);
    cr_expect(out[0] == 1.0f && out[1] == -3.140625f && out[2] == 0x1p-24f && out[3] == 65504.0f);
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_BF16, .rows = 1, .cols = 4, .data = brain}, 0,
                   out);
    cr_expect(out[0] == 1.0f && out[1] == -3.140625f && out[3] == 0x1.fep127f);
}

/* One Q8_0 block by hand: scale 0.5, codes -128, 0, 127 and others 1. */
Test(dense, a_q8_0_block_is_scale_times_code) {
    unsigned char block[34];
    float out[32];
    memset(block, 1, sizeof block);
    block[0] = 0x00, block[1] = 0x38;
    block[2] = 0x80, block[3] = 0, block[33] = 0x7f;
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_Q8_0, .rows = 1, .cols = 32, .data = block}, 0,
                   out);
    cr_assert(out[0] == -64.0f && out[1] == 0.0f && out[2] == 0.5f && out[31] == 63.5f);
}

/* One Q6_K block by hand: every code differs from its neighbours in the place where a wrong shift would look.
 */
Test(dense, a_q6_k_block_puts_every_weight_in_its_place) {
    unsigned char block[210] = {0};
    float out[256];
    for (size_t j = 0; j < 256; j++) {
        const unsigned code = (unsigned)(j * 37 + j / 32) % 64;
        const size_t half = j / 128, in = j % 128;
        block[64 * half + in % 64] |= (unsigned char)((code & 15) << (in < 64 ? 0 : 4));
        block[128 + 32 * half + in % 32] |= (unsigned char)(code >> 4 << 2 * (in / 32));
    }
    for (size_t s = 0; s < 16; s++) block[192 + s] = (unsigned char)(s % 2 ? -(int)s : (int)s + 1);
    block[209] = 0x40; /* 2.0 */
    tern_dense_row(&(struct tern_dense){.type = TERN_DENSE_Q6_K, .rows = 1, .cols = 256, .data = block}, 0,
                   out);
    for (size_t j = 0; j < 256; j++) {
        const int s = (int)(j / 16), scale = s % 2 ? -s : s + 1;
        const int code = (int)((j * 37 + j / 32) % 64) - 32;
        cr_assert(out[j] == (float)(2 * scale * code), "weight %zu: %g", j, (double)out[j]);
    }
}

/* The largest difference allowed in a group of weights is `steps` half-steps of the quantiser, whose step is
 * the group's largest magnitude divided by `levels`. */
TERN_NO_LOOP_VECTORS
static void close_to_f16(const char *name, size_t group, double levels, double steps) {
    struct tern_model *exact = open_shared("vectors/micro-bitnet-b1.58.I2_S.gguf"),
                      *coarse = open_shared(name);
    double error = 0, power = 0;
    for (size_t r = 0; r < VOCAB; r++) {
        float a[HIDDEN], b[HIDDEN];
        tern_dense_row(&exact->embedding, r, a);
        tern_dense_row(&coarse->embedding, r, b);
        for (size_t i = 0; i < HIDDEN; i += group) {
            double top = 0;
            for (size_t j = i; j < i + group; j++) top = fmax(top, fabs((double)a[j]));
            for (size_t j = i; j < i + group; j++) {
                const double d = fabs((double)a[j] - (double)b[j]);
                error += d * d;
                power += (double)a[j] * (double)a[j];
                cr_assert(d <= steps * 0.5 * top / levels, "row %zu, %zu: %g, %g", r, j, (double)a[j],
                          (double)b[j]);
            }
        }
    }
    cr_expect(sqrt(error / power) > 1e-4, "the embedding is not quantised at all");
    tern_model_close(exact);
    tern_model_close(coarse);
}

/* The scale is rounded to f16: 2^-11 of a weight of up to 127 steps is 0.062 steps on top of the half. */
Test(dense, the_q8_0_embedding_lies_within_half_a_step_of_the_f16_one) {
    close_to_f16("vectors/micro-bitnet-b1.58.I2_S-embd-Q8_0.gguf", 32, 127, 1.125);
}

/* Q6_K rounds its 8-bit scales of 16 weights too: up to 1/254 of the largest scale of the row, times 32. */
Test(dense, the_q6_k_embedding_lies_within_two_half_steps_of_the_f16_one) {
    close_to_f16("vectors/micro-bitnet-b1.58.I2_S-embd-Q6_K.gguf", 16, 31, 2);
}
