/* What `tern doctor` finds: everything that helps or hinders measuring here, one line each. Every "no" comes
 * with its reason and with what to do about it. */
#ifndef TERN_MEASURE_DOCTOR_H
#define TERN_MEASURE_DOCTOR_H

#include <stddef.h>

struct tern_machine;

enum tern_doctor_state {
    TERN_DOCTOR_YES,    /* there */
    TERN_DOCTOR_NO,     /* missing or refused: value is the reason */
    TERN_DOCTOR_QUIET,  /* a source of noise that is as it should be */
    TERN_DOCTOR_NOISY,  /* a source of noise that disturbs */
    TERN_DOCTOR_UNKNOWN /* the system does not tell */
};

struct tern_doctor_item {
    const char *group; /* "measuring", "counters", "energy", "noise", "library", "program" */
    const char *name;  /* "counters", "perf", "governor", "hwloc" */
    enum tern_doctor_state state;
    char value[640];
    char remedy[384]; /* "" when nothing is to be done, or nothing helps */
};

#define TERN_DOCTOR_MAX 32
/* Fills item[0..returned), returned <= TERN_DOCTOR_MAX, ordered by group. Takes some tens of milliseconds,
 * because counters and energy are tried and not believed. */
size_t tern_doctor_read(const struct tern_machine *m, struct tern_doctor_item *item);

/* "yes", "no", "quiet", "noisy", "unknown" */
const char *tern_doctor_state_name(enum tern_doctor_state s);

#endif
