/* Integer expressions kept as text: constraints of parameter spaces, printed as they are and evaluated as
 * they are.
 *
 * Grammar, loosest first:  a || b   a && b   == != < <= > >=   + -   * / %   -a !a   ( )
 * with decimal numbers, the caller's names, and min(a,b), max(a,b), up(a,b): a rounded up to a multiple of b.
 * Comparisons give 0 or 1. */
#ifndef TERN_BASE_EXPRESSION_H
#define TERN_BASE_EXPRESSION_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct tern_name {
    const char *name;
    int64_t value;
};

/* *out of `text`. TERN_BAD_INPUT with the place for a malformed text, an unknown name, a division by zero, an
 * overflow or more than 64 nested levels. Both sides of && and || are always read. */
enum tern_status tern_expression(const char *text, const struct tern_name *name, size_t count, int64_t *out,
                                 struct tern_error *e);

#endif
