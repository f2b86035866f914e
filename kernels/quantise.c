#include "kernels/quantise.h"

#include "base/isa.h"
#include "kernels/ops_levels.h"

#include <float.h>
#include <math.h>

void tern_quantise_reference(const float *x, size_t k, size_t stride, int8_t *q, int32_t *sum, float *inv) {
    float max = 1e-5f;
    for (size_t i = 0; i < k; i++) {
        const float a = fabsf(x[i]);
        if (a > max) max = a; /* false for NaN */
    }
    if (isinf(max)) max = FLT_MAX;
    const float s = (float)(127.0 / (double)max);
    int32_t total = 0;
    for (size_t i = 0; i < k; i++) {
        float v = rintf(x[i] * s); /* round half to even in the default mode */
        if (!(v == v)) v = 0;
        if (v > 127) v = 127;
        if (v < -128) v = -128;
        q[i] = (int8_t)v;
        total += q[i];
    }
    for (size_t i = k; i < stride; i++) q[i] = 0;
    *sum = total;
    *inv = (float)((double)max / 127.0);
}

#define LEVEL(name, NAME) tern_quantise_fn tern_quantise_##name;
TERN_QUANTISE_LEVELS(LEVEL)
#undef LEVEL

tern_quantise_fn *tern_quantise_for(uint32_t usable) {
    tern_quantise_fn *last = tern_quantise_reference;
#define LEVEL(name, NAME)                                                                                    \
    if (!(TERN_NEEDS_##NAME & ~usable)) last = tern_quantise_##name;
    TERN_QUANTISE_LEVELS(LEVEL)
#undef LEVEL
    (void)usable; /* an architecture without a quantiser of its own */
    return last;
}
