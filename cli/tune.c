#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"
#include "base/progress.h"
#include "tuner/tasks.h"
#include "tuner/tune.h"

#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help_text[] =
    "usage: tern tune [options]\n\n"
    "Finds the fastest proven variant for each problem on this machine and remembers it as wisdom.\n\n"
    "  --model NAME|FILE.gguf|synth:NAME  tune the linear layers of a model (default 2b-4t)\n"
    "  --problem MxK[xN]      tune this shape instead; may be repeated\n"
    "  --threads LIST         thread counts (default: 1 and all processors)\n"
    "  --batch LIST           token counts (default 1,128; a problem with its own N keeps it)\n"
    "  --budget SECONDS       for everything together (default 60)\n"
    "  --strategy NAME        race (default) or exhaustive\n"
    "  --effort NAME          quick, normal (default) or thorough\n"
    "  --objective NAME       time (default); energy and edp need an energy meter\n"
    "  --resume               go on where a run with the same options was killed\n"
    "  --dry-run              show the problems and the size of their spaces, measure nothing\n"
    "  --lossy                let variants win whose sums are not exact\n"
    "  --wisdom FILE          file to update (default: TERN_WISDOM, else the user's)\n"
    "  --records FILE         file that records are appended to (default: the user's)\n"
    "  --seed N               of weights and of the order of rounds (default 1)\n"
    "  --json                 results as JSON\n"
    "  -q, --quiet            no progress bar\n\n"
    "One tuner runs at a time. Interrupt with Ctrl-C: what is finished stays.\n\n"
    "example: tern tune --model synth:2b-4t --threads 1,2 --budget 60\n";

extern const struct tern_command tern_command_tune;

static volatile int stop; /* set by SIGINT and SIGTERM, read by the tuner */

static void on_signal(int signal_number) {
    (void)signal_number;
    stop = 1;
}

struct view {
    struct tern_progress bar;
    int json, quiet;
    json_t *list;
};

static void say_ratio(const struct tern_ratio *r, const char *name) {
    if (!r->n) return;
    printf("  %.2fx %s", 1 / r->median, name);
    if (!isnan(r->ci_lo)) printf(" [%.2f, %.2f]", 1 / r->ci_hi, 1 / r->ci_lo);
}

static void say_standing(const struct tern_standing *st, size_t place) {
    char params[160];
    tern_variant_params_text(st->variant, st->param, params, sizeof params);
    printf(" %c%zu  %s  %s%s%s%s\n", st->is_winner ? '*' : ' ', place, st->variant->name, params,
           st->is_default ? "  (default)" : "", st->is_baseline ? "  (baseline)" : "",
           st->est.unstable ? "  (unstable)" : "");
    printf("     median %.2f us", st->est.median / 1000);
    if (!isnan(st->est.ci_lo)) printf(" [%.2f, %.2f]", st->est.ci_lo / 1000, st->est.ci_hi / 1000);
    printf(" n=%zu  %.2f GB/s", st->est.n, st->bytes / st->est.median);
    if (st->of_read.n) printf(" = %.0f %% of read", 100 * st->of_read.median);
    printf("  %.1f GMAC/s", st->macs / st->est.median);
    if (st->of_int8.n) printf(" = %.0f %% of int8", 100 * st->of_int8.median);
    say_ratio(&st->over_default, "default");
    say_ratio(&st->over_f16, "f16");
    say_ratio(&st->over_i2s, "i2s");
    putchar('\n');
}

static void say_ceiling(const char *what, const struct tern_ceiling_seen *c, const char *unit) {
    if (c->est.n) {
        printf("     ceiling %s: median %.1f %s", what, c->est.median, unit);
        if (!isnan(c->est.ci_lo)) printf(" [%.1f, %.1f]", c->est.ci_lo, c->est.ci_hi);
        printf(" n=%zu (%s)\n", c->est.n, c->name);
    } else {
        printf("     ceiling %s: not measured: %s\n", what, c->why);
    }
}

static void say_outcome(const struct tern_outcome *o) {
    const struct tern_problem *p = &o->task->problem;
    printf("%zux%zux%zu  %zu thread%s  %s%s%s%s%s\n", p->m, p->k, p->n, p->threads, p->threads > 1 ? "s" : "",
           tern_regime_name(o->regime), o->task->model[0] ? "  " : "", o->task->model,
           o->task->roles[0] ? ": " : "", o->task->roles);
    if (o->remembered) {
        printf("     done before: %s, median %.2f us n=%zu\n", o->entry.variant, o->entry.median_ns / 1000,
               o->entry.n);
        return;
    }
    if (!o->measured) {
        printf("     not measured: %s\n", o->why);
        return;
    }
    for (size_t i = 0; i < o->standings; i++) say_standing(&o->standing[i], i + 1);
    say_ceiling("read", &o->read, "GB/s");
    say_ceiling("int8", &o->int8, "GMAC/s");
    printf("     %zu candidates, %zu left out, %zu dropped in %zu rounds; duel of %zu rounds", o->candidates,
           o->left_out, o->dropped, o->race_rounds, o->duel_rounds);
    if (!isnan(o->floor)) printf(", noise floor %.1f %%", 100 * o->floor);
    printf("%s%s\n", o->tie ? "; tie: the default stays" : "",
           o->complete ? "" : "; incomplete: the budget ended first");
}

static json_t *json_ratio(const struct tern_ratio *r) {
    if (!r->n) return json_null();
    return isnan(r->ci_lo) ? json_pack("{s:f, s:I}", "median", r->median, "n", (json_int_t)r->n)
                           : json_pack("{s:f, s:[f,f], s:I}", "median", r->median, "ci95", r->ci_lo, r->ci_hi,
                                       "n", (json_int_t)r->n);
}

static json_t *json_estimate(const struct tern_estimate *est) {
    if (!est->n) return json_null();
    json_t *o = json_pack("{s:f, s:f, s:f, s:I, s:b}", "median", est->median, "mad", est->mad, "min",
                          est->min, "n", (json_int_t)est->n, "unstable", est->unstable);
    if (!isnan(est->ci_lo)) json_object_set_new(o, "ci95", json_pack("[f,f]", est->ci_lo, est->ci_hi));
    return o;
}

static json_t *json_standing(const struct tern_standing *st) {
    char params[160];
    tern_variant_params_text(st->variant, st->param, params, sizeof params);
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:f}", "variant",
                     st->variant->name, "params", params, "winner", st->is_winner, "default", st->is_default,
                     "baseline", st->is_baseline, "ns_per_call", json_estimate(&st->est), "time_over_default",
                     json_ratio(&st->over_default), "time_over_f16", json_ratio(&st->over_f16),
                     "time_over_i2s", json_ratio(&st->over_i2s), "share_of_read", json_ratio(&st->of_read),
                     "share_of_int8", json_ratio(&st->of_int8), "bytes", st->bytes, "macs", st->macs);
}

static json_t *json_ceiling(const struct tern_ceiling_seen *c, const char *unit) {
    if (!c->est.n) return json_pack("{s:s}", "not_measured", c->why);
    return json_pack("{s:s, s:s, s:o}", "name", c->name, "unit", unit, "est", json_estimate(&c->est));
}

static json_t *json_outcome(const struct tern_outcome *o) {
    const struct tern_problem *p = &o->task->problem;
    json_t *out =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)p->m, "k", (json_int_t)p->k, "n",
                  (json_int_t)p->n, "threads", (json_int_t)p->threads, "regime", tern_regime_name(o->regime),
                  "model", o->task->model, "roles", o->task->roles);
    if (o->remembered || o->measured) {
        json_object_set_new(out, "winner", json_string(o->entry.variant));
        json_object_set_new(out, "remembered", json_boolean(o->remembered));
    } else {
        json_object_set_new(out, "not_measured", json_string(o->why));
    }
    if (!o->measured) return out;
    json_t *list = json_array();
    for (size_t i = 0; i < o->standings; i++) json_array_append_new(list, json_standing(&o->standing[i]));
    json_object_set_new(out, "standings", list);
    json_object_set_new(out, "candidates", json_integer((json_int_t)o->candidates));
    json_object_set_new(out, "duel_rounds", json_integer((json_int_t)o->duel_rounds));
    if (!isnan(o->floor)) json_object_set_new(out, "noise_floor", json_real(o->floor));
    json_object_set_new(out, "tie", json_boolean(o->tie));
    json_object_set_new(out, "complete", json_boolean(o->complete));
    json_object_set_new(out, "read", json_ceiling(&o->read, "GB/s"));
    json_object_set_new(out, "int8", json_ceiling(&o->int8, "GMAC/s"));
    return out;
}

static void on_progress(void *ctx, double fraction, const char *note) {
    struct view *v = ctx;
    tern_progress_step(&v->bar, fraction, note);
}

static void on_outcome(void *ctx, const struct tern_outcome *o) {
    struct view *v = ctx;
    tern_progress_end(&v->bar);
    if (v->json)
        json_array_append_new(v->list, json_outcome(o));
    else
        say_outcome(o);
    fflush(stdout);
    const double started = v->bar.started;
    tern_progress_begin(&v->bar, "tune", v->quiet);
    v->bar.started = started;
}

static void on_warn(void *ctx, const char *line) {
    struct view *v = ctx;
    if (v->bar.on) fputs("\r\033[K", stderr);
    fprintf(stderr, "tern: %s\n", line);
}

struct arguments {
    struct tern_tune_options tune;
    const char *model, *strategy, *effort, *objective, *threads, *batch, *wisdom, *records;
    const char *problem[256];
    size_t problems;
    int dry_run, json, quiet;
};

static int parse(int argc, char **argv, struct arguments *a) {
    enum {
        MODEL = 256,
        PROBLEM,
        THREADS,
        BATCH,
        BUDGET,
        STRATEGY,
        EFFORT,
        OBJECTIVE,
        RESUME,
        DRY,
        LOSSY,
        WISDOM,
        RECORDS,
        SEED,
        JSON
    };
    static const struct option options[] = {{"model", required_argument, 0, MODEL},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"threads", required_argument, 0, THREADS},
                                            {"batch", required_argument, 0, BATCH},
                                            {"budget", required_argument, 0, BUDGET},
                                            {"strategy", required_argument, 0, STRATEGY},
                                            {"effort", required_argument, 0, EFFORT},
                                            {"objective", required_argument, 0, OBJECTIVE},
                                            {"resume", no_argument, 0, RESUME},
                                            {"dry-run", no_argument, 0, DRY},
                                            {"lossy", no_argument, 0, LOSSY},
                                            {"wisdom", required_argument, 0, WISDOM},
                                            {"records", required_argument, 0, RECORDS},
                                            {"seed", required_argument, 0, SEED},
                                            {"json", no_argument, 0, JSON},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    size_t seed = 1;
    int got;
    *a = (struct arguments){.strategy = "race",
                            .effort = "normal",
                            .objective = "time",
                            .batch = "1,128",
                            .tune = {.budget_seconds = 60}};
    while ((got = tern_cli_getopt(argc, argv, "qh", options, &tern_command_tune)) != -1) {
        switch (got) {
        case MODEL:
            a->model = optarg;
            break;
        case PROBLEM:
            if (a->problems == sizeof a->problem / sizeof *a->problem)
                return tern_cli_usage("tune", "more than 256 problems");
            a->problem[a->problems++] = optarg;
            break;
        case THREADS:
            a->threads = optarg;
            break;
        case BATCH:
            a->batch = optarg;
            break;
        case BUDGET:
            if (!tern_cli_real("tune", "--budget", optarg, 0.1, 1e6, &a->tune.budget_seconds)) return 3;
            break;
        case STRATEGY:
            a->strategy = optarg;
            break;
        case EFFORT:
            a->effort = optarg;
            break;
        case OBJECTIVE:
            a->objective = optarg;
            break;
        case RESUME:
            a->tune.resume = 1;
            break;
        case DRY:
            a->dry_run = 1;
            break;
        case LOSSY:
            a->tune.lossy = 1;
            break;
        case WISDOM:
            a->wisdom = optarg;
            break;
        case RECORDS:
            a->records = optarg;
            break;
        case SEED:
            if (!tern_cli_size("tune", "--seed", optarg, 0, SIZE_MAX >> 1, &seed)) return 3;
            break;
        case JSON:
            a->json = 1;
            break;
        case 'q':
            a->quiet = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc) return tern_cli_usage("tune", "unexpected argument '%s'", argv[optind]);
    a->tune.seed = seed;
    a->tune.strategy = tern_strategy_named(a->strategy);
    a->tune.effort = tern_effort_named(a->effort);
    if (!a->tune.strategy)
        return tern_cli_usage("tune", "--strategy: '%s' is neither race nor exhaustive", a->strategy);
    if (!a->tune.effort)
        return tern_cli_usage("tune", "--effort: '%s' is none of quick, normal, thorough", a->effort);
    if (!strcmp(a->objective, "energy") || !strcmp(a->objective, "edp")) {
        fprintf(
            stderr,
            "tern: tune: --objective %s: no energy source is read while tuning in this version; use time\n",
            a->objective);
        return 4;
    }
    if (strcmp(a->objective, "time"))
        return tern_cli_usage("tune", "--objective: '%s' is none of time, energy, edp", a->objective);
    return 0;
}

/* The shapes, thread counts and token counts that were asked for. Returns an exit code. */
static int list_tasks(const struct arguments *a, struct tern_tasks *tasks) {
    const struct tern_machine *m = a->tune.machine;
    size_t all[2] = {1, m->cpus}, *threads = all, n_threads = m->cpus > 1 ? 2 : 1, *tokens = NULL,
           n_tokens = 0;
    struct tern_error e;
    enum tern_status s = TERN_OK;
    int rc = 3;
    if (a->threads && !tern_cli_sizes("tune", "--threads", a->threads, 1, 4096, &threads, &n_threads))
        return 3;
    if (!tern_cli_sizes("tune", "--batch", a->batch, 1, 65536, &tokens, &n_tokens)) goto done;
    for (size_t i = 0; i < a->problems && !s; i++) {
        size_t p[3], xs = 0;
        for (const char *c = a->problem[i]; *c; c++) xs += *c == 'x';
        if (!tern_cli_shape("tune", a->problem[i], &p[0], &p[1], &p[2])) goto done;
        s = tern_tasks_add_shape(tasks, p[0], p[1], threads, n_threads, xs == 2 ? &p[2] : tokens,
                                 xs == 2 ? 1 : n_tokens, TERN_WCOLD, &e);
    }
    if (!s && (a->model || !a->problems))
        s = tern_tasks_add_model(tasks, a->model ? a->model : "2b-4t", threads, n_threads, tokens, n_tokens,
                                 TERN_WCOLD, &e);
    rc = s ? tern_cli_fail(s, &e) : 0;
done:
    if (threads != all) free(threads);
    free(tokens);
    return rc;
}

/* One line per reason. */
static void say_left_out(const struct tern_candidates *c) {
    for (size_t i = 0; i < c->out_count; i++) {
        size_t same = 0, first = 1;
        for (size_t j = 0; j < c->out_count; j++) {
            if (strcmp(c->out[i].why, c->out[j].why)) continue;
            if (j < i) first = 0;
            same++;
        }
        if (first) printf("    %zu without: %s\n", same, c->out[i].why);
    }
}

static int dry_run(const struct arguments *a, const struct tern_tasks *tasks) {
    size_t all = 0;
    double least = 0;
    json_t *list = json_array();
    for (size_t i = 0; i < tasks->count; i++) {
        const struct tern_problem *p = &tasks->item[i].problem;
        struct tern_candidates c;
        struct tern_error e;
        char text[96];
        const enum tern_status s = tern_space_of(p, a->tune.machine->usable, NULL, a->tune.lossy, &c, &e);
        if (s) return json_decref(list), tern_cli_fail(s, &e);
        tern_problem_text(p, text, sizeof text);
        all += c.count;
        least += 1e-3 * (double)(c.count * a->tune.effort->rounds_first + 8 * a->tune.effort->duel_min);
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "problem", text, "candidates",
                                              (json_int_t)c.count, "left_out", (json_int_t)c.out_count));
        if (!a->json) printf("%-32s %4zu candidates, %zu left out\n", text, c.count, c.out_count);
        if (!a->json) say_left_out(&c);
        tern_candidates_free(&c);
    }
    if (a->json) {
        json_t *root =
            json_pack("{s:o, s:I, s:f, s:f}", "problems", list, "candidates", (json_int_t)all,
                      "at_least_seconds_modelled", least, "at_most_seconds", a->tune.budget_seconds);
        return tern_cli_print_json(root);
    }
    json_decref(list);
    printf("%zu problems, %zu candidates; from %.1f s (modelled: 1 ms per sample) to %.0f s (the budget)\n",
           tasks->count, all, least, a->tune.budget_seconds);
    return 0;
}

static void print_json(json_t *list, const struct tern_tune_summary *sum) {
    json_t *root = json_pack("{s:O, s:f, s:I, s:b}", "problems", list, "seconds", sum->seconds,
                             "replayed_samples", (json_int_t)sum->replayed, "stopped", sum->stopped);
    tern_cli_print_json(root);
}

static int tune(struct arguments *a, const struct tern_tasks *tasks, const char *wisdom,
                const char *records) {
    struct view v = {.json = a->json, .quiet = a->quiet, .list = json_array()};
    struct tern_tune_summary sum;
    struct tern_error e;
    char *journal = tern_format_text("%s.journal", wisdom), *lock = tern_xdg_path("state", "tune.lock");
    int fd = -1;
    enum tern_status s = TERN_NO_MEMORY;
    tern_fail(&e, s, "tune: out of memory");
    if (!journal || !v.list) goto done;
    if (!lock) lock = tern_format_text("%s.lock", wisdom);
    s = lock ? tern_lock(lock, &fd, &e) : TERN_NO_MEMORY;
    if (s) goto done;
    const struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    a->tune.task = tasks->item;
    a->tune.tasks = tasks->count;
    a->tune.wisdom = wisdom;
    a->tune.records = records;
    a->tune.journal = journal;
    a->tune.stop = &stop;
    a->tune.hooks = (struct tern_tune_hooks){&v, on_progress, on_outcome, on_warn};
    tern_progress_begin(&v.bar, "tune", a->quiet);
    s = tern_tune(&a->tune, &sum, &e);
    tern_progress_end(&v.bar);
    if (s) goto done;
    if (a->json)
        print_json(v.list, &sum);
    else
        printf("%zu problems tuned, %zu done before, %zu not measured, %zu ties; %zu samples from the "
               "journal; %.1f s\n"
               "wisdom: %s\nrecords: %s\n",
               sum.done, sum.remembered, sum.not_measured, sum.ties, sum.replayed, sum.seconds, wisdom,
               records ? records : "none");
    if (sum.stopped) fprintf(stderr, "tern: tune: stopped; tern tune --resume goes on from here\n");
done:
    if (fd >= 0) close(fd);
    json_decref(v.list);
    free(journal);
    free(lock);
    if (s) return tern_cli_fail(s, &e);
    return sum.stopped || sum.not_measured ? 2 : 0;
}

static int run(int argc, char **argv) {
    struct arguments a;
    struct tern_error e;
    struct tern_tasks tasks = {0};
    int rc = parse(argc, argv, &a);
    if (rc) return rc;
    const enum tern_status s = tern_machine_get(&a.tune.machine, &e);
    if (s) return tern_cli_fail(s, &e);
    rc = list_tasks(&a, &tasks);
    char *wisdom = a.wisdom ? strdup(a.wisdom) : tern_wisdom_default_path();
    char *records = a.records ? strdup(a.records) : tern_xdg_path("state", "records.jsonl");
    if (rc) goto done;
    if (a.dry_run)
        rc = dry_run(&a, &tasks);
    else if (!wisdom)
        rc = tern_cli_usage("tune", "no home directory is known: name the file with --wisdom");
    else
        rc = tune(&a, &tasks, wisdom, records);
done:
    free(wisdom);
    free(records);
    tern_tasks_free(&tasks);
    return rc;
}

const struct tern_command tern_command_tune = {
    "tune", "finds the fastest variants for this machine and remembers them", help_text, run};
