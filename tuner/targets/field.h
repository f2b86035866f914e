/* The candidates of a target, with what times them. Inside this folder only. */
#ifndef TERN_TUNER_TARGETS_FIELD_H
#define TERN_TUNER_TARGETS_FIELD_H

#include "measure/sampling/round.h"
#include "tuner/search/space.h"
#include "tuner/trial/fixture.h"

struct tern_field {
    struct tern_fixture *fixture;
    struct tern_problem problem;
    struct tern_candidates space;
    struct tern_alternative *timed; /* of the space, then a ceiling */
    struct tern_trial **trial;
    char *failed;
    const volatile int *stop;
    struct tern_error error; /* why the last trial could not be built */
};

/* Those proven candidates of the problem, of one format or (NULL) of any ternary one, for which `belongs` says 1. Free also after a failure; TERN_UNSUPPORTED when
 * there is none. */
enum tern_status tern_field_open(struct tern_field *f, uint32_t usable, const struct tern_format *format,
                                 int (*belongs)(const void *ctx, const struct tern_format *format),
                                 const void *ctx, struct tern_error *e);
void tern_field_close(struct tern_field *f);

/* The best candidate by a short race, its place in the space; of all formats, or of one. */
enum tern_status tern_field_choose(struct tern_field *f, const struct tern_format *format, size_t *best,
                                   struct tern_error *e);

#endif
