/* The judge: a forward pass in double precision, one token after another and one weight after another, for
 * models that have no reference file. Written from the reference arithmetic of the vectors and shares nothing
 * with the engine but the model's description.
 *
 * Int8 activations make a step function of a model: where one lies near a rounding boundary, two right
 * programs differ by a few per cent. The judge tells how near, so that a test can choose its tokens. */
#ifndef TERN_TESTS_HARNESS_JUDGE_H
#define TERN_TESTS_HARNESS_JUDGE_H

#include "kernels/variant.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

struct judge;

/* act F32: activations are not quantised. Keeps every weight as a double. */
struct judge *judge_new(const struct tern_model *m, size_t context, enum tern_act act);
void judge_free(struct judge *j);

/* Appends a token. logits [vocab] and vector [hidden] (after the output norm) may be NULL. Returns the
 * smallest distance of an activation, in units of its step, from a rounding boundary. */
double judge_feed(struct judge *j, int32_t id, double *logits, double *vector);
void judge_rewind(struct judge *j, size_t position);

/* `count` ids from a seeded stream such that no activation comes nearer to a boundary than `margin`. */
void judge_choose(struct judge *j, size_t count, double margin, int32_t *ids);

#endif
