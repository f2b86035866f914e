/* Per-token int8 activations, as BitNet b1.58 defines them (source: the bitnet integration of
 * Hugging Face transformers):  s = 127 / max(|x|, 1e-5),  q = clamp(round_half_even(x * s), -128, 127). */
#ifndef TERN_KERNELS_QUANTISE_H
#define TERN_KERNELS_QUANTISE_H

#include <stddef.h>
#include <stdint.h>

#define TERN_TOKEN_ALIGN 256

/* n tokens of k activations. Rows of `q` are `stride` bytes apart, 64-byte aligned, and zero from k to stride;
 * stride is a multiple of TERN_TOKEN_ALIGN. `f` (n rows of `fstride` floats, zero-padded to 64) is needed only by
 * variants with f32 activations, `q`, `sum` and `inv` only by those with i8. */
struct tern_tokens {
    size_t n, k;
    size_t stride, fstride;
    int8_t *q;
    int32_t *sum; /* sum of the q of each token */
    float *inv;   /* 1/s of each token: y_real = y_int * inv * weight scale */
    float *f;
};

static inline size_t tern_token_stride(size_t k) {
    return (k + TERN_TOKEN_ALIGN - 1) / TERN_TOKEN_ALIGN * TERN_TOKEN_ALIGN;
}

/* Quantises one token: x[k] -> q[stride] (tail zeroed), *sum, *inv. NaN counts as 0 and infinities saturate, so that
 * no input is undefined. */
typedef void tern_quantise_fn(const float *x, size_t k, size_t stride, int8_t *q, int32_t *sum, float *inv);

/* The definition; scalar, obvious, never optimised. */
tern_quantise_fn tern_quantise_reference;
/* The fastest that `usable` allows; bit-equal to the reference (a test proves it). */
tern_quantise_fn *tern_quantise_for(uint32_t usable);

#endif
