/* The f32 baseline of people who would rather call a library: OpenBLAS sgemv and sgemm, one thread per share
 * of rows. The library picks its own instructions and does not heed TERN_ISA. It is loaded at the first call. */
#define _GNU_SOURCE
#include "kernels/dense/late.h"
#include "kernels/prep/prep.h"

#include <cblas.h>
#include <math.h>
#include <pthread.h>

static struct {
    __typeof__(&openblas_get_num_threads) get_threads;
    __typeof__(&openblas_set_num_threads) set_threads;
    __typeof__(&cblas_sgemv) sgemv;
    __typeof__(&cblas_sgemm) sgemm;
} blas;

static void load(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", NULL};
    void *library = tern_late_library(names);
    const int all = tern_late_bind(library, "openblas_get_num_threads", &blas.get_threads) &&
                    tern_late_bind(library, "openblas_set_num_threads", &blas.set_threads) &&
                    tern_late_bind(library, "cblas_sgemv", &blas.sgemv);
    if (!all || !tern_late_bind(library, "cblas_sgemm", &blas.sgemm)) blas.sgemm = NULL;
}

static int loaded(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return blas.sgemm != NULL;
}

/* The verifier, or the caller's check, must see that nothing was computed. */
static void spoil(const struct tern_call *c, size_t row0, size_t row1) {
    for (size_t t = 0; t < c->x->n; t++)
        for (size_t r = row0; r < row1; r++) ((float *)c->y)[t * c->ldy + r] = NAN;
}

/* The pool is the only source of threads: OpenBLAS would start its own for a share of rows. */
static void one_thread(const struct tern_call *c, size_t worker, size_t workers) {
    (void)c, (void)workers;
    if (worker == 0 && loaded() && blas.get_threads() != 1) blas.set_threads(1);
}

const struct tern_prep tern_prep_blas = {tern_prep_no_bytes, tern_prep_no_bytes, one_thread, 0};

tern_run_fn gemv_f32_f32_r1k1_openblas__scalar, gemm_f32_f32_r1k1_openblas__scalar;

void gemv_f32_f32_r1k1_openblas__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const blasint k = (blasint)c->w.k;
    if (!loaded()) {
        spoil(c, row0, row1);
        return;
    }
    blas.sgemv(CblasRowMajor, CblasNoTrans, (blasint)(row1 - row0), k, 1.0f,
               (const float *)c->w.data + row0 * c->w.k, k, c->x->f, 1, 0.0f, (float *)c->y + row0, 1);
}

void gemm_f32_f32_r1k1_openblas__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const blasint k = (blasint)c->w.k;
    if (!loaded()) {
        spoil(c, row0, row1);
        return;
    }
    blas.sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)c->x->n, (blasint)(row1 - row0), k, 1.0f,
               c->x->f, (blasint)c->x->fstride, (const float *)c->w.data + row0 * c->w.k, k, 0.0f,
               (float *)c->y + row0, (blasint)c->ldy);
}
