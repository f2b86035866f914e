/* The loops behind the ceilings, one file per instruction set. Internal to measure/.
 *
 * Every loop returns a number that its own arithmetic produced and that a test can predict: a reading returns
 * the sum of the 64-bit words (modulo 2^64, times `calls`), a multiply-add loop returns the multiply-adds it
 * has done (modulo 2^32, or 2^16 for maddubs), because all its factors are 1. So a loop that was shortened or
 * deleted is found out. */
#ifndef TERN_MEASURE_CEILINGS_PEAK_H
#define TERN_MEASURE_CEILINGS_PEAK_H

#include <stddef.h>
#include <stdint.h>

/* Reads `bytes` (a multiple of 64, 64-byte aligned) `calls` times. `far` loops prefetch ahead in software. */
typedef uint64_t (*tern_peak_read_fn)(const void *data, size_t bytes, uint64_t calls);
typedef uint64_t (*tern_peak_maths_fn)(uint64_t rounds);

uint64_t tern_read_near_scalar(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_read_far_scalar(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_int8_scalar(uint64_t rounds);
uint64_t tern_fma_scalar(uint64_t rounds);
#define TERN_INT8_SCALAR_MACS 8 /* per round */
#define TERN_FMA_SCALAR_MACS  8

uint64_t tern_read_near_ymm(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_read_far_ymm(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_int8_ymm(uint64_t rounds);
uint64_t tern_maddubs_ymm(uint64_t rounds);
uint64_t tern_fma_ymm(uint64_t rounds);
#define TERN_INT8_YMM_MACS    (8 * 32)
#define TERN_MADDUBS_YMM_MACS (8 * 32)
#define TERN_FMA_YMM_MACS     (12 * 8)

uint64_t tern_int8_vnni_ymm(uint64_t rounds);
#define TERN_INT8_VNNI_YMM_MACS (12 * 32)

uint64_t tern_read_near_zmm(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_read_far_zmm(const void *data, size_t bytes, uint64_t calls);
uint64_t tern_int8_zmm(uint64_t rounds);
uint64_t tern_fma_zmm(uint64_t rounds);
#define TERN_INT8_ZMM_MACS (12 * 64)
#define TERN_FMA_ZMM_MACS  (12 * 16)

#endif
