#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "cli/command.h"
#include "cli/tune/busy.h"
#include "cli/tune/stop.h"

#include "base/file.h"
#include "base/talk/nearest.h"
#include "measure/clock.h"
#include "measure/energy/energy.h"
#include "tuner/wisdom/mix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS struct tern_tune_arguments

static int take_mix(void *arguments, const char *text) {
    ARGUMENTS *a = arguments;
    if (tern_mix_parse(text, &a->tune.mix)) return 0;
    return tern_cli_usage("tune", "--mix: '%s' is not P:G, such as 3:1", text);
}

static const struct tern_cli_option what[] = {
    {"model", 0, "MODEL", "NAME, FILE.gguf or synth:NAME: tune its linear layers (default 2b-4t)",
     TERN_CLI_TEXT(ARGUMENTS, model)},
    {"problem", 0, "MxK[xN]", "tune this shape instead; may be repeated",
     TERN_CLI_TEXTS(ARGUMENTS, problems, 256)},
    {"threads", 0, "LIST",
     "thread counts (default: all processors of the kind, and for a --problem also 1); 2..8 and 1..max are "
     "ranges, auto is powers "
     "of two, the cores and all processors; the winners of a range or of auto are then compared, and wisdom "
     "keeps which count is best",
     TERN_CLI_TEXT(ARGUMENTS, threads)},
    {"batch", 0, "LIST", "token counts (default 1,128); a problem with its own N keeps it",
     TERN_CLI_NUMBERS(ARGUMENTS, batch, 1, 65536)},
    {"kind", 0, "N|NAME|all", "kind of core, where there are several; tern doctor lists them (default all)",
     TERN_CLI_TEXT(ARGUMENTS, kind)},
    {"objective", 0, "time|energy|edp",
     "what is made small (default time); energy and edp (energy times time) need an energy source",
     TERN_CLI_TEXT(ARGUMENTS, objective)},
    {"mix", 0, "P:G",
     "prompt tokens for generated tokens, by which a plan weighs prefill against decode (default: what "
     "wisdom "
     "says, at first 1:1)",
     TERN_CLI_TAKEN(take_mix)},
    {"lossy", 0, NULL, "let variants win whose sums are not exact", TERN_CLI_FLAG(ARGUMENTS, tune.lossy)},
};

static const char *strategy_name(size_t i) {
    size_t count;
    const struct tern_strategy *strategy = tern_strategies(&count);
    return i < count ? strategy[i].name : NULL;
}

static const struct tern_cli_option how[] = {
    {"budget", 0, "SECONDS", "about how long all of it may take (default 60)",
     TERN_CLI_REAL(ARGUMENTS, budget, 0.1, 1e6)},
    {"effort", 0, "quick|normal|thorough", "how long each problem is looked at (default normal)",
     TERN_CLI_TEXT(ARGUMENTS, effort)},
    {"strategy", 0, "NAME", "how the candidates are searched (default race)",
     TERN_CLI_TEXT(ARGUMENTS, strategy), .word = strategy_name},
    {"accept-busy", 0, NULL,
     "count as complete what was measured beside other programs (also: TERN_ACCEPT_BUSY=1); else it is "
     "repeated, and "
     "measured again by the next run",
     TERN_CLI_FLAG(ARGUMENTS, tune.accept_busy)},
    {"again", 0, NULL, "measure also what is known with this effort or more",
     TERN_CLI_FLAG(ARGUMENTS, tune.again)},
    {"resume", 0, NULL, "go on where a run with the same options was killed",
     TERN_CLI_FLAG(ARGUMENTS, tune.resume)},
    {"seed", 0, "N", "seed of the weights, the orders of rounds and strategies that draw lots (default 1)",
     TERN_CLI_SEED(ARGUMENTS, seed, INT64_MAX)},
    {"wisdom", 0, "FILE", "file to update (default: TERN_WISDOM, else the user's)",
     TERN_CLI_TEXT(ARGUMENTS, wisdom)},
    TERN_CLI_RECORDS(ARGUMENTS, records),
    {"json", 0, NULL, "results as JSON", TERN_CLI_FLAG(ARGUMENTS, json)},
    {"quiet", 'q', NULL, "no progress bar", TERN_CLI_FLAG(ARGUMENTS, quiet)},
};

static const struct tern_cli_option instead[] = {
    {"dry-run", 0, NULL, "show the problems and the size of their spaces; measure nothing",
     TERN_CLI_FLAG(ARGUMENTS, dry_run)},
    {"verbose", 'v', NULL,
     "also who met whom in each problem; with --dry-run: also seeds, constraints and every point that is "
     "left out",
     TERN_CLI_FLAG(ARGUMENTS, verbose)},
    {"record-table", 0, "FILE", "measure every candidate of one problem and keep the table (.gz: compressed)",
     TERN_CLI_TEXT(ARGUMENTS, tune.table)},
    {"rounds", 0, "N", "rounds of that table (default 5)",
     TERN_CLI_NUMBER(ARGUMENTS, tune.table_rounds, 1, 1000)},
    {"replay", 0, "FILE", "run --strategy NAME, or all, on a recorded table; measure nothing",
     TERN_CLI_TEXT(ARGUMENTS, replay)},
    {"repetitions", 0, "N",
     "how often each strategy runs on the table, with seeds from --seed on (default 21)",
     TERN_CLI_NUMBER(ARGUMENTS, repetitions, 1, 1000)},
};

enum { WORDS = 5 };

static int not_one_of(const char *option, const char *typed, const char *const word[WORDS]) {
    char meant[64], list[160] = "";
    for (size_t i = 0; i < WORDS && word[i]; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", word[i]);
    tern_nearest_text(typed, word, WORDS, meant, sizeof meant);
    return tern_cli_usage("tune", "%s: '%s' is not one of %s%s", option, typed, list, meant);
}

/* Names become what they name. */
static int check(struct tern_tune_arguments *a) {
    static const char *const strategies[WORDS] = {"race", "exhaustive", "random", "climb", "evolve"},
                             *const efforts[WORDS] = {"quick", "normal", "thorough"},
                             *const objectives[WORDS] = {"time", "energy", "edp"};
    a->tune.seed = a->seed;
    a->tune.budget_seconds = a->budget;
    const char *busy = getenv("TERN_ACCEPT_BUSY");
    a->tune.accept_busy |= busy && !strcmp(busy, "1");
    a->tune.strategy = tern_strategy_named(a->strategy);
    a->tune.effort = tern_effort_named(a->effort);
    if (!a->tune.strategy && !(a->replay && !strcmp(a->strategy, "all")))
        return not_one_of("--strategy", a->strategy, strategies);
    if (!a->tune.effort) return not_one_of("--effort", a->effort, efforts);
    if (!tern_objective_named(a->objective, &a->tune.objective))
        return not_one_of("--objective", a->objective, objectives);
    if (a->tune.table && (a->replay || a->dry_run || a->problems.count != 1))
        return tern_cli_usage(
            "tune", "--record-table: needs exactly one --problem, and neither --replay nor --dry-run");
    const char *why = a->tune.objective == TERN_OBJECTIVE_TIME || a->replay ? NULL : tern_energy_why_not();
    if (!why) return 0;
    fprintf(stderr, "tern: tune: --objective %s: %s\n", a->objective, why);
    return 4;
}

#define PLANS_SHARE   0.40 /* of the budget is for the final of whole plans */
#define PLANS_SECONDS 8.0  /* more than that would not tell more */
#define PLANS_BEGIN   1.0  /* what engines take to begin */

static double seconds_now(void) {
    return 1e-9 * (double)tern_now_ns();
}

static int tune(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom,
                const char *records) {
    struct tern_tune_view v = {.arguments = a,
                               .json = a->json,
                               .verbose = a->verbose,
                               .objective = a->tune.objective,
                               .list = json_array(),
                               .counts = json_array(),
                               .judged = json_array()};
    struct tern_tune_summary sum;
    struct tern_error e;
    struct tern_tune_untuned untuned = {.ranks = NULL};
    char *journal = tern_format_text("%s.journal", a->tune.table ? a->tune.table : wisdom),
         *lock = tern_xdg_path("state", "tune.lock");
    int fd = -1;
    enum tern_status s = TERN_NO_MEMORY;
    tern_fail(&e, s, "tune: out of memory");
    if (!journal || !v.list || !v.judged) goto done;
    if (!lock) lock = tern_format_text("%s.lock", wisdom);
    s = lock ? tern_lock(lock, &fd, &e) : TERN_NO_MEMORY;
    if (s) goto done;
    a->tune.task = tasks->item;
    a->tune.tasks = tasks->count;
    a->tune.wisdom = wisdom;
    a->tune.records = records;
    a->tune.journal = journal;
    a->tune.stop = tern_tune_watch();
    a->tune.hooks = tern_tune_view_hooks(&v);
    const double begun = v.begun = seconds_now(), whole = v.whole = a->tune.budget_seconds;
    tern_progress_begin(&v.bar, "tune", a->quiet);
    v.bar.plain = 1;
    if (!a->tune.accept_busy) tern_tune_warn_busy(a->tune.machine);
    tern_tune_view_step(&v, "what an untuned engine would use");
    s = tern_tune_untuned(a, &untuned, &e);
    if (s) goto done;
    a->tune.ranks = untuned.ranks;
    a->tune.budget_seconds = fmax(whole - (seconds_now() - begun), 0.1 * whole);
    if (tern_tune_has_plans(a))
        a->tune.budget_seconds -= fmin(PLANS_SHARE * a->tune.budget_seconds, PLANS_SECONDS + PLANS_BEGIN);
    s = tern_tune(&a->tune, &sum, &e);
    if (s) goto done;
    tern_tune_view_sums(&v);
    const double left = fmin(whole - (seconds_now() - begun), PLANS_SECONDS) - PLANS_BEGIN;
    if (!sum.stopped && !a->tune.table) s = tern_tune_plans(a, wisdom, left, &v, &e);
    tern_progress_end(&v.bar);
    if (s) goto done;
    tern_tune_watch_end();
    sum.seconds = seconds_now() - begun;
    sum.stopped = *a->tune.stop != 0;
    tern_tune_view_end(&v, &sum, wisdom, records);
    if (a->tune.table) unlink(journal); /* the table has it all */
    if (sum.stopped) fputs(TERN_TUNE_STOPPED, stderr);
done:
    tern_progress_end(&v.bar);
    if (fd >= 0) close(fd);
    tern_tune_rows_free(&v.rows);
    json_decref(v.judged);
    tern_tune_untuned_free(&untuned);
    json_decref(v.list);
    json_decref(v.counts);
    free(journal);
    free(lock);
    if (s) return tern_cli_fail(s, &e);
    return sum.stopped                                                   ? TERN_TUNE_AGAIN
           : sum.not_measured || (sum.disturbed && !a->tune.accept_busy) ? 2
                                                                         : 0;
}

static int tune_one(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom) {
    if (a->tune.table && tasks->count != 1)
        return tern_cli_usage("tune",
                              "--record-table: needs one problem with one thread count and one token count");
    struct tern_error e;
    if (!wisdom) return tern_cli_fail(tern_cli_no_file("tune", "name the file with --wisdom", &e), &e);
    char *records = tern_cli_records_target(&a->records);
    if (!records && !a->records.none && tern_cli_no_file("tune", "", &e) == TERN_NO_MEMORY)
        return tern_cli_fail(TERN_NO_MEMORY, &e);
    const int rc = tune(a, tasks, wisdom, a->tune.table ? NULL : records);
    free(records);
    return rc;
}

static int run(int argc, char **argv) {
    struct tern_tune_arguments a = {.strategy = "race",
                                    .effort = "normal",
                                    .objective = "time",
                                    .kind = "all",
                                    .repetitions = 21,
                                    .seed = 1,
                                    .budget = 60,
                                    .tune = {.table_rounds = 5}};
    struct tern_error e;
    int rc = tern_cli_parse(&tern_command_tune, argc, argv, &a, NULL);
    if (rc) return rc;
    rc = check(&a);
    if (!rc && a.replay) {
        rc = tern_tune_replay(&a);
    } else if (!rc) {
        const enum tern_status s = tern_machine_get(&a.tune.machine, &e);
        char *wisdom = a.wisdom ? strdup(a.wisdom) : tern_wisdom_default_path();
        rc = s ? tern_cli_fail(s, &e)
               : tern_tune_each_kind(&a, wisdom, a.dry_run ? tern_tune_dry_run : tune_one);
        free(wisdom);
    }
    tern_cli_release(&tern_command_tune, &a);
    return rc;
}

const struct tern_command tern_command_tune = {
    .name = "tune",
    .summary = "finds the fastest variants for this machine and remembers them",
    .usage = "[options]",
    .about = "Finds the fastest proven variant for each problem on this machine and remembers it as wisdom.",
    .group = {TERN_CLI_GROUP("What is tuned", what, 0), TERN_CLI_GROUP("How", how, 0),
              TERN_CLI_GROUP("Instead of tuning", instead, 0)},
    .notes = "What is known with at least this effort is not measured again. One tuner runs at a time. "
             "Ctrl-C interrupts it; what is finished stays.",
    .example = "tern tune --model synth:2b-4t --threads 1,2 --budget 60",
    .run = run,
};
