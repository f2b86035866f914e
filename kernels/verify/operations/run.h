/* The float operations, each run on inputs of a stage. Internal to kernels/verify/. */
#ifndef TERN_KERNELS_VERIFY_OPERATIONS_RUN_H
#define TERN_KERNELS_VERIFY_OPERATIONS_RUN_H

#include "kernels/dense/attend.h"
#include "kernels/dense/f32_ops.h"
#include "kernels/dense/head_ops.h"
#include "kernels/epilogue.h"
#include "kernels/verify/operations/stage.h"

typedef void tern_f32_run_fn(const struct tern_f32_ops *o, struct tern_stage *s);
typedef void tern_attend_run_fn(const struct tern_attend_ops *o, struct tern_stage *s);
typedef void tern_head_run_fn(const struct tern_head_ops *o, struct tern_stage *s);
typedef void tern_epilogue_run_fn(const struct tern_epilogue_ops *o, struct tern_stage *s);

/* The lists of operations: OP(name). tern_run_<kind>_<name> runs one. */
#define TERN_F32_OPERATIONS(OP)                                                                              \
    OP(norm)                                                                                                 \
    OP(rope)                                                                                                 \
    OP(multiply)
#define TERN_ATTEND_OPERATIONS(OP)                                                                           \
    OP(put_f16)                                                                                              \
    OP(put_f32)                                                                                              \
    OP(put_q8)                                                                                               \
    OP(scores_f16)                                                                                           \
    OP(scores_f32)                                                                                           \
    OP(scores_q8)                                                                                            \
    OP(softmax)                                                                                              \
    OP(gather_f16)                                                                                           \
    OP(gather_f32)                                                                                           \
    OP(gather_q8)                                                                                            \
    OP(merge)
#define TERN_HEAD_OPERATIONS(OP)                                                                             \
    OP(rows_f16)                                                                                             \
    OP(rows_f32)                                                                                             \
    OP(rows_q8)                                                                                              \
    OP(rows_q6_k)                                                                                            \
    OP(tile_f16)                                                                                             \
    OP(tile_f32)                                                                                             \
    OP(tile_q8)                                                                                              \
    OP(tile_q6_k)                                                                                            \
    OP(scan)                                                                                                 \
    OP(scan_q6_k)
#define TERN_EPILOGUE_OPERATIONS(OP)                                                                         \
    OP(scale)                                                                                                \
    OP(add)                                                                                                  \
    OP(relu2)                                                                                                \
    OP(silu)                                                                                                 \
    OP(quantise)

#define OP(name) tern_f32_run_fn tern_run_f32_##name;
TERN_F32_OPERATIONS(OP)
#undef OP
#define OP(name) tern_attend_run_fn tern_run_attend_##name;
TERN_ATTEND_OPERATIONS(OP)
#undef OP
#define OP(name) tern_head_run_fn tern_run_head_##name;
TERN_HEAD_OPERATIONS(OP)
#undef OP
#define OP(name) tern_epilogue_run_fn tern_run_epilogue_##name;
TERN_EPILOGUE_OPERATIONS(OP)
#undef OP

#endif
