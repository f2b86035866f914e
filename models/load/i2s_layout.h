/* Which of the three layouts of I2_S a file has.
 *
 * The file does not say it. Neither code 3 nor the share of zeros can tell, because each layout holds the
 * same 2-bit codes in the same bytes: x86 and ARM blocks differ by the same permutation of columns in every
 * row. But a wrong layout breaks the agreement between layers. Hidden unit j of the feed-forward block is
 * row j of `up` and column j of `down`. In a trained model units differ in strength, so a unit with many
 * zeros in one has many (or few) zeros in the other.
 *
 * The rule: take `up` and `down` of the middle layer, count the zeros of every unit in both under each
 * layout, and correlate the two counts. A layout other than x86 is taken only when its correlation is 8
 * standard errors above zero and twice that of x86. Weights without structure (random models) give no
 * evidence: they stay x86, the layout of all published files. */
#ifndef TERN_MODELS_LOAD_I2S_LAYOUT_H
#define TERN_MODELS_LOAD_I2S_LAYOUT_H

#include "models/model.h"

/* The format behind a name that a user gives: "x86", "arm" or "rows4"; NULL for any other name. */
const struct tern_format *tern_i2s_layout_named(const char *name);

/* Decides for a model whose I2_S layers were loaded as i2s; returns i2s, i2sarm or i2s4. `evidence` gets the
 * correlation of each in standard errors, in this order (0 when it could not be computed). */
const struct tern_format *tern_i2s_layout_guess(struct tern_model *m, double evidence[3]);

#endif
