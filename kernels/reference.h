/* The scalar reference: the definition of right. Obvious, never optimised. */
#ifndef TERN_KERNELS_REFERENCE_H
#define TERN_KERNELS_REFERENCE_H

#include "kernels/variant.h"

#include <stddef.h>
#include <stdint.h>

/* sum over k of trits[row][k] * q[k]; exact for K < 2^23. */
int32_t tern_reference_dot(const int8_t *trits, const int8_t *q, size_t k);

/* The same with only the signs of the activations: sum over k of trits[row][k] * (q[k] >= 0 ? 1 : -1). */
int32_t tern_reference_dot_signs(const int8_t *trits, const int8_t *q, size_t k);

/* The function that defines the int32 results for a kind of activations; NULL for f32. */
typedef int32_t tern_reference_fn(const int8_t *trits, const int8_t *q, size_t k);
tern_reference_fn *tern_reference_of(enum tern_act act);

#endif
