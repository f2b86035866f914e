/* The int8 baseline of people who would rather call a library: oneDNN s8 x s8 -> s32, weights one byte each.
 * oneDNN picks its own instructions and does not heed TERN_ISA; each pool thread calls it for its own rows. It is
 * loaded at the first call. */
#define _GNU_SOURCE
#include "kernels/dense/late.h"
#include "kernels/variant.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>

static struct {
    __typeof__(&dnnl_gemm_s8s8s32) gemm;
    void (*set_threads)(int n); /* of libgomp, which comes with it */
} dnnl;

static void load(void) {
    static const char *const names[] = {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so", NULL};
    void *library = tern_late_library(names);
    if (!tern_late_bind(library, "omp_set_num_threads", &dnnl.set_threads) ||
        !tern_late_bind(library, "dnnl_gemm_s8s8s32", &dnnl.gemm))
        dnnl.gemm = NULL;
}

static int loaded(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return dnnl.gemm != NULL;
}

tern_run_fn gemm_i8_i8_r1k1_onednn__scalar;

void gemm_i8_i8_r1k1_onednn__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const int32_t no_offset = 0;
    const dnnl_dim_t n = (dnnl_dim_t)c->x->n, rows = (dnnl_dim_t)(row1 - row0), k = (dnnl_dim_t)c->w.k;
    dnnl_status_t s = dnnl_runtime_error;
    if (loaded()) {
        dnnl.set_threads(1); /* per calling thread: the pool is the only source of threads */
        s = dnnl.gemm('N', 'T', 'F', n, rows, k, 1.0f, c->x->q, (dnnl_dim_t)c->x->stride, 0,
                      (const int8_t *)c->w.data + row0 * c->w.k, k, 0, 0.0f, (int32_t *)c->y + row0,
                      (dnnl_dim_t)c->ldy, &no_offset);
    }
    if (s == dnnl_success) return;
    for (size_t t = 0; t < c->x->n;
         t++) /* the verifier, or the caller's check, must see that nothing was computed */
        for (size_t r = row0; r < row1; r++) ((int32_t *)c->y)[t * c->ldy + r] = INT32_MIN;
}
