/* The int8 baseline of people who would rather call a library: oneDNN s8 x s8 -> s32, weights one byte each.
 * oneDNN picks its own instructions and does not heed TERN_ISA; each pool thread calls it for its own rows. */
#include "kernels/variant.h"

#include <oneapi/dnnl/dnnl.h>

extern void omp_set_num_threads(int n); /* libgomp; its header is not there for every compiler */

tern_run_fn gemm_i8_i8_r1k1_onednn__scalar;

void gemm_i8_i8_r1k1_onednn__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const int32_t no_offset = 0;
    const dnnl_dim_t n = (dnnl_dim_t)c->x->n, rows = (dnnl_dim_t)(row1 - row0), k = (dnnl_dim_t)c->w.k;
    omp_set_num_threads(1); /* per calling thread: the pool is the only source of threads */
    const dnnl_status_t s =
        dnnl_gemm_s8s8s32('N', 'T', 'F', n, rows, k, 1.0f, c->x->q, (dnnl_dim_t)c->x->stride, 0,
                          (const int8_t *)c->w.data + row0 * c->w.k, k, 0, 0.0f, (int32_t *)c->y + row0,
                          (dnnl_dim_t)c->ldy, &no_offset);
    if (s == dnnl_success) return;
    for (size_t t = 0; t < c->x->n;
         t++) /* the verifier, or the caller's check, must see that nothing was computed */
        for (size_t r = row0; r < row1; r++) ((int32_t *)c->y)[t * c->ldy + r] = INT32_MIN;
}
