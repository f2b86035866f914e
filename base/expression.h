/* Expressions kept as text, printed as they are and evaluated as they are: over whole numbers the constraints
 * of parameter spaces, over real numbers the formulas of counter groups. Both have one grammar.
 *
 * Loosest first:  a || b   a && b   == != < <= > >=   + -   * / %   -a !a   ( ) with decimal numbers, the
 * caller's names, and min(a,b), max(a,b), up(a,b): a rounded up to a multiple of b. A name is a letter or '_'
 * followed by letters, digits and '_'. Comparisons give 0 or 1. Both sides of && and || are always read.
 * Errors tell the place; a text that is no expression, a name that is not given, and more than 64 nested
 * levels are TERN_BAD_INPUT. */
#ifndef TERN_BASE_EXPRESSION_H
#define TERN_BASE_EXPRESSION_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct tern_name {
    const char *name;
    int64_t value;
};

/* *out of `text` over whole numbers, exact: a division by zero and an overflow are TERN_BAD_INPUT too. */
enum tern_status tern_expression(const char *text, const struct tern_name *name, size_t count, int64_t *out,
                                 struct tern_error *e);

struct tern_formula_name {
    const char *name;
    double value; /* NaN: not measured */
};

/* *out of `text` over real numbers, always finite. TERN_UNSUPPORTED when it uses a name whose value is NaN;
 * TERN_INCONCLUSIVE when it divides by zero or leaves the range of numbers. Then *out is NaN. */
enum tern_status tern_formula(const char *text, const struct tern_formula_name *name, size_t count,
                              double *out, struct tern_error *e);

/* TERN_OK when the text is a formula over these names, whatever their values. */
enum tern_status tern_formula_check(const char *text, const struct tern_formula_name *name, size_t count,
                                    struct tern_error *e);

#endif
