/* A block is a stretch of measuring, with the state of the machine before and after it. A block in which the
 * machine was disturbed is dirty. It is measured again; one that stays dirty is marked. */
#ifndef TERN_MEASURE_SAMPLING_BLOCK_H
#define TERN_MEASURE_SAMPLING_BLOCK_H

#include "measure/machine/noise.h"
#include "measure/sampling/sampler.h"

enum {
    TERN_DIRT_STEAL = 1,     /* the hypervisor took more than 1 % of the processors' time */
    TERN_DIRT_THROTTLE = 2,  /* a thermal throttle event */
    TERN_DIRT_LOAD = 4,      /* other processes used more than 5 % of all processors' time */
    TERN_DIRT_QUOTA = 16,    /* the control group had used up its processor time */
    TERN_DIRT_FREQUENCY = 8, /* frequency at the end more than 5 % from that at the start, or in the rounds */
};

struct tern_block {
    struct tern_noise_snapshot before, after;
    double steal, others; /* shares of processor time, 0..1; -1: not known */
    unsigned dirt;        /* of the last try */
    size_t tries;
    char why[192]; /* "" when clean: "steal 3.1 % (limit 1 %)" */
};

void tern_block_begin(const struct tern_machine *m, struct tern_block *b);
/* Fills steal, others, dirt and why. Values that the system does not report never make a block dirty. */
void tern_block_end(const struct tern_machine *m, struct tern_block *b);

/* tern_compare inside a block. A dirty one is measured again, with another seed, at most `tries` times in all
 * (0: 3); the last one is kept and marked. When the options have a budget, it is for all tries together. */
enum tern_status tern_compare_clean(const struct tern_machine *m, const struct tern_alternative *alt,
                                    size_t count, const struct tern_sampler_options *o, size_t tries,
                                    struct tern_comparison *out, struct tern_block *block,
                                    struct tern_error *e);

/* "" when clean, else "dirty" and the kinds as words for a record's flags: "dirty dirty-steal". */
void tern_block_flags(const struct tern_block *b, char *out, size_t out_bytes);

#endif
