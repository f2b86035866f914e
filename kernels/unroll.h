/* Full unrolling of small constant loops, so that arrays of accumulators live in registers with gcc and clang. */
#ifndef TERN_KERNELS_UNROLL_H
#define TERN_KERNELS_UNROLL_H

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#endif
