#include "kernels/reference.h"

int32_t tern_reference_dot(const int8_t *trits, const int8_t *q, size_t k) {
    int32_t sum = 0;
    for (size_t i = 0; i < k; i++) sum += trits[i] * q[i];
    return sum;
}

int32_t tern_reference_dot_signs(const int8_t *trits, const int8_t *q, size_t k) {
    int32_t sum = 0;
    for (size_t i = 0; i < k; i++) sum += q[i] >= 0 ? trits[i] : -trits[i];
    return sum;
}

tern_reference_fn *tern_reference_of(enum tern_act act) {
    return act == TERN_ACT_I8 ? tern_reference_dot : act == TERN_ACT_B1 ? tern_reference_dot_signs : NULL;
}
