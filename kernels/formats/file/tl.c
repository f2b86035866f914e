/* TL1 and TL2: the lookup-table formats of bitnet.cpp (utils/convert-hf-to-gguf-bitnet.py defines the order).
 *
 *   TL1   per 4 columns of a row one byte: 3*w0 + w1 + 4 in bits 7:4, 3*w2 + w3 + 4 in bits 3:0
 *         tiles of BM rows x BK columns, along K first
 *           in a tile blocks of bm rows x by = 256/bm columns, along K first
 *             in a block 16 rows x 4 columns = 16 bytes, along K first
 *         then the f32 scale and 28 bytes of padding
 *
 *   TL2   the first floor(K/BK)*BK columns in triples v = 9*w0 + 3*w1 + w2:
 *           plane 1   |v| of two triples per byte, the first in bits 7:4; tiles of BM x BK, in them blocks of 32
 *                     rows x 6 columns
 *           plane 2   signs; blocks of 32 rows x 24 columns = 16 words of 16 bits
 *         the other columns in pairs as in TL1:
 *           plane 3   tiles of BM x 32, in them blocks of 32 rows x 4 columns
 *         In planes 1 and 3 the 32 rows of a block lie in the order 0-7, 16-23, 8-15, 24-31.
 *         Then zeros up to the size that the format's fixed formula gives, the f32 scale, 28 bytes of padding. */
#include "kernels/formats/file/tl.h"

#include "base/memory.h"
#include "kernels/format.h"
#include "kernels/formats/rows.h"

#include <math.h>
#include <string.h>

/* bitnet.cpp: preset_kernels/, utils/codegen_tl1.py, codegen_tl2.py; the last four: the micro models of the
 * reference files (TL2 only). */
static const struct {
    size_t m, k;
    struct tern_tl_tile one, two;
} preset[] = {
    {1536, 4096, {256, 128, 32}, {256, 96, 32}},
    {1536, 1536, {128, 64, 64}, {128, 192, 32}},
    {4096, 1536, {256, 128, 32}, {256, 96, 32}},
    {3200, 8640, {160, 64, 32}, {160, 96, 32}},
    {3200, 3200, {320, 128, 64}, {320, 96, 32}},
    {8640, 3200, {320, 64, 32}, {320, 96, 32}},
    {14336, 4096, {256, 128, 32}, {256, 96, 32}},
    {4096, 14336, {128, 64, 64}, {128, 96, 32}},
    {1024, 4096, {256, 128, 32}, {256, 96, 32}},
    {4096, 4096, {128, 64, 64}, {128, 96, 32}},
    {256, 256, {0}, {128, 96, 32}},
    {128, 256, {0}, {128, 96, 32}},
    {768, 256, {0}, {256, 96, 32}},
    {256, 768, {0}, {128, 192, 32}},
};

static size_t first_divisor(size_t n, const size_t *of, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (n % of[i] == 0) return of[i];
    return of[count - 1];
}

static const size_t row_choices[] = {256, 320, 160, 128, 96, 64, 32};

struct tern_tl_tile tern_tl1_tile(size_t m, size_t k) {
    static const size_t col_choices[] = {128, 64, 32, 8};
    for (size_t i = 0; i < sizeof preset / sizeof *preset; i++)
        if (preset[i].m == m && preset[i].k == k && preset[i].one.rows) return preset[i].one;
    return (struct tern_tl_tile){first_divisor(m, row_choices, 7), first_divisor(k, col_choices, 4), 32};
}

struct tern_tl_tile tern_tl2_tile(size_t m, size_t k) {
    for (size_t i = 0; i < sizeof preset / sizeof *preset; i++)
        if (preset[i].m == m && preset[i].k == k) return preset[i].two;
    return (struct tern_tl_tile){first_divisor(m, row_choices, 7), 96, 32};
}

enum tern_status tern_tl1_check(struct tern_tl_tile t, size_t m, size_t k, struct tern_error *e) {
    if ((t.inner == 32 || t.inner == 64) && t.rows && t.cols && t.rows % t.inner == 0 &&
        t.cols % (256 / t.inner) == 0 && m % t.rows == 0 && k % t.cols == 0)
        return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED,
                     "tl1: %zux%zu: tiles of %zux%zu with %zu inner rows do not divide it", m, k, t.rows,
                     t.cols, t.inner);
}

enum tern_status tern_tl2_check(struct tern_tl_tile t, size_t m, size_t k, struct tern_error *e) {
    if (t.inner != 32 || !t.rows || !t.cols || t.rows % 32 || t.cols % 24 || m % t.rows || k % t.cols % 32)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "tl2: %zux%zu: tiles of %zux%zu with %zu inner rows do not divide it", m, k, t.rows,
                         t.cols, t.inner);
    const struct tern_tl2_planes p = tern_tl2_cut(t, m, k);
    if (k >= 256 && p.pairs + m * (k - p.three) / 4 <= tern_tl2_bytes(m, k) - 32) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "tl2: %zux%zu: the format's size formula leaves no room for it", m,
                     k);
}

size_t tern_tl1_bytes(size_t m, size_t k) {
    return m * k / 4 + 32;
}

/* The formula of ggml_nbytes, written for a part of 256 columns in pairs; k >= 256. */
size_t tern_tl2_bytes(size_t m, size_t k) {
    return tern_round_up((k - 256) * m / 3 * 5 / 8 + 256 * m / 2 * 4 / 8, 32) + 32;
}

static uint8_t pairs(const int8_t *w) {
    return (uint8_t)((3 * w[0] + w[1] + 4) << 4 | (3 * w[2] + w[3] + 4));
}

void tern_tl1_pack(struct tern_tl_tile t, const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1,
                   float scale, uint8_t *dst) {
    for (size_t r = r0; r < r1; r++, trits += k)
        for (size_t c = 0; c < k; c += 4) dst[tern_tl1_at(t, k, r, c)] = pairs(trits + c);
    if (r1 != m) return;
    memset(dst + m * k / 4, 0, 32);
    memcpy(dst + m * k / 4, &scale, sizeof scale);
}

static void pack_three(struct tern_tl_tile t, const int8_t *trits, size_t three, size_t row, uint8_t *index,
                       uint8_t *signs) {
    for (size_t c = 0; c < three; c += 24) {
        uint8_t *word = signs + tern_tl2_sign_at(t, three, row, c);
        unsigned bits =
            row % 32 < 16 ? 0 : (unsigned)(word[0] | word[1] << 8); /* row - 16 has written its half */
        unsigned nibble[8];
        for (size_t i = 0; i < 8; i++) {
            const int8_t *w = trits + c + 3 * i;
            const int v = 9 * w[0] + 3 * w[1] + w[2];
            nibble[i] = (unsigned)(v < 0 ? -v : v);
            bits |= (unsigned)(v < 0) << (15 - 2 * i - row % 32 / 16);
        }
        for (size_t i = 0; i < 8; i += 2)
            index[tern_tl2_three_at(t, three, row, c + 3 * i)] = (uint8_t)(nibble[i] << 4 | nibble[i + 1]);
        word[0] = (uint8_t)bits;
        word[1] = (uint8_t)(bits >> 8);
    }
}

void tern_tl2_pack(struct tern_tl_tile t, const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1,
                   float scale, uint8_t *dst) {
    const struct tern_tl2_planes p = tern_tl2_cut(t, m, k);
    const size_t two = k - p.three, end = p.pairs + m * two / 4, size = tern_tl2_bytes(m, k);
    for (size_t r = r0; r < r1; r++, trits += k) {
        pack_three(t, trits, p.three, r, dst, dst + p.signs);
        for (size_t c = 0; c < two; c += 4)
            dst[p.pairs + tern_tl2_pair_at(t, two, r, c)] = pairs(trits + p.three + c);
    }
    if (r1 != m) return;
    memset(dst + end, 0, size - end);
    memcpy(dst + size - 32, &scale, sizeof scale);
}

static enum tern_status finite_scale(const uint8_t *at, float *out, struct tern_error *e) {
    memcpy(out, at, sizeof *out);
    if (isfinite(*out)) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "tl: the scale is not finite");
}

static enum tern_status tl1_accepts(size_t m, size_t k, struct tern_error *e) {
    return tern_tl1_check(tern_tl1_tile(m, k), m, k, e);
}

static size_t tl1_row_step(size_t m, size_t k) {
    return tern_tl1_tile(m, k).rows;
}

static void tl1_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    tern_tl1_pack(tern_tl1_tile(m, k), trits, m, k, r0, r1, scale, dst);
}

static void tl1_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    tern_tl1_read(tern_tl1_tile(m, k), data, k, row, code);
}

static void tl1_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tl1_row);
}

static enum tern_status tl1_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    return finite_scale((const uint8_t *)src + m * k / 4, out, e);
}

static enum tern_status tl2_accepts(size_t m, size_t k, struct tern_error *e) {
    return tern_tl2_check(tern_tl2_tile(m, k), m, k, e);
}

static size_t tl2_row_step(size_t m, size_t k) {
    return tern_tl2_tile(m, k).rows;
}

static void tl2_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    tern_tl2_pack(tern_tl2_tile(m, k), trits, m, k, r0, r1, scale, dst);
}

static void tl2_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    tern_tl2_read(tern_tl2_tile(m, k), data, m, k, row, code);
}

static void tl2_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tl2_row);
}

static enum tern_status tl2_scale(const void *src, size_t m, size_t k, float *out, struct tern_error *e) {
    return finite_scale((const uint8_t *)src + tern_tl2_bytes(m, k) - 32, out, e);
}

const struct tern_format tern_format_tl1 = {
    .name = "tl1",
    .title = "TL1: pairs as 4-bit table indices, tiled",
    .source = "bitnet.cpp, ggml type 38",
    .bits = 2.0,
    .in_files = 1,
    .accepts = tl1_accepts,
    .row_step = tl1_row_step,
    .bytes = tern_tl1_bytes,
    .pack = tl1_pack,
    .tile_fits = tern_tl1_check,
    .tile_pack = tern_tl1_pack,
    .unpack = tl1_unpack,
    .scale = tl1_scale,
};

const struct tern_format tern_format_tl2 = {
    .name = "tl2",
    .title = "TL2: triples as 4-bit table indices and a sign plane, rest in pairs, tiled",
    .source = "bitnet.cpp, ggml type 39",
    .bits = 5.0 / 3,
    .in_files = 1,
    .accepts = tl2_accepts,
    .row_step = tl2_row_step,
    .bytes = tern_tl2_bytes,
    .pack = tl2_pack,
    .tile_fits = tern_tl2_check,
    .tile_pack = tern_tl2_pack,
    .unpack = tl2_unpack,
    .scale = tl2_scale,
};
