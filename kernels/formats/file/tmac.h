/* The bit-serial layout of T-MAC for 2-bit weights, for any bm and kfactor (t_mac/weights.py defines the
 * order). */
#ifndef TERN_KERNELS_FORMATS_FILE_TMAC_H
#define TERN_KERNELS_FORMATS_FILE_TMAC_H

#include <stddef.h>
#include <stdint.h>

struct tern_tmac_tile {
    size_t bm;      /* bit rows of a tile (two per weight row), a multiple of 32 */
    size_t kfactor; /* groups of 4 columns walked before the next 32 bit rows: 8 or 16 */
};

/* bm = the first of 256 320 128 64 32 that divides 2M, kfactor = 16 when K is a multiple of 64, else 8. T-MAC
 * chooses both by tuning and keeps them beside the model, not in the tensor. */
static inline struct tern_tmac_tile tern_tmac_tile_of(size_t m, size_t k) {
    static const size_t bm[] = {256, 320, 128, 64};
    struct tern_tmac_tile t = {32, k % 64 ? 8 : 16};
    for (size_t i = 4; i-- > 0;)
        if (2 * m % bm[i] == 0) t.bm = bm[i];
    return t;
}

/* The byte with bit `bit` of columns 4*group .. 4*group+3 of a row: bits 3:0 when row % 16 < 8, else bits
 * 7:4. */
static inline size_t tern_tmac_at(struct tern_tmac_tile t, size_t k, size_t row, size_t bit, size_t group) {
    const size_t bit_row = row / 8 * 16 + bit * 8 + row % 8, r = bit_row % t.bm;
    return bit_row / t.bm * (t.bm * k / 8) + group / t.kfactor * (t.bm / 2 * t.kfactor) +
           r / 32 * (16 * t.kfactor) + group % t.kfactor * 16 + r % 16;
}

static inline void tern_tmac_read(struct tern_tmac_tile t, const uint8_t *data, size_t k, size_t row,
                                  uint8_t *code) {
    const int shift = row % 16 < 8 ? 0 : 4;
    for (size_t g = 0; g < k / 4; g++) {
        const unsigned low = (unsigned)data[tern_tmac_at(t, k, row, 0, g)] >> shift,
                       high = (unsigned)data[tern_tmac_at(t, k, row, 1, g)] >> shift;
        for (size_t j = 0; j < 4; j++) {
            const unsigned c = (low >> j & 1) | (high >> j & 1) << 1; /* trit + 2; 0 is -2 */
            code[4 * g + j] = c ? (uint8_t)(c - 1) : 3;
        }
    }
}

static inline void tern_tmac2_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    tern_tmac_read(tern_tmac_tile_of(m, k), data, k, row, code);
}

#endif
