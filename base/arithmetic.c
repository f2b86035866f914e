#include "base/arithmetic.h"

#include <math.h>
#include <stddef.h>

static const char overflow[] = "overflow", by_zero[] = "division by zero";

#define COMPARE(o, a, b)                                                                                     \
    ((o) == TERN_OP_EQ    ? (a) == (b)                                                                       \
     : (o) == TERN_OP_NE  ? (a) != (b)                                                                       \
     : (o) == TERN_OP_LE  ? (a) <= (b)                                                                       \
     : (o) == TERN_OP_GE  ? (a) >= (b)                                                                       \
     : (o) == TERN_OP_LT  ? (a) < (b)                                                                        \
     : (o) == TERN_OP_GT  ? (a) > (b)                                                                        \
     : (o) == TERN_OP_AND ? (a) && (b)                                                                       \
                          : (a) || (b))

static const char *round_up(int64_t a, int64_t b, int64_t *out) {
    if (b <= 0 || a < 0) return "up() needs a >= 0 and b > 0";
    if (a > INT64_MAX - b) return overflow;
    *out = (a + b - 1) / b * b;
    return NULL;
}

const char *tern_apply_whole(enum tern_arithmetic o, int64_t a, int64_t b, int64_t *out) {
    switch (o) {
    case TERN_OP_ADD:
        return __builtin_add_overflow(a, b, out) ? overflow : NULL;
    case TERN_OP_SUB:
        return __builtin_sub_overflow(a, b, out) ? overflow : NULL;
    case TERN_OP_MUL:
        return __builtin_mul_overflow(a, b, out) ? overflow : NULL;
    case TERN_OP_DIV:
    case TERN_OP_MOD:
        if (b == 0) return by_zero;
        if (b == -1) return "division by -1";
        *out = o == TERN_OP_DIV ? a / b : a % b;
        return NULL;
    case TERN_OP_MIN:
    case TERN_OP_MAX:
        *out = (a < b) == (o == TERN_OP_MIN) ? a : b;
        return NULL;
    case TERN_OP_UP:
        return round_up(a, b, out);
    default:
        *out = COMPARE(o, a, b);
        return NULL;
    }
}

const char *tern_apply_real(enum tern_arithmetic o, double a, double b, double *out) {
    switch (o) {
    case TERN_OP_ADD:
        *out = a + b;
        return NULL;
    case TERN_OP_SUB:
        *out = a - b;
        return NULL;
    case TERN_OP_MUL:
        *out = a * b;
        return NULL;
    case TERN_OP_DIV:
    case TERN_OP_MOD:
    case TERN_OP_UP:
        if (b == 0) return by_zero;
        *out = o == TERN_OP_DIV ? a / b : o == TERN_OP_MOD ? fmod(a, b) : ceil(a / b) * b;
        return NULL;
    case TERN_OP_MIN:
        *out = fmin(a, b);
        return NULL;
    case TERN_OP_MAX:
        *out = fmax(a, b);
        return NULL;
    default:
        *out = COMPARE(o, a, b);
        return NULL;
    }
}
