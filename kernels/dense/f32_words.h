/* The words that the f32 steps need of a level beyond compiler vectors (kernels/lanes.h): Meson names the header of an
 * architecture's level in TERN_OPS_WORDS; without it they are plain C.
 *
 *   load_half       sixteen f16 values
 *   load_bytes      sixteen int8 values
 *   store_halves    rounds floats to f16, as many whole sixteens as the level has an instruction for; tells how many
 *   MANY_REGISTERS  1: thirty-two registers, so several heads go together */
#ifndef TERN_KERNELS_DENSE_F32_WORDS_H
#define TERN_KERNELS_DENSE_F32_WORDS_H

#ifdef TERN_OPS_WORDS
#include TERN_OPS_WORDS
#else
#include "kernels/dense/f32_plain.h"
#endif

#endif
