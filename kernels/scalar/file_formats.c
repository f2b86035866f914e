/* Scalar kernels that read the layouts of model files as they are. */
#include "kernels/formats/file/blocks.h"
#include "kernels/formats/file/hfu8.h"
#include "kernels/formats/file/i2sfamily.h"
#include "kernels/formats/file/iqbn.h"
#include "kernels/formats/file/tl.h"
#include "kernels/formats/file/tmac.h"
#include "kernels/formats/file/vlut.h"
#include "kernels/scalar/rows.h"

/* The tile is the matrix's own where it has one. */
tern_run_fn gemm_tl1_i8_r1k8__scalar, gemm_tl2_i8_r1k32__scalar;

void gemm_tl1_i8_r1k8__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    const struct tern_tl_tile t = c->w.tile.rows ? c->w.tile : tern_tl1_tile(c->w.m, c->w.k);
    for (size_t r = row0; r < row1; r++) {
        tern_tl1_read(t, c->w.data, c->w.k, r, local);
        tern_row_by_tokens(c, r, local);
    }
}

void gemm_tl2_i8_r1k32__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    const struct tern_tl_tile t = c->w.tile.rows ? c->w.tile : tern_tl2_tile(c->w.m, c->w.k);
    for (size_t r = row0; r < row1; r++) {
        tern_tl2_read(t, c->w.data, c->w.m, c->w.k, r, local);
        tern_row_by_tokens(c, r, local);
    }
}

TERN_SCALAR(gemm_i2sarm_i8_r1k1__scalar, tern_i2sarm_row)
TERN_SCALAR(gemm_i2s4_i8_r1k1__scalar, tern_i2s4_row)
TERN_SCALAR(gemm_tq10_i8_r1k256__scalar, tern_tq10_row)
TERN_SCALAR(gemm_q10_i8_r1k128__scalar, tern_q10_row)
TERN_SCALAR(gemm_q20g64_i8_r1k64__scalar, tern_q20g64_row)
TERN_SCALAR(gemm_q20g128_i8_r1k128__scalar, tern_q20g128_row)
TERN_SCALAR(gemm_iq1bn_i8_r1k64__scalar, tern_iq1bn_row)
TERN_SCALAR(gemm_iq2bn_i8_r1k64__scalar, tern_iq2bn_row)
TERN_SCALAR(gemm_iq2bnr4_i8_r1k64__scalar, tern_iq2bnr4_row)
TERN_SCALAR(gemm_hfu8_i8_r1k1__scalar, tern_hfu8_row)
TERN_SCALAR(gemm_tmac2_i8_r1k32__scalar, tern_tmac2_row)
TERN_SCALAR(gemm_vlut1_i8_r1k4__scalar, tern_vlut1_row)
TERN_SCALAR(gemm_vlut2_i8_r1k4__scalar, tern_vlut2_row)
