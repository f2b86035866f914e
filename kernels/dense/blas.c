/* The f32 baseline of people who would rather call a library: OpenBLAS sgemv and sgemm, one thread per share
 * of rows. The library picks its own instructions and does not heed TERN_ISA. */
#include "kernels/prep/prep.h"

#include <cblas.h>

/* The pool is the only source of threads: OpenBLAS would start its own for a share of rows. */
static void one_thread(const struct tern_call *c, size_t worker, size_t workers) {
    (void)c, (void)workers;
    if (worker == 0 && openblas_get_num_threads() != 1) openblas_set_num_threads(1);
}

const struct tern_prep tern_prep_blas = {tern_prep_no_bytes, tern_prep_no_bytes, one_thread, 0};

tern_run_fn gemv_f32_f32_r1k1_openblas__scalar, gemm_f32_f32_r1k1_openblas__scalar;

void gemv_f32_f32_r1k1_openblas__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const blasint k = (blasint)c->w.k;
    cblas_sgemv(CblasRowMajor, CblasNoTrans, (blasint)(row1 - row0), k, 1.0f,
                (const float *)c->w.data + row0 * c->w.k, k, c->x->f, 1, 0.0f, (float *)c->y + row0, 1);
}

void gemm_f32_f32_r1k1_openblas__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const blasint k = (blasint)c->w.k;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)c->x->n, (blasint)(row1 - row0), k, 1.0f,
                c->x->f, (blasint)c->x->fstride, (const float *)c->w.data + row0 * c->w.k, k, 0.0f,
                (float *)c->y + row0, (blasint)c->ldy);
}
