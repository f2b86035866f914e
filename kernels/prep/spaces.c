/* The parameters that kernels other than look-up kernels can be tuned by. */
#include "kernels/prep/prep.h"

#include "kernels/flush.h"

const struct tern_space tern_space_none = {NULL, 0, NULL, 0};

static const int prefetch_values[] = {0, 1024, 2048, 4096, 8192}, panel_values[] = {1, 2, 4};
#define PREFETCH                                                                                             \
    { "prefetch", prefetch_values, 5, 3 }

static const struct tern_param stream_params[] = {
    PREFETCH,
    {"panels", panel_values, 3, 0},
};

const struct tern_space tern_space_prefetch = {stream_params, 1, NULL, 0};

static const int far_values[] = {0, 4096, 6144, 8192};
static const struct tern_param far_param = {"prefetch", far_values, 4, 2};

const struct tern_space tern_space_prefetchfar = {&far_param, 1, NULL, 0};

static const struct tern_param row_params[] = {
    PREFETCH,
    {"rows", panel_values, 3, 0},
};

const struct tern_space tern_space_rows = {row_params, 2, NULL, 0};

static const int block_values[] = {512, 1024, 2048, 4096};
static const struct tern_param block_params[] = {{"block", block_values, 4, 2}};

static const struct tern_constraint block_fits[] = {
    {"block < 2 * k", "a block of more than twice K is the same as one of K"}};

const struct tern_space tern_space_block = {block_params, 1, block_fits, 1};

static const struct tern_constraint panels_exist[] = {
    {"panels * 64 <= up(m, 64)", "more panels together than the matrix has"}};

const struct tern_space tern_space_panels = {stream_params, 2, panels_exist, 1};

/* Panels together: no more than the matrix has. */
#define TOGETHER(rows, count)                                                                                \
    static const struct tern_constraint together##rows##x##count[] = {                                       \
        {"panels * " #rows " <= up(m, " #rows ")", "more panels together than the matrix has"}};             \
    static const struct tern_param params##rows##x##count[] = {PREFETCH,                                     \
                                                               {"panels", panel_values, count, 1}};          \
    const struct tern_space tern_space_panels##rows##x##count = {params##rows##x##count, 2,                  \
                                                                 together##rows##x##count, 1};

TOGETHER(16, 2)
TOGETHER(16, 3)
TOGETHER(48, 3)
TOGETHER(80, 2)
TOGETHER(80, 3)
TOGETHER(128, 2)

/* Steps between two flushes of 16-bit sums: up to the bound that the kernel asserts (kernels/flush.h), and two
 * shorter intervals. With `panels`, one or two panels together (one where 16 registers do not hold the sums of
 * two). */
#define FLUSH(name, most, ...)                                                                               \
    static const int flush##name##_values[] = {__VA_ARGS__, most};                                           \
    static const struct tern_param flush##name##_params[] = {                                                \
        PREFETCH, {"flush", flush##name##_values, 3, 2}, {"panels", panel_values, 2, 0}};                    \
    const struct tern_space tern_space_flush##name = {flush##name##_params, 2, NULL, 0};

FLUSH(8, TERN_FLUSH_4096, 2, 4)
FLUSH(16, TERN_FLUSH_2048, 4, 8)
FLUSH(31, TERN_FLUSH_1024, 7, 15)
FLUSH(63, TERN_FLUSH_512, 15, 31)
FLUSH(255, TERN_FLUSH_128, 63, 127)
FLUSH(counts, TERN_FLUSH_COUNTS, 7, 15)

const struct tern_space tern_space_flush8panels = {flush8_params, 3, NULL, 0};
const struct tern_space tern_space_flush16panels = {flush16_params, 3, NULL, 0};
