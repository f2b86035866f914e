/* The project's own speed goals: shares of a ceiling that is measured in the same rounds, so that they mean
 * the same on every machine and at every hour. */
#ifndef TERN_TUNER_TARGETS_TARGETS_H
#define TERN_TUNER_TARGETS_TARGETS_H

#include "measure/ceilings/ceilings.h"
#include "measure/statistics.h"
#include "tuner/targets/class.h"
#include "tuner/trial/fixture.h"

struct tern_target {
    const char *name;
    size_t m, k, n;
    enum tern_regime regime;
    const char *format[TERN_TARGET_CLASSES]; /* of the weights; NULL in all: any ternary one with bits in
                                                the next two */
    double bits_from, bits_to;
    enum tern_ceiling_kind ceiling;   /* TERN_CEILING_INT8: the peak of the class */
    double goal[TERN_TARGET_CLASSES]; /* share of the ceiling; NaN: this class has no such goal */
    size_t threads;                   /* 0: all processors */
    int layouts;                      /* the slowest layout that a plan may choose, as a share of the best */
};

const struct tern_target *tern_targets(size_t *count);

struct tern_target_seen {
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    struct tern_estimate ns; /* per call */
    enum tern_ceiling_kind kind;
    struct tern_estimate ceiling; /* GB/s or GMAC/s */
    char ceiling_name[64];
    struct tern_ratio share;  /* of the ceiling: median and interval over paired rounds */
    enum tern_status verdict; /* TERN_OK met, TERN_CHECK_FAILED missed, TERN_INCONCLUSIVE the interval holds
                                 the goal or nothing could be measured */
    char why[256];            /* nothing was measured because ... */
};

/* Finds the best exact variant of the target by a short race, then measures it anew against the ceiling. The
 * rounds that chose it do not count, so the result has no winner's curse. Variants that were not proved on
 * the fixture are left out. An error ends the whole run; what one target cannot show is in out->why. */
enum tern_status tern_target_measure(const struct tern_target *t, enum tern_target_class class,
                                     struct tern_fixture *fixture, const volatile int *stop,
                                     struct tern_target_seen *out, struct tern_error *e);
/* Appends the target's records (a sample and its ceiling) to `path`. */
enum tern_status tern_target_record(const struct tern_target *t, const struct tern_target_seen *seen,
                                    const struct tern_fixture *fixture, const char *run, const char *path,
                                    struct tern_error *e);

#endif
