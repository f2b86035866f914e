/* Row decoders: the one description of how a format is read. A decoder turns one row of the packed bytes into
 * codes, trit + 1 (3 = no trit); `unpack` and the scalar kernel of a format are both made from it. */
#ifndef TERN_KERNELS_FORMATS_ROWS_H
#define TERN_KERNELS_FORMATS_ROWS_H

#include "kernels/unroll.h"

#include <stddef.h>
#include <stdint.h>

/* Writes k codes (0..3) of row `row` of an m x k matrix. */
typedef void tern_row_fn(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code);

ALWAYS_INLINE void tern_unpack_rows(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits,
                                    tern_row_fn *decode) {
    for (size_t r = r0; r < r1; r++, trits += k) {
        decode(src, m, k, r, (uint8_t *)trits);
        for (size_t j = 0; j < k; j++) trits[j] = (int8_t)(trits[j] - 1);
    }
}

#endif
