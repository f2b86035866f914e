/* Formulas over named numbers: how the metrics of a counter group are written down as data.
 *
 *     sum     = product { ("+" | "-") product }
 *     product = factor { ("*" | "/") factor }
 *     factor  = number | name | ("min" | "max") "(" sum "," sum ")" | "(" sum ")" | "-" factor
 *
 * A name is a letter or '_' followed by letters, digits and '_'. */
#ifndef TERN_MEASURE_COUNTERS_FORMULA_H
#define TERN_MEASURE_COUNTERS_FORMULA_H

#include "base/status.h"

#include <stddef.h>

struct tern_formula_name {
    const char *name;
    double value; /* NaN: not measured */
};

/* *out = the formula's value, always finite. Errors name the place: TERN_BAD_INPUT for a text that is no
 * formula or a name that is not given; TERN_UNSUPPORTED when it uses a name whose value is NaN;
 * TERN_INCONCLUSIVE when it divides by zero or leaves the range of numbers. */
enum tern_status tern_formula(const char *text, const struct tern_formula_name *names, size_t count,
                              double *out, struct tern_error *e);

/* TERN_OK when the text is a formula over these names, whatever their values. */
enum tern_status tern_formula_check(const char *text, const struct tern_formula_name *names, size_t count,
                                    struct tern_error *e);

#endif
