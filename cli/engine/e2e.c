#include "cli/engine/e2e.h"

#include "measure/machine/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int take_energy(void *arguments, const char *source) {
    struct e2e_job *j = arguments;
    struct tern_error e = {""};
    if (!strcmp(source, "auto")) return j->o.energy = 1, 0;
    if (strcmp(source, "model") && strncmp(source, "model:", 6))
        return tern_cli_usage("e2e", "--energy: '%s' is not auto, model or model:FILE.json", source);
    const enum tern_status s = tern_energy_model_read(source[5] ? source + 6 : NULL, &j->model, &e);
    j->modelled = !s;
    return s ? tern_cli_fail(s, &e) : 0;
}

static const struct tern_cli_option options[] = {
    {"prompt", 'p', "LIST", "prompt lengths (default 128); 0: none",
     TERN_CLI_NUMBERS(struct e2e_job, prompts, 0, 1u << 20)},
    {"count", 'n', "N", "tokens to generate (default 32); 0: none",
     TERN_CLI_NUMBER(struct e2e_job, generate, 0, 1u << 20)},
    {"threads", 't', "LIST", "thread counts (default: all processors)",
     TERN_CLI_NUMBERS(struct e2e_job, threads, 1, 4096)},
    {"rounds", 'r', "R", "repetitions (default 7; an interval needs 6)",
     TERN_CLI_NUMBER(struct e2e_job, rounds, 1, 10000)},
    {"output", 'o', "md|csv|json", "form of the results (default md)",
     TERN_CLI_CHOICE(struct e2e_job, output)},
    {"ceilings", 0, NULL,
     "measure read bandwidth and int8 peak in every round, and the share of them that is reached",
     TERN_CLI_FLAG(struct e2e_job, o.ceilings)},
    {"energy", 0, "SOURCE",
     "auto (the default): joules per token, where the machine tells them; model or model:FILE.json: an "
     "estimate in the records, which says so",
     TERN_CLI_TAKEN(take_energy), .absent = "auto"},
    {"breakdown", 0, NULL, "one more run of each test, timed per operation",
     TERN_CLI_FLAG(struct e2e_job, o.breakdown)},
    TERN_CLI_RECORDS(struct e2e_job, records),
    {"seed", 0, "N", "seed of the token ids (default 1)",
     TERN_CLI_SEED(struct e2e_job, c.sampling.seed, UINT64_MAX)},
};

/* -p 0 is no prompt at all; a 0 among other lengths is a mistake. */
static int check(struct e2e_job *j) {
    const int rc = tern_cli_engine_check(&j->c, "e2e");
    if (rc) return rc;
    for (size_t i = 0; i < j->prompts.count; i++)
        if (!j->prompts.item[i] && j->prompts.count > 1)
            return tern_cli_usage("e2e", "--prompt: 0 means no prompt and stands alone");
    const int none = j->prompts.count == 1 && !j->prompts.item[0];
    if (none && !j->generate) return tern_cli_usage("e2e", "-p 0 and -n 0 leave nothing to measure");
    return 0;
}

/* The options of the timing from those of the command line; `usual` and `all` stand for what was not given. */
static void complete(struct e2e_job *j, const size_t *usual, const size_t *all) {
    const int given = j->prompts.count != 0;
    j->o.engine = j->c.engine;
    j->o.seed = j->c.sampling.seed;
    j->o.prompts = given ? j->prompts.item : usual;
    j->o.prompt_count = !given ? 1 : j->prompts.item[0] ? j->prompts.count : 0;
    j->o.threads = j->threads.count ? j->threads.item : all;
    j->o.thread_count = j->threads.count ? j->threads.count : 1;
    j->o.generate = j->generate;
    j->o.rounds = j->rounds;
}

static int work(struct e2e_job *j) {
    struct tern_error e = {""};
    struct tern_e2e_row *rows = NULL;
    size_t count = 0;
    int rc = 0;
    const struct tern_machine *machine;
    char *records = tern_cli_records_target(&j->records);
    enum tern_status s = tern_machine_get(&machine, &e);
    const size_t usual = 128, all = s == TERN_OK ? tern_machine_threads(machine) : 1;
    if (s == TERN_OK) s = tern_cli_engine_open(&j->c, &e);
    complete(j, &usual, &all);
    if (s == TERN_OK) s = tern_e2e_run(j->c.m, &j->o, &rows, &count, &e);
    if (s == TERN_OK && rows[0].facts.warning[0])
        fprintf(stderr, "tern: warning: %s\n", rows[0].facts.warning);
    if (s == TERN_OK) rc = e2e_print(j, rows, count);
    if (s == TERN_OK && !rc && records) s = e2e_record(j, records, rows, count, &e);
    free(rows);
    free(records);
    tern_cli_engine_close(&j->c);
    return s == TERN_OK ? rc : tern_cli_fail(s, &e);
}

static int run(int argc, char **argv) {
    struct e2e_job j = {.c = {.sampling = {.seed = 1}}, .rounds = 7, .generate = 32};
    int rc = tern_cli_parse(&tern_command_e2e, argc, argv, &j, NULL);
    if (rc) return rc;
    rc = check(&j);
    if (!rc) rc = work(&j);
    tern_cli_release(&tern_command_e2e, &j);
    return rc;
}

const struct tern_command tern_command_e2e = {
    .name = "e2e",
    .summary = "times a model end to end: prompt processing and generation",
    .usage = "[-m MODEL] [options]",
    .about = "Each test runs once to warm up and then R times. The tests take turns, so that drift hits all "
             "of them alike. synth:2b-4t needs about 1.3 GB of memory.",
    .group = {TERN_CLI_MODEL_OPTIONS(offsetof(struct e2e_job, c)), TERN_CLI_GROUP(NULL, options, 0),
              TERN_CLI_ENGINE_OPTIONS(offsetof(struct e2e_job, c))},
    .example = "tern e2e -m synth:2b-4t -p 128,512 -n 32 -t 1,2 -r 7 -o json",
    .run = run,
};
