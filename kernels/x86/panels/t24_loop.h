/* The loop of t24 over a whole panel, 256 or 512 bits wide, for one token.
 *
 * It is asm because 24 sums, three constants and the activations leave four registers, and compilers that
 * move the look-ups spill sums instead: a third of the speed. A code is looked up while the former one is
 * multiplied. Registers: 0-23 sums, 24 table, 25 and 26 prefix masks, 27 activations, 28 and 29 codes, 30 and
 * 31 parts. */
#ifndef TERN_KERNELS_X86_PANELS_T24_LOOP_H
#define TERN_KERNELS_X86_PANELS_T24_LOOP_H

#include "kernels/unroll.h"

#include <stddef.h>
#include <stdint.h>

/* C promises strings of 4,095 bytes; compilers that compile this take longer ones. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

/* What the loop reads: look-up table, masks of two and four bits, masks of the merges; 64 bytes each. */
struct t24_constants {
    uint8_t table[64], two[64], four[64], merge_18[64], merge_08[64], merge_10[64];
};

#if VEC_BITS == 512
#define T24_R(n)  "%%zmm" #n
#define T24_BYTES "64"
#else
#define T24_R(n)  "%%ymm" #n
#define T24_BYTES "32"
#endif

/* clang-format off */
#define T24_ALL(op)                                                                                         \
    op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12)                        \
    op(13) op(14) op(15) op(16) op(17) op(18) op(19) op(20) op(21) op(22) op(23)
#define T24_ZERO(n)   "vpxord %%xmm" #n ", %%xmm" #n ", %%xmm" #n "\n\t"
#define T24_RESULT(n) "vmovdqa64 " T24_R(n) ", " #n "*" T24_BYTES "(%[out])\n\t"

/* Codes of line `line` of half `h` into register x, looked up. */
#define T24_LOOK(x)          "vpermb " T24_R(24) ", " T24_R(x) ", " T24_R(x) "\n\t"
#define T24_CODE(h, line, x) "vmovdqa64 " #line "*64+" #h "(%[w]), " T24_R(x) "\n\t" T24_LOOK(x)
/* The three that are put together from the upper bits of the lines. */
#define T24_LOW(h, line, x) "vpsrlw $5, " #line "*64+" #h "(%[w]), " T24_R(x) "\n\t"
#define T24_HIGH(h, line, shift, mask, x)                                                                   \
    "vpsrlw $" #shift ", " #line "*64+" #h "(%[w]), " T24_R(31) "\n\t"                                      \
    "vpternlogd $0xd8, " #mask "*64(%[constant]), " T24_R(31) ", " T24_R(x) "\n\t"
/* Three digits of x to the sums a, b, c. */
#define T24_SUM(x, a, b, c)                                                                                 \
    "vpandd " T24_R(25) ", " T24_R(x) ", " T24_R(30) "\n\t"                                                 \
    "vpandd " T24_R(26) ", " T24_R(x) ", " T24_R(31) "\n\t"                                                 \
    "vpdpbusd " T24_R(27) ", " T24_R(30) ", " T24_R(a) "\n\t"                                               \
    "vpdpbusd " T24_R(27) ", " T24_R(31) ", " T24_R(b) "\n\t"                                               \
    "vpdpbusd " T24_R(27) ", " T24_R(x) ", " T24_R(c) "\n\t"
#define T24_LINES(h)                                                                                        \
    T24_CODE(h, 0, 28)                                                                                      \
    T24_CODE(h, 1, 29) T24_SUM(28, 0, 1, 2)                                                                 \
    T24_CODE(h, 2, 28) T24_SUM(29, 3, 4, 5)                                                                 \
    T24_CODE(h, 3, 29) T24_SUM(28, 6, 7, 8)                                                                 \
    T24_CODE(h, 4, 28) T24_SUM(29, 9, 10, 11)                                                               \
    T24_LOW(h, 0, 29) T24_HIGH(h, 3, 3, 3, 29) T24_LOOK(29) T24_SUM(28, 12, 13, 14)                         \
    T24_LOW(h, 1, 28) T24_HIGH(h, 4, 3, 3, 28) T24_LOOK(28) T24_SUM(29, 15, 16, 17)                         \
    T24_LOW(h, 2, 29) T24_HIGH(h, 3, 2, 4, 29) T24_HIGH(h, 4, 1, 5, 29) T24_LOOK(29) T24_SUM(28, 18, 19, 20)\
    T24_SUM(29, 21, 22, 23)
#if VEC_BITS == 512
/* Lanes 0-7 are the first four columns, 8-15 the next. */
#define T24_WHOLE                                                                                           \
    "vpbroadcastd (%[q]), " T24_R(27) "\n\t"                                                                \
    "vpbroadcastd 4(%[q]), " T24_R(27) "%{%%k1%}\n\t" T24_LINES(0)
#define T24_NARROW "vmovdqu64 (%[q]), " T24_R(27) "\n\t" T24_LINES(0)
#else
#define T24_WHOLE                                                                                           \
    "vpbroadcastd (%[q]), " T24_R(27) "\n\t" T24_LINES(0)                                                   \
    "vpbroadcastd 4(%[q]), " T24_R(27) "\n\t" T24_LINES(32)
#define T24_NARROW                                                                                          \
    "vmovdqu64 (%[q]), " T24_R(27) "\n\t" T24_LINES(0)                                                      \
    "vmovdqu64 32(%[q]), " T24_R(27) "\n\t" T24_LINES(32)
#endif

/* 24 prefix sums of `chunks` > 0 chunks: of a whole panel against q, eight columns a chunk; or of a narrow one
 * against activations laid out as its lanes are, 64 bytes a chunk. */
#define T24_LOOP(name, body, step)                                                                           \
    ALWAYS_INLINE void name(const uint8_t *w, const int8_t *q, size_t chunks, size_t ahead,                  \
                            const struct t24_constants *constant, vec *out) {                                \
        __asm__ volatile(                                                                                    \
            T24_ALL(T24_ZERO)                                                                                \
            "vmovdqu64 (%[constant]), " T24_R(24) "\n\t"                                                     \
            "vmovdqu64 64(%[constant]), " T24_R(25) "\n\t"                                                   \
            "vmovdqu64 128(%[constant]), " T24_R(26) "\n\t"                                                  \
            "movl $0xff00, %%eax\n\t"                                                                        \
            "kmovd %%eax, %%k1\n\t"                                                                          \
            ".p2align 6\n"                                                                                   \
            "1:\n\t"                                                                                         \
            "prefetcht0 (%[w], %[ahead])\n\t"                                                                \
            "prefetcht0 64(%[w], %[ahead])\n\t"                                                              \
            "prefetcht0 128(%[w], %[ahead])\n\t"                                                             \
            "prefetcht0 192(%[w], %[ahead])\n\t"                                                             \
            "prefetcht0 256(%[w], %[ahead])\n\t"                                                             \
            body                                                                                             \
            "addq $320, %[w]\n\t"                                                                            \
            "addq $" #step ", %[q]\n\t"                                                                      \
            "decq %[chunks]\n\t"                                                                             \
            "jnz 1b\n\t"                                                                                     \
            T24_ALL(T24_RESULT)                                                                              \
            : [w] "+r"(w), [q] "+r"(q), [chunks] "+r"(chunks)                                                \
            : [ahead] "r"(ahead), [constant] "r"(constant), [out] "r"(out)                                   \
            : "memory", "cc", "rax", "k1", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",   \
              "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17",        \
              "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27",      \
              "xmm28", "xmm29", "xmm30", "xmm31");                                                           \
    }
/* clang-format on */

T24_LOOP(t24_whole, T24_WHOLE, 8)
T24_LOOP(t24_narrow, T24_NARROW, 64)

#endif
