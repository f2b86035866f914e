/* Layouts of which no reference file exists, against a second description: small matrices written down by
 * hand, and the published chains of reshape and transpose for the tiled ones. */
#include "base/memory.h"
#include "base/random.h"
#include "kernels/format.h"
#include "kernels/formats/file/tl.h"
#include "kernels/formats/file/tmac.h"
#include "kernels/half.h"
#include "kernels/proof_make.h"
#include "kernels/reference.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static int8_t *random_trits(size_t n) {
    struct tern_random r = {99};
    int8_t *t = tern_alloc(n);
    for (size_t i = 0; i < n; i++) t[i] = (int8_t)(tern_random_below(&r, 3) - 1);
    return t;
}

/* out[i0][i1]... = in[...] with axis perm[d] of `in` as axis d of `out`. */
static void permute(const uint8_t *in, const size_t *shape, const size_t *perm, size_t dims, uint8_t *out) {
    size_t stride[8], at[8] = {0}, total = 1;
    for (size_t d = dims; d-- > 0;) stride[d] = total, total *= shape[d];
    for (size_t i = 0; i < total; i++) {
        size_t from = 0;
        for (size_t d = 0; d < dims; d++) from += at[d] * stride[perm[d]];
        out[i] = in[from];
        for (size_t d = dims; d-- > 0;) {
            if (++at[d] < shape[perm[d]]) break;
            at[d] = 0;
        }
    }
}

#define PERMUTE(from, to, dims, ...) permute(from, (const size_t[]){__VA_ARGS__}, perm, dims, to)

static void tl1_agrees(struct tern_tl_tile t, size_t m, size_t k) {
    const size_t by = 256 / t.inner, mt = m / t.rows, kt = k / t.cols;
    int8_t *trits = random_trits(m * k);
    uint8_t *a = tern_alloc(m * k), *b = tern_alloc(m * k), *packed = tern_alloc(tern_tl1_bytes(m, k));
    for (size_t i = 0; i < m * k / 2; i++) a[i] = (uint8_t)(3 * trits[2 * i] + trits[2 * i + 1] + 4);
    {
        const size_t perm[] = {0, 2, 1, 3}; /* tiles */
        PERMUTE(a, b, 4, mt, t.rows, kt, t.cols / 2);
    }
    {
        const size_t perm[] = {0, 1, 3, 2, 4}; /* blocks of a tile: bm rows, by columns */
        PERMUTE(b, a, 5, mt * kt, t.rows / t.inner, t.inner, t.cols / by, by / 2);
    }
    {
        const size_t perm[] = {0, 1, 3, 2, 4}; /* 16 rows x 2 pairs of a block */
        PERMUTE(a, b, 5, m * k / (t.inner * by), t.inner / 16, 16, by / 4, 2);
    }
    tern_tl1_pack(t, trits, m, k, 0, m, 1, packed);
    for (size_t i = 0; i < m * k / 4; i++)
        cr_assert(packed[i] == (b[2 * i] << 4 | b[2 * i + 1]), "tile %zux%zu, bm %zu: byte %zu", t.rows,
                  t.cols, t.inner, i);
    tern_free(trits), tern_free(a), tern_free(b), tern_free(packed);
}

Test(layouts, tl1_is_in_the_order_of_the_converter_for_any_tile) {
    tl1_agrees((struct tern_tl_tile){256, 128, 32}, 512, 256);
    tl1_agrees((struct tern_tl_tile){128, 64, 64}, 384, 192);
    tl1_agrees((struct tern_tl_tile){160, 64, 32}, 320, 8640);
    tl1_agrees((struct tern_tl_tile){320, 8, 32}, 640, 40);
}

Test(layouts, tmac2_is_in_the_order_of_its_preprocessor) {
    const size_t m = 256, k = 128, bits = 2 * m;
    const struct tern_tmac_tile t = tern_tmac_tile_of(m, k);
    int8_t *trits = random_trits(m * k);
    uint8_t *a = tern_alloc(bits * k / 4), *b = tern_alloc(bits * k / 4), *packed = tern_alloc(m * k / 4);
    for (size_t i = 0; i < bits * k / 4; i++) { /* [m][bit][k/4] */
        const int8_t *w = trits + i / (k / 2) * k + i % (k / 4) * 4;
        for (size_t j = 0; j < 4; j++)
            a[i] |= (uint8_t)(((unsigned)(w[j] + 2) >> (i / (k / 4) % 2) & 1) << j);
    }
    {
        const size_t perm[] = {0, 2, 1, 3}; /* eight rows of one bit together */
        PERMUTE(a, b, 4, m / 8, 8, 2, k / 4);
    }
    {
        const size_t perm[] = {0, 4, 1, 5, 3, 2}; /* nibbles innermost */
        PERMUTE(b, a, 6, bits / t.bm, t.bm / 32, 2, 16, k / 4 / t.kfactor, t.kfactor);
    }
    tern_format_tmac2.pack(trits, m, k, 0, m, 1, packed);
    cr_assert(t.bm == 256 && t.kfactor == 16);
    for (size_t i = 0; i < m * k / 4; i++)
        cr_assert(packed[i] == (a[2 * i] | a[2 * i + 1] << 4), "byte %zu", i);
    tern_free(trits), tern_free(a), tern_free(b), tern_free(packed);
}

static void tl2_round_trip(struct tern_tl_tile t, size_t m, size_t k) {
    int8_t *trits = random_trits(m * k), *row = tern_alloc(k);
    uint8_t *packed = tern_alloc(tern_tl2_bytes(m, k));
    struct tern_error e = {0};
    cr_assert(!tern_tl2_check(t, m, k, &e), "%s", e.text);
    tern_tl2_pack(t, trits, m, k, 0, m, 1, packed);
    for (size_t r = 0; r < m; r++) {
        tern_tl2_read(t, packed, m, k, r, (uint8_t *)row);
        for (size_t j = 0; j < k; j++)
            cr_assert(row[j] - 1 == trits[r * k + j], "%zux%zu tile %zux%zu: row %zu column %zu", m, k,
                      t.rows, t.cols, r, j);
    }
    tern_free(trits), tern_free(row), tern_free(packed);
}

Test(layouts, tl2_comes_back_for_any_tile) {
    tl2_round_trip((struct tern_tl_tile){160, 96, 32}, 320, 8640);
    tl2_round_trip((struct tern_tl_tile){320, 96, 32}, 640, 3200);
    tl2_round_trip((struct tern_tl_tile){128, 192, 32}, 128, 1536);
    tl2_round_trip((struct tern_tl_tile){32, 24, 32}, 96, 288);
    tl2_round_trip((struct tern_tl_tile){256, 96, 32}, 256, 2560);
}

/* The scalar kernel on a matrix that says how it was cut, all rows and three tokens. */
static void tiled_kernel(int two, struct tern_tl_tile t, size_t m, size_t k) {
    enum { N = 3 };
    int8_t *trits = random_trits(m * k), *q = random_trits(N * tern_token_stride(k));
    struct tern_error e = {0};
    cr_assert(!(two ? tern_tl2_check : tern_tl1_check)(t, m, k, &e), "%s", e.text);
    uint8_t *packed = tern_alloc(two ? tern_tl2_bytes(m, k) : tern_tl1_bytes(m, k));
    (two ? tern_tl2_pack : tern_tl1_pack)(t, trits, m, k, 0, m, 1, packed);
    struct tern_tokens x = {.n = N, .k = k, .stride = tern_token_stride(k), .q = q};
    int32_t sum[N] = {0}, *y = tern_alloc(N * m * 4);
    for (size_t i = 0; i < N * x.stride; i++) {
        if (i % x.stride >= k) q[i] = 0;
        q[i] = (int8_t)(q[i] * 127);
        sum[i / x.stride] += q[i];
    }
    x.sum = sum;
    const struct tern_variant *v =
        tern_variant_named(two ? "gemm_tl2_i8_r1k32__scalar" : "gemm_tl1_i8_r1k8__scalar");
    const struct tern_call c = {
        .w = {.format = v->format, .m = m, .k = k, .data = packed, .tile = t}, .x = &x, .y = y, .ldy = m};
    const struct tern_proof p = tern_proof_of(v);
    void *local = tern_alloc(tern_proof_local_bytes(&p, &c));
    tern_proof_run(&p, &c, 0, m, local);
    for (size_t i = 0; i < N * m; i++)
        cr_assert(y[i] == tern_reference_dot(trits + i % m * k, q + i / m * x.stride, k),
                  "%s %zux%zu, tile %zux%zu, bm %zu: row %zu", v->name, m, k, t.rows, t.cols, t.inner, i % m);
    tern_free(trits), tern_free(q), tern_free(packed), tern_free(y), tern_free(local);
}

Test(layouts, the_kernels_of_tl1_and_tl2_read_any_tile) {
    static const struct tern_tl_tile one[] = {{32, 8, 32},   {64, 4, 64},    {64, 640, 64}, {128, 16, 32},
                                              {640, 64, 64}, {160, 320, 32}, {320, 40, 32}};
    static const struct tern_tl_tile two[] = {{32, 24, 32},   {32, 48, 32},  {64, 96, 32},   {160, 120, 32},
                                              {320, 192, 32}, {640, 96, 32}, {128, 288, 32}, {32, 600, 32}};
    static const size_t k_two[] = {640, 2560, 1536, 8640, 2048, 1024};
    size_t ran = 0;
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) tiled_kernel(0, one[i], 640, i % 2 ? 8640 : 640);
    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        for (size_t j = 0; j < sizeof k_two / sizeof *k_two; j++) {
            if (tern_tl2_check(two[i], 640, k_two[j], NULL)) continue;
            tiled_kernel(1, two[i], 640, k_two[j]);
            ran++;
        }
    cr_assert(ran >= 20, "only %zu", ran);
}

Test(layouts, a_tile_that_does_not_divide_the_matrix_is_refused_with_the_reason) {
    struct tern_error e;
    cr_assert(tern_tl1_check((struct tern_tl_tile){256, 128, 32}, 640, 2560, &e) == TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "640x2560") && strstr(e.text, "256x128"), "%s", e.text);
    cr_assert(tern_tl1_check((struct tern_tl_tile){0, 0, 32}, 640, 2560, &e) == TERN_UNSUPPORTED);
    cr_assert(tern_tl2_check((struct tern_tl_tile){128, 96, 64}, 256, 256, &e) == TERN_UNSUPPORTED);
    cr_assert(tern_tl2_check((struct tern_tl_tile){32, 96, 32}, 32, 128, &e) == TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "size formula") != NULL, "%s", e.text);
}

Test(layouts, the_published_tiles_are_chosen_by_shape) {
    const struct tern_tl_tile a = tern_tl1_tile(3200, 8640), b = tern_tl2_tile(1536, 1536),
                              c = tern_tl2_tile(640, 2560);
    cr_assert(a.rows == 160 && a.cols == 64 && a.inner == 32);
    cr_assert(b.rows == 128 && b.cols == 192 && b.inner == 32);
    cr_assert(c.rows == 320 && c.cols == 96 && c.inner == 32); /* the default */
}

Test(layouts, every_linear_shape_of_the_models_that_used_them_fits_tl1_and_tl2) {
    static const size_t shape[][2] = {
        {2560, 2560},  {640, 2560},  {6912, 2560}, {2560, 6912},  {1536, 1536},  {4096, 1536}, {1536, 4096},
        {3200, 3200},  {8640, 3200}, {3200, 8640}, {14336, 4096}, {4096, 14336}, {1024, 4096}, {3072, 23040},
        {23040, 3072}, {8192, 2048}, {2048, 8192}, {13312, 2048}, {256, 2048}};
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        struct tern_error e = {0};
        cr_expect(!tern_format_tl1.accepts(shape[i][0], shape[i][1], &e), "%s", e.text);
        cr_expect(!tern_format_tl2.accepts(shape[i][0], shape[i][1], &e), "%s", e.text);
    }
}

Test(layouts, in_memory_layouts_accept_every_shape) {
    static const char *const names[] = {"p64", "p64t", "e80",    "b80",  "r16",  "t5",
                                        "t24", "m80",  "planes", "bin1", "b128", "b64"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t m = 1; m < 200; m += 13)
            for (size_t k = 1; k < 100; k += 7)
                cr_assert(!tern_format_named(names[i])->accepts(m, k, NULL), "%s %zux%zu", names[i], m, k);
}

Test(layouts, i2sarm_puts_weights_16_apart_into_a_byte) {
    int8_t w[128] = {0};
    uint8_t out[64];
    w[0] = 1, w[16] = -1, w[48] = 1; /* byte 0: 2 0 1 2 */
    w[64 + 15] = -1;                 /* byte 31: 0 1 1 1 */
    tern_format_i2sarm.pack(w, 2, 64, 0, 2, 0.5f, out);
    cr_assert(out[0] == 0x86 && out[31] == 0x15 && out[1] == 0x55);
    cr_assert(!memcmp(out + 32, "\0\0\0\x3f", 4)); /* 0.5f */
}

Test(layouts, i2s4_puts_four_rows_of_a_column_into_a_byte) {
    const int8_t w[8] = {1, 0, -1, 1, 0, 0, -1, -1}; /* 4 rows x 2 columns */
    uint8_t out[34];
    tern_format_i2s4.pack(w, 4, 2, 0, 4, 1, out);
    cr_assert(out[0] == (2 << 6 | 0 << 4 | 1 << 2 | 0) && out[1] == (1 << 6 | 2 << 4 | 1 << 2 | 0));
}

Test(layouts, q10_has_the_scale_first_and_the_lowest_bit_first) {
    int8_t w[128];
    uint8_t out[18];
    memset(w, -1, sizeof w);
    w[0] = w[9] = w[127] = 1;
    tern_format_q10.pack(w, 1, 128, 0, 1, 1, out);
    cr_assert(out[0] == 0 && out[1] == 0x3c && out[2] == 1 && out[3] == 2 && out[4] == 0 && out[17] == 0x80);
}

Test(layouts, q20_has_the_scale_first_and_four_neighbours_per_byte) {
    int8_t w[128] = {-1, 0, 1, 1};
    uint8_t out[36];
    w[64] = 1, w[127] = -1;
    tern_format_q20g128.pack(w, 1, 128, 0, 1, 1, out);
    cr_assert(out[1] == 0x3c && out[2] == 0xa4 && out[2 + 16] == 0x56 && out[33] == 0x15);
    tern_format_q20g64.pack(w, 1, 128, 0, 1, 1, out);
    cr_assert(out[1] == 0x3c && out[2] == 0xa4 && out[19] == 0x3c && out[20] == 0x56 && out[35] == 0x15);
}

Test(layouts, vlut_counts_in_base_3_with_the_first_column_lowest) {
    int8_t w[2 * 24] = {0};
    uint8_t out[10];
    w[0] = 1;                  /* row 0: 2 + 3 + 9 + 27 + 81 */
    w[24 + 4] = -1;            /* row 1: 1 + 3 + 9 + 27 + 0 */
    w[20] = 1, w[24 + 23] = 1; /* the tail of four */
    tern_format_vlut1.pack(w, 2, 24, 0, 2, 1, out);
    cr_assert(tern_format_vlut1.bytes(2, 24) == 10);
    cr_assert(out[0] == 122 && out[1] == 40 && out[2] == 121 && out[8] == 41 && out[9] == 67);
    tern_format_vlut2.pack(w, 2, 4, 0, 2, 1, out);
    cr_assert(out[0] == 41);
}

Test(layouts, r16_puts_a_lane_of_four_columns_beside_the_next_row) {
    int8_t w[16 * 16] = {0};
    uint8_t out[64];
    w[3 * 16 + 1] = 1;  /* row 3, column 1: byte 13, bits 1:0 */
    w[3 * 16 + 13] = 1; /* column 13 = 12 + 1: byte 13, bits 7:6 */
    tern_format_r16.pack(w, 16, 16, 0, 16, 1, out);
    cr_assert(out[13] == (2 | 1 << 2 | 1 << 4 | 2 << 6) && out[12] == 0x55);
}

Test(layouts, t5_holds_eight_codes_of_five_bits_in_five_bytes) {
    int8_t w[48 * 4] = {0};
    uint8_t out[128];
    uint64_t word = 0;
    w[(3 + 16) * 4 + 2] = 1; /* lane 3, second row of the code, column 2: 13 + 3 */
    tern_format_t5.pack(w, 48, 4, 0, 48, 1, out);
    memcpy(&word, out + 5, 5); /* lanes 2 and 3 */
    for (int i = 0; i < 8; i++) cr_assert((word >> 5 * i & 31) == (i == 6 ? 16 : 13), "field %d", i);
    cr_assert(tern_format_t5.bytes(48, 4) == 64 && out[40] == 0 && out[63] == 0);
}

Test(layouts, t24_keeps_five_codes_low_and_three_in_the_bits_above) {
    static int8_t w[192 * 8];
    static uint8_t out[320];
    /* lane 3, column 6: byte 4*(8 + 3) + 2 of every line; each code 13 but those of slots 15..23 */
    const size_t row = 3, at = 46;
    w[(8 * 15 + row) * 8 + 6] = 1;                                 /* code 5: 13 + 1 = 01 110 */
    w[(8 * 18 + row) * 8 + 6] = -1;                                /* code 6: 13 - 1 = 01 100 */
    for (size_t i = 21; i < 24; i++) w[(8 * i + row) * 8 + 6] = 1; /* code 7: 26     = 1 1 010 */
    tern_format_t24.pack(w, 192, 8, 0, 192, 1, out);
    cr_assert(tern_format_t24.bytes(192, 8) == 320);
    cr_assert(out[at] == (6 << 5 | 13) && out[64 + at] == (4 << 5 | 13) && out[128 + at] == (2 << 5 | 13));
    cr_assert(out[192 + at] == (1 << 6 | 1 << 5 | 13) && out[256 + at] == (1 << 6 | 1 << 5 | 13));
}

Test(layouts, t24_has_a_last_panel_as_narrow_as_its_rows_allow) {
    cr_assert(tern_format_t24.bytes(193, 64) == 8 * 320 + 320); /* one lane: 64 columns per chunk */
    cr_assert(tern_format_t24.bytes(192 + 48, 64) == 8 * 320 + 2 * 320);
    cr_assert(tern_format_t24.bytes(192 + 96, 64) == 8 * 320 + 4 * 320);
    cr_assert(tern_format_t24.bytes(192 + 97, 64) == 2 * 8 * 320);
}

Test(layouts, m80_is_the_number_of_its_five_digits) {
    for (unsigned q = 0; q < 243; q++) {
        int8_t w[80] = {0};
        uint8_t out[64];
        for (unsigned f = 0, rest = q; f < 5; f++, rest /= 3) w[16 * f] = (int8_t)(rest % 3 - 1);
        tern_format_m80.pack(w, 80, 1, 0, 80, 1, out);
        cr_assert(out[0] == q, "%u", q);
        cr_assert(out[1] == 121, "a column beyond K is trit 0");
    }
}

Test(layouts, p64t_is_p64_less_64) {
    static int8_t w[64 * 81];
    static uint8_t p64[64 * 21], p64t[64 * 21];
    for (size_t i = 0; i < sizeof w; i++) w[i] = (int8_t)(i / 64 / (size_t[]){1, 3, 9, 27}[i % 4] % 3) - 1;
    tern_format_p64.pack(w, 64, 81, 0, 64, 1, p64);
    tern_format_p64t.pack(w, 64, 81, 0, 64, 1, p64t);
    for (size_t i = 0; i < sizeof p64; i++) cr_assert(p64t[i] == (uint8_t)(p64[i] - 64), "byte %zu", i);
}

/* Tripling drops a digit at the top, of the signed byte and of the unsigned one. */
Test(layouts, b80_is_a_fraction_that_tripling_takes_apart) {
    for (int q = 0; q < 243; q++) {
        static const int power[5] = {81, 27, 9, 3, 1};
        int8_t w[80] = {0};
        uint8_t out[64];
        for (size_t f = 0; f < 5; f++) w[16 * f] = (int8_t)(q / power[f] % 3 - 1);
        tern_format_b80.pack(w, 80, 1, 0, 80, 1, out);
        int x = (int8_t)out[0], u = out[0] ^ 0x80;
        cr_assert(x == (int)lrint(256 * (q - 121) / 243.0) && u == x + 128, "%d", q);
        cr_assert(out[1] == 0, "a column beyond K is trit 0");
        for (size_t f = 0; f < 5; f++) {
            const int next = (int8_t)(3 * x), above = (uint8_t)(3 * u);
            cr_assert(3 * x - next == 256 * w[16 * f] && 3 * u - above == 256 * (w[16 * f] + 1), "%d", q);
            x = next, u = above;
        }
    }
}

Test(layouts, b64_keeps_eight_columns_of_a_row_in_a_byte) {
    int8_t w[2 * 10];
    static uint8_t out[64 * 4];
    memset(w, -1, sizeof w);
    w[0] = w[3] = w[9] = 1, w[10 + 7] = 1;
    tern_format_b64.pack(w, 2, 10, 0, 2, 1, out);
    cr_assert(tern_format_b64.bytes(2, 10) == sizeof out && tern_format_b64.bytes(65, 33) == 4 * sizeof out);
    cr_assert(out[0] == 9 && out[1] == 0x80 && out[64] == 2 && out[65] == 0 && out[2] == 0 && out[128] == 0);
}

Test(layouts, planes_keep_plus_and_minus_in_words_of_64_columns) {
    int8_t w[2 * 70] = {0};
    uint8_t out[64];
    w[0] = 1, w[9] = -1, w[69] = 1, w[70] = -1;
    tern_format_planes.pack(w, 2, 70, 0, 2, 1, out);
    cr_assert(tern_format_planes.bytes(2, 70) == 64);
    cr_assert(out[0] == 1 && out[8] == 0 && out[9] == 2 && out[1] == 0 && out[16] == 0x20 &&
              out[32 + 8] == 1);
}

Test(layouts, binary_formats_say_so_and_no_others) {
    size_t count;
    const struct tern_format *const *f = tern_formats(&count);
    for (size_t i = 0; i < count; i++) cr_assert((f[i]->bits < 1.5) == f[i]->binary, "%s", f[i]->name);
}
