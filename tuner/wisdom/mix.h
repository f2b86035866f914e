/* The mix: how many prompt tokens for how many generated ones. It weighs decode against prefill where they must
 * agree, as in the layout of the weights. A user of short questions and long answers has another best plan
 * than one who summarises long texts. Not said, it is 1:1. */
#ifndef TERN_TUNER_WISDOM_MIX_H
#define TERN_TUNER_WISDOM_MIX_H

#include "tuner/wisdom/wisdom.h"

/* 0: it means 1:1. */
int tern_mix_said(const struct tern_mix *mix);
/* "P:G", two numbers that are not both 0. 1 and the mix, or 0. */
int tern_mix_parse(const char *text, struct tern_mix *out);
/* "3:1"; "1:1" when it was not said. */
void tern_mix_text(const struct tern_mix *mix, char *out, size_t bytes);

#endif
