/* Test-only build (-Dbroken_variant=true): variants that are wrong, crash or hang. A test proves that the
 * verifier names each of them, that the run goes on, and that none can be benchmarked or win. */
#define _GNU_SOURCE
#include "kernels/formats/memory/panel.h"
#include "kernels/variant.h"

#include <signal.h>
#include <unistd.h>

tern_run_fn gemm_p64_i8_r64k1_wrap16__scalar, gemm_p64_i8_r64k1_sigill__scalar,
    gemm_p64_i8_r64k1_sigsegv__scalar, gemm_p64_i8_r64k1_hang__scalar, gemm_p64_i8_r64k1_beyond__scalar,
    gemm_p64_i8_r1k1__scalar;

/* Right on random data, wrong on long runs of one sign: the 16-bit sum wraps. */
void gemm_p64_i8_r64k1_wrap16__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    for (size_t r = row0; r < row1; r++) {
        const uint8_t *lane = (const uint8_t *)c->w.data + r / 64 * tern_panel_bytes(c->w.k) + r % 16 * 4;
        for (size_t t = 0; t < c->x->n; t++) {
            const int8_t *q = c->x->q + t * c->x->stride;
            int16_t sum[8] = {0};
            for (size_t j = 0; j < c->w.k; j++) {
                const int code = lane[j / 4 * TERN_PANEL_GROUP + j % 4] >> r % 64 / 16 * 2 & 3;
                sum[j % 8] = (int16_t)(sum[j % 8] + code * q[j]);
            }
            int32_t total = -c->x->sum[t];
            for (int i = 0; i < 8; i++) total += sum[i];
            ((int32_t *)c->y)[t * c->ldy + r] = total;
        }
    }
}

void gemm_p64_i8_r64k1_sigill__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)c, (void)row0, (void)row1, (void)local;
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("ud2");
#else
    raise(SIGILL);
#endif
}

void gemm_p64_i8_r64k1_sigsegv__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)row0, (void)row1, (void)local;
    raise(c->x->n ? SIGSEGV : SIGBUS);
}

void gemm_p64_i8_r64k1_hang__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)c, (void)row0, (void)row1, (void)local;
    for (;;) pause();
}

/* Right results, and one element written after the last token's row. */
void gemm_p64_i8_r64k1_beyond__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    gemm_p64_i8_r1k1__scalar(c, row0, row1, local);
    if (row1 == c->w.m) ((int32_t *)c->y)[(c->x->n - 1) * c->ldy + c->w.m] = 0;
}
