/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its name and TERN_OPS_NEEDS the instructions it
 * needs. */
#include "kernels/dense/head_ops.h"

#include "base/isa.h"
#include "kernels/dense/head_q6.h"
#include "kernels/dense/head_rows.h"
#include "kernels/dense/head_scan.h"
#include "kernels/dense/head_tiles.h"

extern const struct tern_head_ops TERN_OPS;
const struct tern_head_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .rows = {rows_f16, rows_f32, rows_q8, rows_q6_k},
    .tile = {tile_f16, tile_f32, tile_q8, tile_q6_k},
    .scan = scan,
    .scan_q6_k = scan_q6_k,
};
