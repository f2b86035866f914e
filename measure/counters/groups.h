/* Groups of counters are data. A group lists the events that answer one question, their names in each
 * back-end, and the formulas that turn counts into the answer. The files in measure/counters/ are built into
 * the program; others are read by their path. */
#ifndef TERN_MEASURE_COUNTERS_GROUPS_H
#define TERN_MEASURE_COUNTERS_GROUPS_H

#include "base/status.h"

#include <stddef.h>

#define TERN_GROUP_EVENTS  12
#define TERN_GROUP_METRICS 12

struct tern_counter_event {
    char name[32];                    /* in the formulas */
    char papi[80], perf[80], sde[80]; /* "": this back-end has none */
};

struct tern_counter_metric {
    char name[48], unit[32], formula[160];
};

struct tern_counter_group {
    char name[32], about[160];
    size_t events, metrics;
    struct tern_counter_event event[TERN_GROUP_EVENTS];
    struct tern_counter_metric metric[TERN_GROUP_METRICS];
};

/* Names that a formula may use besides the group's events; counts and these are of one call. */
#define TERN_GROUP_VARIABLES 7
extern const char *const tern_group_variable[TERN_GROUP_VARIABLES]; /* "ns", "bytes", "weights", "macs",
                                                                       "threads", "read_peak", "mac_peak" */

/* Parses a group from JSON; `where` is for errors. TERN_BAD_INPUT when it is no group, or when a formula is
 * none or uses a name that is neither an event of the group nor a variable. */
enum tern_status tern_group_parse(const char *json, const char *where, struct tern_counter_group *out,
                                  struct tern_error *e);

/* The groups that are built in, by name. */
size_t tern_groups_count(void);
enum tern_status tern_group_builtin(size_t i, struct tern_counter_group *out, struct tern_error *e);
/* A built-in name, or a path that ends in ".json". TERN_BAD_INPUT with the list of names. */
enum tern_status tern_group_find(const char *name, struct tern_counter_group *out, struct tern_error *e);

/* The name under which an event is to be opened here (tern_counters_open); NULL, with *why, when no usable
 * back-end has it. */
const char *tern_event_name(const struct tern_counter_event *ev, char *buffer, size_t bytes,
                            const char **why);

#endif
