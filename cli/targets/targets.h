/* What the two files of `tern targets` share. */
#ifndef TERN_CLI_TARGETS_TARGETS_H
#define TERN_CLI_TARGETS_TARGETS_H

#include "cli/command.h"

#include <jansson.h>
#include <stdint.h>

/* What one run of the command gathers. */
struct tern_targets_tally {
    const struct tern_cli_filter *filter;
    size_t missed, unclear;
    json_t *list; /* NULL: said as text at once */
};

void tern_targets_count(struct tern_targets_tally *y, enum tern_status verdict);
/* "met", "MISSED", "unclear" */
const char *tern_verdict_word(enum tern_status s);

/* Those of whole models (harness/timing/goals.h) whose names match. */
size_t tern_targets_goals_selected(const struct tern_cli_filter *filter);
enum tern_status tern_targets_goals(struct tern_targets_tally *y, uint64_t seed, int quiet,
                                    const char *records, struct tern_error *e);

#endif
