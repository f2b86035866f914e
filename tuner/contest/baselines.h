/* Which variants stand for the baselines. Inside this folder only. */
#ifndef TERN_TUNER_CONTEST_BASELINES_H
#define TERN_TUNER_CONTEST_BASELINES_H

#include "tuner/wisdom/wisdom.h"

enum { TERN_BASELINE_VARIANTS = 5 };

/* The variant that stands for baseline `index` (from 0) on this problem; NULL: none runs here. */
const struct tern_variant *tern_baseline_variant(const struct tern_problem *p, uint32_t usable, size_t index);

#endif
