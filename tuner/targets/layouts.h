/* A target of its own kind: the product of many tokens from every layout that a plan may choose, over that from the best
 * layout. Inside this folder only. */
#ifndef TERN_TUNER_TARGETS_LAYOUTS_H
#define TERN_TUNER_TARGETS_LAYOUTS_H

#include "tuner/targets/field.h"
#include "tuner/targets/targets.h"

/* The best variant of each layout by a short race, then all of them in the same rounds. The share is the least one: the
 * rate of the slowest layout over that of the best. Layouts whose products are all portable code are left out, since no
 * plan would choose them here. */
enum tern_status tern_target_layouts(struct tern_field *f, double goal, struct tern_target_seen *out,
                                     struct tern_error *e);

#endif
