/* The machine card: everything that helps or hinders measuring here, one line each, with what to do about
 * every "no". */
#ifndef TERN_MEASURE_MACHINE_CARD_H
#define TERN_MEASURE_MACHINE_CARD_H

#include "measure/machine/machine.h"

#include <stddef.h>

enum tern_card_state {
    TERN_CARD_YES,    /* there */
    TERN_CARD_NO,     /* missing or refused: value is the reason */
    TERN_CARD_QUIET,  /* a source of noise that is as it should be */
    TERN_CARD_NOISY,  /* a source of noise that disturbs */
    TERN_CARD_UNKNOWN /* the system does not tell */
};

struct tern_card_item {
    const char *group; /* "measuring", "counters", "energy", "noise", "library", "program" */
    const char *name;  /* "counters", "perf", "governor", "hwloc" */
    enum tern_card_state state;
    char value[640];
    char remedy[384]; /* "" when nothing is to be done, or nothing helps */
};

#define TERN_CARD_MAX 32
/* Fills item[0..returned), returned <= TERN_CARD_MAX, ordered by group. Takes some tens of milliseconds,
 * because counters and energy are tried and not believed. */
size_t tern_card_read(const struct tern_machine *m, struct tern_card_item *item);

/* "yes", "no", "quiet", "noisy", "unknown" */
const char *tern_card_state_name(enum tern_card_state s);

#endif
