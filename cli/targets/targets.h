/* What the files of `tern targets` share. Each kind of goal is a file that measures and shows its goals. */
#ifndef TERN_CLI_TARGETS_TARGETS_H
#define TERN_CLI_TARGETS_TARGETS_H

#include "base/status.h"
#include "cli/values.h"
#include "tuner/targets/class.h"
#include "tuner/trial/fixture.h"

#include <jansson.h>
#include <stdint.h>

/* What one run of the command gathers. */
struct tern_targets_tally {
    const struct tern_cli_filter *filter;
    size_t missed, unclear;
    json_t *list; /* NULL: the results are printed as text at once */
};

void tern_targets_count(struct tern_targets_tally *y, enum tern_status verdict);
/* "met", "MISSED", "unclear" */
const char *tern_verdict_word(enum tern_status s);

/* The class of this machine, or of what TERN_ISA leaves of it. */
enum tern_target_class tern_targets_class(void);

/* How many goals of each kind have names that match. */
size_t tern_targets_shares_selected(const struct tern_cli_filter *filter);
size_t tern_targets_repacking_selected(const struct tern_cli_filter *filter);
size_t tern_targets_goals_selected(const struct tern_cli_filter *filter);

/* Proves every variant that runs here; one that fails is named on stderr and not timed. */
enum tern_status tern_targets_prove(struct tern_fixture *fixture, int quiet, struct tern_error *e);
/* Shares of ceilings (tuner/targets/targets.h), after the proofs. `records` may be NULL. */
enum tern_status tern_targets_shares(struct tern_fixture *fixture, struct tern_targets_tally *y,
                                     const char *records, struct tern_error *e);
/* Packing (tuner/targets/repack.h). */
enum tern_status tern_targets_repacking(const struct tern_fixture *fixture, struct tern_targets_tally *y,
                                        struct tern_error *e);
/* Whole models (harness/timing/goals.h). */
enum tern_status tern_targets_goals(struct tern_targets_tally *y, uint64_t seed, int quiet,
                                    const char *records, struct tern_error *e);

#endif
