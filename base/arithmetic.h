/* The operations of an expression (base/expression.h), over whole numbers and over real ones. */
#ifndef TERN_BASE_ARITHMETIC_H
#define TERN_BASE_ARITHMETIC_H

#include <stdint.h>

enum tern_arithmetic {
    TERN_OP_ADD,
    TERN_OP_SUB,
    TERN_OP_MUL,
    TERN_OP_DIV,
    TERN_OP_MOD,
    TERN_OP_EQ, /* comparisons and logic give 0 or 1 */
    TERN_OP_NE,
    TERN_OP_LE,
    TERN_OP_GE,
    TERN_OP_LT,
    TERN_OP_GT,
    TERN_OP_AND,
    TERN_OP_OR,
    TERN_OP_MIN,
    TERN_OP_MAX,
    TERN_OP_UP /* a rounded up to a multiple of b */
};

/* *out of a and b. NULL, or static text: why there is no value (an overflow, a division by zero). */
const char *tern_apply_whole(enum tern_arithmetic o, int64_t a, int64_t b, int64_t *out);
/* The same over real numbers, where an overflow gives an infinity. */
const char *tern_apply_real(enum tern_arithmetic o, double a, double b, double *out);

#endif
