#include "cli/targets/targets.h"

#include "cli/command.h"
#include "cli/files.h"

#include <stdlib.h>

struct arguments {
    struct tern_cli_filter filter;
    struct tern_cli_records records;
    uint64_t seed;
    int json, quiet;
};

static const struct tern_cli_option options[] = {
    {"filter", 0, "RE", "only goals whose name matches", TERN_CLI_FILTER(struct arguments, filter)},
    TERN_CLI_RECORDS(struct arguments, records),
    {"seed", 0, "N", "seed of the weights (default 1)", TERN_CLI_SEED(struct arguments, seed, INT64_MAX)},
    {"json", 0, NULL, "machine-readable", TERN_CLI_FLAG(struct arguments, json)},
    {"quiet", 'q', NULL, "no progress bar", TERN_CLI_FLAG(struct arguments, quiet)},
};

static int measure(struct tern_fixture *fixture, const struct arguments *a, const char *records) {
    const struct tern_cli_filter *filter = &a->filter;
    struct tern_targets_tally y = {.filter = filter, .list = a->json ? json_array() : NULL};
    struct tern_error e;
    const size_t shares = tern_targets_shares_selected(filter);
    if (!shares && !tern_targets_repacking_selected(filter) && !tern_targets_goals_selected(filter))
        return json_decref(y.list), tern_cli_usage("targets", "--filter: no goal matches");
    enum tern_status s = shares ? tern_targets_prove(fixture, a->quiet, &e) : TERN_OK;
    if (!s) s = tern_targets_shares(fixture, &y, records, &e);
    if (!s) s = tern_targets_repacking(fixture, &y, &e);
    if (!s) s = tern_targets_goals(&y, fixture->seed, a->quiet, records, &e);
    if (s) return json_decref(y.list), tern_cli_fail(s, &e);
    if (a->json)
        tern_cli_print_json(json_pack("{s:s, s:o}", "machine", fixture->machine->key, "targets", y.list));
    return y.missed ? 1 : y.unclear ? 2 : 0;
}

static int run(int argc, char **argv) {
    struct arguments a = {.seed = 1};
    struct tern_fixture fixture = {0};
    struct tern_error e;
    const struct tern_machine *m;
    int rc = tern_cli_parse(&tern_command_targets, argc, argv, &a, NULL);
    if (rc) return rc;
    enum tern_status s = tern_machine_get(&m, &e);
    if (!s) s = tern_fixture_open(m, a.seed, &fixture, &e);
    char *records = tern_cli_records_target(&a.records);
    rc = s ? tern_cli_fail(s, &e) : measure(&fixture, &a, records);
    free(records);
    tern_fixture_close(&fixture);
    tern_cli_release(&tern_command_targets, &a);
    return rc;
}

const struct tern_command tern_command_targets = {
    .name = "targets",
    .summary = "the project's speed goals, as shares of measured ceilings",
    .usage = "[options]",
    .about =
        "Measures the project's own speed goals. All of them take some twenty minutes; rows that take longer "
        "than half a "
        "minute say so when they begin.\n"
        "Goals of kernels: the share of a ceiling that the best proven variant reaches; the ceiling is "
        "measured in the same rounds. Goals of whole models (e2e-..., tune-...): shares of the ceilings, "
        "predicted and "
        "measured time, long contexts, tuned beside untuned, I2_S variants and the full head, and what "
        "tuning costs. "
        "The goals are those of the class of this machine's instructions (AVX2, AVX-512 VNNI), or of what "
        "TERN_ISA leaves.\n"
        "A goal is met or missed. It is unclear when the 95 % interval contains the goal. Exit code 0: all "
        "are met. 1: one is missed. 2: too noisy to tell.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern targets --filter gemv",
    .run = run,
};
