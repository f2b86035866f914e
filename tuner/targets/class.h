/* Classes of processors that have goals of their own. */
#ifndef TERN_TUNER_TARGETS_CLASS_H
#define TERN_TUNER_TARGETS_CLASS_H

#include "measure/ceilings/ceilings.h"
#include "measure/statistics.h"

#include <stdint.h>

enum tern_target_class {
    TERN_TARGET_AVX2,   /* no 512-bit dot products: vpmaddubsw + vpaddw is the peak */
    TERN_TARGET_AVX512, /* AVX-512 VNNI: vpdpbusd is the peak */
    TERN_TARGET_CLASSES /* none of them: there are no goals */
};

/* The class of what is usable, which TERN_ISA may narrow. */
enum tern_target_class tern_target_class_of(uint32_t usable);
const char *tern_target_class_name(enum tern_target_class c);
/* The ceiling that products are compared with. */
enum tern_ceiling_kind tern_target_peak(enum tern_target_class c);

/* Met, missed, or inconclusive where the interval holds the goal. */
enum tern_status tern_target_verdict(const struct tern_ratio *share, double goal);

#endif
