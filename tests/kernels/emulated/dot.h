/* vpdpbusd in plain C: four u8 * s8 products added to every 32-bit lane, which may wrap. */
#ifndef TERN_TESTS_KERNELS_EMULATED_DOT_H
#define TERN_TESTS_KERNELS_EMULATED_DOT_H

#include <stddef.h>
#include <stdint.h>

static inline void emulated_dot(uint32_t *acc, const uint8_t *u, const int8_t *s, size_t lanes) {
    for (size_t i = 0; i < 4 * lanes; i++) acc[i / 4] += (uint32_t)(u[i] * s[i]);
}

#endif
