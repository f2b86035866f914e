#include "kernels/prep/lut.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/proof_make.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { K = 250 };

/* A prepared call of a GEMV variant; NULL tables when this CPU cannot run it. */
struct prepared {
    struct tern_call call;
    struct tern_tokens x;
    int32_t sum[1];
    int8_t *q;
    uint8_t *tables;
    size_t bytes;
};

static int prepare(const char *name, struct prepared *p, size_t workers) {
    const struct tern_variant *v = tern_variant_named(name);
    memset(p, 0, sizeof *p);
    if (!v || (v->isa & ~tern_isa_detected())) return 0;
    struct tern_random r = {9};
    p->q = tern_alloc(tern_token_stride(K));
    for (size_t i = 0; i < K; i++) p->q[i] = i < 20 ? -128 : (int8_t)(tern_random_below(&r, 256) - 128);
    p->x = (struct tern_tokens){.n = 1, .k = K, .stride = tern_token_stride(K), .q = p->q, .sum = p->sum};
    p->call = (struct tern_call){.w = {.format = v->format, .m = 64, .k = K}, .x = &p->x};
    tern_variant_defaults(v, p->call.param);
    const struct tern_proof proof = tern_proof_of(v);
    p->bytes = tern_proof_shared_bytes(&proof, &p->call);
    p->call.shared = p->tables = tern_alloc(p->bytes);
    for (size_t w = 0; w < workers; w++) tern_proof_prepare(&proof, &p->call, w, workers);
    return 1;
}

static void drop(struct prepared *p) {
    tern_free(p->q);
    tern_free(p->tables);
}

/* The sum that a value (sum of trit * 3^i) stands for. */
static int sum_of(const struct prepared *p, size_t group, size_t g, int value) {
    int plain = value, sum = 0;
    for (size_t i = 0, power = 1; i < g; i++, power *= 3) plain += (int)power;
    for (size_t i = 0; i < g; i++, plain /= 3) {
        const size_t c = group * g + i;
        sum += (plain % 3 - 1) * (c < K ? p->q[c] : 0);
    }
    return sum;
}

/* Entry of code `code` in a table of byte pairs `distance` apart, as digits of base 63 with the bias taken
 * off. */
static int digits_of(const uint8_t *table, size_t distance, size_t code, size_t g) {
    return 63 * table[distance + code] + table[code] - (int)(126 * g + 31);
}

/* Entry of code `code` in a table of 16 byte pairs: two signed digits. */
static int octet_entry(const uint8_t *table, int code, int radix) {
    const int8_t *t = (const int8_t *)table;
    return radix * t[16 + code] + t[code];
}

Test(lut, a_table_of_digits_holds_every_sum_of_a_pair) {
    static const char *const names[] = {"gemv_g2_i8_r16k16__ssse3", "gemv_g2_i8_r32k16__avx2",
                                        "gemv_g2_i8_r64k16__avx512bw"};
    size_t checked = 0;
    for (size_t n = 0; n < 3; n++) {
        struct prepared p;
        if (!prepare(names[n], &p, 1)) continue;
        for (size_t i = 0; i < p.bytes / 32; i++, checked++)
            for (int code = 0; code < 9; code++)
                cr_assert(octet_entry(p.tables + 32 * i, code, 32) == sum_of(&p, i, 2, code - 4),
                          "%s group %zu code %d", names[n], i, code);
        drop(&p);
    }
    if (!checked) cr_skip_test("no SSSE3 here");
}

Test(lut, a_signed_table_holds_every_magnitude_of_a_triple) {
    struct prepared p;
    if (!prepare("gemv_g3_i8_r16k24__ssse3", &p, 1)) cr_skip_test("no SSSE3 here");
    for (size_t i = 0; i < p.bytes / 32; i++)
        for (int m = 0; m < 14; m++)
            cr_assert(octet_entry(p.tables + 32 * i, m, 31) == sum_of(&p, i, 3, m), "group %zu magnitude %d",
                      i, m);
    drop(&p);
}

Test(lut, a_table_of_bits_holds_every_subset_of_four_less_16) {
    struct prepared p;
    if (!prepare("gemv_b64_i8_r16k32__ssse3", &p, 1)) cr_skip_test("no SSSE3 here");
    for (size_t i = 0; i < p.bytes / 32; i++)
        for (int code = 0; code < 16; code++) {
            int sum = -16;
            for (size_t j = 0; j < 4; j++) sum += code >> j & 1 && 4 * i + j < K ? p.q[4 * i + j] : 0;
            cr_assert(octet_entry(p.tables + 32 * i, code, 32) == sum, "group %zu code %d", i, code);
        }
    drop(&p);
}

/* Eight digits are added in a byte: those of every sum that a group can have, and in g3 of its negative. */
Test(lut, eight_digits_fit_a_byte) {
    for (int t = -384; t <= 384; t++) {
        const int u = t + 12 * 31 + 15, high = (u * 2115 >> 16) - 12, low = u - 31 * (high + 12) - 15;
        cr_assert(31 * high + low == t && abs(8 * low) <= 127 && abs(8 * high) <= 127, "%d", t);
    }
    for (int t = -512 - 16; t <= 508 - 16; t++) {
        const int u = t + 16 * 32 + 16, high = (u >> 5) - 16, low = u % 32 - 16;
        cr_assert(u >= 0 && 32 * high + low == t && 8 * low >= -128 && 8 * low <= 127 && 8 * high >= -128 &&
                      8 * high <= 127,
                  "%d", t);
    }
}

Test(lut, a_table_of_words_holds_every_sum_of_a_triple) {
    struct prepared p;
    if (!prepare("gemv_g3w_i8_r32k9__avx512bw", &p, 1)) cr_skip_test("no AVX-512BW here");
    const int16_t *t = (const int16_t *)(const void *)p.tables;
    for (size_t i = 0; i < p.bytes / 64; i++)
        for (int code = 0; code < 27; code++)
            cr_assert(t[32 * i + (size_t)code] == sum_of(&p, i, 3, code - 13), "group %zu code %d", i, code);
    drop(&p);
}

Test(lut, a_table_of_128_bytes_holds_every_sum_of_four) {
    struct prepared p;
    if (!prepare("gemv_g4_i8_r64k16__avx512vbmi", &p, 1)) cr_skip_test("no AVX-512VBMI here");
    for (size_t i = 0; i < p.bytes / 256; i++)
        for (int code = 0; code < 81; code++)
            cr_assert(digits_of(p.tables + 256 * i, 128, (size_t)code, 4) == sum_of(&p, i, 4, code - 40),
                      "group %zu code %d", i, code);
    drop(&p);
}

Test(lut, tables_of_five_hold_every_magnitude_as_words_and_as_digits) {
    struct prepared w, d;
    if (!prepare("gemv_g5_i8_r32k5__avx512bw", &w, 1)) cr_skip_test("no AVX-512BW here");
    const int16_t *t = (const int16_t *)(const void *)w.tables;
    for (size_t i = 0; i < w.bytes / 256; i++)
        for (int m = 0; m < 122; m++)
            cr_assert(t[128 * i + (size_t)m] == sum_of(&w, i, 5, m), "group %zu magnitude %d", i, m);
    drop(&w);
    if (!prepare("gemv_g5_i8_r64k20__avx512vbmi", &d, 1)) return;
    for (size_t i = 0; i < d.bytes / 256; i++)
        for (int m = 0; m < 122; m++)
            cr_assert(digits_of(d.tables + 256 * i, 128, (size_t)m, 5) == sum_of(&d, i, 5, m),
                      "group %zu magnitude %d", i, m);
    drop(&d);
}

Test(lut, three_workers_build_the_tables_of_one) {
    size_t count, checked = 0;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (v[i].op != TERN_GEMV || v[i].format->name[0] != 'g') continue;
        struct prepared one, three;
        if (!prepare(v[i].name, &one, 1) || !prepare(v[i].name, &three, 3)) continue;
        cr_assert(memcmp(one.tables, three.tables, one.bytes) == 0, "%s", v[i].name);
        drop(&one);
        drop(&three);
        checked++;
    }
    if (!checked) cr_skip_test("no table kernel runs here");
}

/* Low digits are added four at a time, high digits twelve, in bytes. */
Test(lut, digit_sums_fit_a_byte_and_the_reciprocal_of_the_radix_is_exact) {
    for (unsigned g = 4; g <= 5; g++) {
        const unsigned bias = 126 * g + 31;
        cr_assert(bias >= 128 * g, "g = %u: an entry below the bias", g);
        for (unsigned u = 0; u <= 2 * bias; u++) {
            cr_assert(u / 63 == (u * 1041) >> 16, "%u", u);
            cr_assert(u % 63 * 4 <= 255 && u / 63 * 12 <= 255, "%u", u);
            cr_assert(2 * bias - u == (4 * g - u / 63) * 63 + 62 - u % 63, "%u is not complemented", u);
        }
    }
}

Test(lut, no_flush_interval_is_beyond_its_bound) {
    size_t count, checked = 0;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (v[i].format->name[0] != 'g') continue;
        const int g = v[i].format->name[1] - '0';
        for (size_t p = 0; p < v[i].space->count; p++) {
            const struct tern_param *param = &v[i].space->params[p];
            if (strcmp(param->name, "flush")) continue;
            for (size_t j = 0; j < param->count; j++, checked++)
                cr_assert(param->values[j] * 128 * g <= 32767, "%s: flush=%d", v[i].name, param->values[j]);
        }
    }
    if (!checked) cr_skip_test("no table kernel is built here");
}

/* Every entry is 128 g for as many groups as one flush interval holds, and one group more. */
Test(lut, sums_at_the_exact_flush_bound_are_right) {
    size_t count, checked = 0;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (v[i].format->name[0] != 'g' || (v[i].isa & ~tern_isa_detected())) continue;
        const size_t g = (size_t)(v[i].format->name[1] - '0');
        for (int more = 0; more < 2; more++, checked++) {
            const size_t m = 64, k = (32767 / (128 * g) + (size_t)more) * g, stride = tern_token_stride(k);
            int8_t *q = tern_alloc(stride), *trits = tern_alloc(m * k);
            int32_t sum = -128 * (int32_t)k, *y = tern_alloc(m * sizeof *y);
            memset(q, -128, k);
            memset(trits, -1, m * k);
            void *w = tern_alloc(v[i].format->bytes(m, k));
            v[i].format->pack(trits, m, k, 0, m, 1, w);
            struct tern_tokens x = {.n = 1, .k = k, .stride = stride, .q = q, .sum = &sum};
            struct tern_call c = {
                .w = {.format = v[i].format, .m = m, .k = k, .data = w}, .x = &x, .y = y, .ldy = m};
            tern_variant_defaults(&v[i], c.param);
            const struct tern_proof p = tern_proof_of(&v[i]);
            void *shared = tern_alloc(tern_proof_shared_bytes(&p, &c)),
                 *local = tern_alloc(tern_proof_local_bytes(&p, &c));
            c.shared = shared;
            tern_proof_prepare(&p, &c, 0, 1);
            tern_proof_run(&p, &c, 0, m, local);
            for (size_t r = 0; r < m; r++)
                cr_assert(y[r] == 128 * (int32_t)k, "%s: K = %zu, row %zu is %d", v[i].name, k, r, y[r]);
            void *all[] = {q, trits, y, w, shared, local};
            for (size_t f = 0; f < sizeof all / sizeof *all; f++) tern_free(all[f]);
        }
    }
    cr_assert(checked >= 10);
}
