/* Bit planes as mask registers (planes, bin1): columns in lanes, rows x tokens in accumulators. */
#ifndef TERN_KERNELS_X86_SIGNS_PLANES_AVX512_H
#define TERN_KERNELS_X86_SIGNS_PLANES_AVX512_H

#include "kernels/formats/memory/planes.h"

#include <stdint.h>
#include <string.h>

static inline uint16_t mask_16(const uint8_t *p) {
    uint16_t m;
    memcpy(&m, p, sizeof m);
    return m;
}

static inline uint32_t mask_32(const uint8_t *p) {
    uint32_t m;
    memcpy(&m, p, sizeof m);
    return m;
}

static inline uint64_t mask_64(const uint8_t *p) {
    uint64_t m;
    memcpy(&m, p, sizeof m);
    return m;
}

#endif
