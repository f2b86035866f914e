/* Every quantised type against values computed by the loops of ggml's own description of the blocks, from bytes
 * that differ everywhere. A wrong shift, half or order changes the hash of the row. */
#include "models/dense_type.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 176 };

/* One block whose scale is 0x312b and whose minimum, where there is one, 0xb42b (both f16). */
static const struct {
    enum tern_dense_type type;
    size_t bytes, cols;
    int scale, least; /* places of the two; -1: none */
    float first, second, last;
    uint64_t hash; /* of the f32 values */
} rows[] = {
    {TERN_DENSE_Q4_0, 18, 32, 0, -1, 0.48449707f, -0.6459961f, -0.96899414f, 0x73de4ef4c7b9e8ccull},
    {TERN_DENSE_Q4_1, 20, 32, 0, 2, 1.8389893f, 0.7084961f, 1.5159912f, 0x3f1017ea18f33356ull},
    {TERN_DENSE_Q5_0, 22, 32, 0, -1, 2.4224854f, 1.2919922f, 0.6459961f, 0x73da825b61fe4133ull},
    {TERN_DENSE_Q5_1, 24, 32, 0, 2, 2.9694824f, 1.8389893f, 1.8389893f, 0x9679400e7d4a5fe7ull},
    {TERN_DENSE_IQ4_NL, 18, 32, 0, -1, 6.136963f, -7.913452f, -13.404419f, 0x2c4c645531450d9bull},
    {TERN_DENSE_Q2_K, 84, 256, 80, 82, 4.8814697f, 0.5209961f, 2.5684814f, 0x29221e4e097d8e9ull},
    {TERN_DENSE_Q3_K, 110, 256, 108, -1, -3.0684814f, 6.136963f, -3.8759766f, 0xf120eb55b100736cull},
    {TERN_DENSE_Q4_K, 144, 256, 0, 2, 32.5343f, 17.83789f, 7.7054443f, 0xfe3f33bd69b35033ull},
    {TERN_DENSE_Q5_K, 176, 256, 0, 2, 57.72815f, 9.439941f, 18.36438f, 0x8ad4c2cb80ade895ull},
};

static void fill(size_t i, unsigned char *block) {
    for (size_t j = 0; j < rows[i].bytes; j++) block[j] = (unsigned char)(j * 73 + 41 + (j >> 3) * 19);
    memcpy(block + rows[i].scale, "\x2b\x31", 2);
    if (rows[i].least >= 0) memcpy(block + rows[i].least, "\x2b\xb4", 2);
}

Test(dense_blocks, every_value_of_a_block_is_that_of_the_published_layout) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char block[MOST];
        float out[256];
        fill(i, block);
        const struct tern_dense d = {.type = rows[i].type, .rows = 1, .cols = rows[i].cols, .data = block};
        const char *name = tern_dense_kind(rows[i].type)->name;
        tern_dense_row(&d, 0, out);
        cr_expect(out[0] == rows[i].first && out[1] == rows[i].second, "%s: %.9g %.9g", name, (double)out[0],
                  (double)out[1]);
        cr_expect(out[d.cols - 1] == rows[i].last, "%s: %.9g", name, (double)out[d.cols - 1]);
        cr_expect_eq(tern_hash(TERN_HASH_START, out, d.cols * sizeof *out), rows[i].hash, "%s", name);
    }
}

/* The second row begins where the first one ends, for the smallest row and for one of two blocks. */
Test(dense_blocks, a_row_takes_as_many_bytes_as_its_blocks) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(tern_dense_type_bytes(rows[i].type, rows[i].cols), rows[i].bytes);
        unsigned char blocks[4 * MOST] = {0};
        float out[512];
        fill(i, blocks + 2 * rows[i].bytes);
        const struct tern_dense d = {
            .type = rows[i].type, .rows = 2, .cols = 2 * rows[i].cols, .data = blocks};
        tern_dense_row(&d, 1, out);
        cr_expect(out[0] == rows[i].first, "%s", tern_dense_kind(rows[i].type)->name);
    }
}

Test(dense_blocks, each_type_of_a_file_is_found_by_its_id) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(tern_dense_of_ggml(tern_dense_kind(rows[i].type)->ggml), rows[i].type);
    cr_expect_eq(tern_dense_of_ggml(36), TERN_DENSE_NONE);
    cr_expect_eq(tern_dense_of_ggml(UINT32_MAX), TERN_DENSE_NONE);
}
