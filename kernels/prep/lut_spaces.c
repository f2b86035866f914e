/* Parameter spaces of the look-up kernels. */
#include "kernels/prep/lut.h"

#include "base/memory.h"
#include "kernels/flush.h"

#include <stddef.h>

static const int rows_values[] = {1, 2, 4};
static const int gemv_blocks[] = {0, 512, 2048};
static const int gemm_blocks[] = {240, 480, 960};
static const int ahead_values[] = {0, 4096, 8192};

/* The bound of int16 sums, rounded down to the groups that a loop counts in. */
#define MOST(g, unit) (TERN_FLUSH_ENTRIES(g) / (unit) * (unit))
static const int flush2[] = {MOST(2, 8), 40};
static const int flush3[] = {MOST(3, 8), 40};
static const int flushbits[] = {TERN_FLUSH_BITS, 40};
static const int flush3w[] = {MOST(3, 3), 42};
static const int flush4[] = {MOST(4, 4), 24};
static const int flush5[] = {MOST(5, 4), 20};

static const struct tern_constraint block_fits[] = {
    {"kblock < k", "a block of columns wider than the matrix"}};

/* `rows` and `ahead` number the defaults. */
#define ONE_TOKEN(name, rows, ahead)                                                                         \
    static const struct tern_param gemv_##name[] = {                                                         \
        {"rows", rows_values, 3, rows},                                                                      \
        {"kblock", gemv_blocks, 3, 0},                                                                       \
        {"flush", flush##name, 2, 0},                                                                        \
        {"prefetch", ahead_values, 3, ahead},                                                                \
    };                                                                                                       \
    const struct tern_space tern_space_lut##name = {gemv_##name, 4, block_fits, 1};

#define SEVERAL_TOKENS(name)                                                                                 \
    static const struct tern_param gemm_##name[] = {                                                         \
        {"rows", rows_values, 3, 2},                                                                         \
        {"kblock", gemm_blocks, 3, 1},                                                                       \
        {"flush", flush##name, 2, 0},                                                                        \
    };                                                                                                       \
    const struct tern_space tern_space_luts##name = {gemm_##name, 3, NULL, 0};

ONE_TOKEN(2, 1, 1)
ONE_TOKEN(3, 1, 1)
ONE_TOKEN(bits, 1, 1)
ONE_TOKEN(3w, 2, 0)
ONE_TOKEN(4, 2, 0)
ONE_TOKEN(5, 2, 0)
SEVERAL_TOKENS(3w)
SEVERAL_TOKENS(5)
