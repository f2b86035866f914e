/* The list of goals of kernels. */
#include "tuner/targets/targets.h"

/* Shares of a ceiling measured in the same rounds; the goals are those of a core with 512-bit integer dot
 * products. */
static const struct tern_target targets[] = {
    {"gemv-hot-2.0bpw", 640, 2560, 1, TERN_HOT, {NULL}, 1.9, 2.1, TERN_CEILING_INT8, 0.57, 1, NULL},
    {"gemv-hot-1.67bpw", 640, 2560, 1, TERN_HOT, {NULL}, 1.5, 1.7, TERN_CEILING_INT8, 0.38, 1, NULL},
    {"gemv-cold-2.0bpw", 6912, 2560, 1, TERN_WCOLD, {NULL}, 1.9, 2.1, TERN_CEILING_READ, 0.95, 1, NULL},
    {"gemv-cold-1.67bpw", 6912, 2560, 1, TERN_WCOLD, {NULL}, 1.5, 1.7, TERN_CEILING_READ, 0.92, 1, NULL},
    {"gemv-cold-1.67bpw-all", 6912, 2560, 1, TERN_WCOLD, {NULL}, 1.5, 1.7, TERN_CEILING_READ, 0.92, 0, NULL},
    {"gemv-cold-wide-1.67bpw", 2560, 6912, 1, TERN_WCOLD, {NULL}, 1.5, 1.7, TERN_CEILING_READ, 0.92, 1, NULL},
    {"gemv-cold-wide-1.67bpw-all",
     2560,
     6912,
     1,
     TERN_WCOLD,
     {NULL},
     1.5,
     1.7,
     TERN_CEILING_READ,
     0.92,
     0,
     NULL},
    {"gemv-cold-binary", 6912, 2560, 1, TERN_WCOLD, {"b128", "b64"}, 0, 0, TERN_CEILING_READ, 0.90, 1, NULL},
    {"gemm-8", 6912, 2560, 8, TERN_WCOLD, {NULL}, 0, 4, TERN_CEILING_INT8, 0.75, 1, NULL},
    {"gemm-32", 6912, 2560, 32, TERN_WCOLD, {NULL}, 0, 4, TERN_CEILING_INT8, 0.82, 1, NULL},
    {"gemm-128", 6912, 2560, 128, TERN_WCOLD, {NULL}, 0, 4, TERN_CEILING_INT8, 0.88, 1, NULL},
    {"gemm-512", 2560, 2560, 512, TERN_WCOLD, {NULL}, 0, 4, TERN_CEILING_INT8, 0.90, 1, NULL},
    {"gemv-hot-avx2", 640, 2560, 1, TERN_HOT, {NULL}, 0, 4, TERN_CEILING_MADDUBS, 0.55, 1, "avx2"},
    {"gemm-128-avx2", 2560, 2560, 128, TERN_WCOLD, {NULL}, 0, 4, TERN_CEILING_MADDUBS, 0.65, 1, "avx2"},
};

const struct tern_target *tern_targets(size_t *count) {
    *count = sizeof targets / sizeof *targets;
    return targets;
}
