/* tern targets: the goals of whole models. */
#define _GNU_SOURCE
#include "cli/targets/targets.h"

#include "cli/files.h"

#include "base/file.h"
#include "base/talk/progress.h"
#include "harness/options.h"
#include "harness/timing/goals.h"
#include "measure/machine/machine.h"
#include "measure/records/json_text.h"
#include "measure/records/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 9

static int is_selected(const struct tern_goal *g, const struct tern_cli_filter *filter) {
    const enum tern_target_class c = tern_targets_class();
    return c < TERN_TARGET_CLASSES && !isnan(g->goal[c]) && tern_cli_matches(filter, g->name);
}

size_t tern_targets_goals_selected(const struct tern_cli_filter *filter) {
    size_t count, n = 0;
    const struct tern_goal *g = tern_goals(&count);
    for (size_t i = 0; i < count; i++) n += (size_t)is_selected(&g[i], filter);
    return n;
}

static void say(const struct tern_goal *g, const struct tern_goal_seen *s) {
    if (!s->value.n) {
        printf("%-18s not measured: %s\n", g->name, s->why);
        return;
    }
    printf("%-18s %.3f", g->name, s->value.median);
    if (!isnan(s->value.ci_lo)) printf(" [%.3f, %.3f]", s->value.ci_lo, s->value.ci_hi);
    printf(" n=%zu%s%s  goal ", s->value.n, *g->unit ? " " : "", g->unit);
    const double goal = g->goal[tern_targets_class()];
    if (g->range > 0)
        printf("%.2f to %.2f", goal, g->range);
    else
        printf("%s %.2f", g->most ? "<=" : ">=", goal);
    printf("  %s\n    %s\n", tern_verdict_word(s->verdict), s->detail);
}

static json_t *json_of(const struct tern_goal *g, const struct tern_goal_seen *s) {
    json_t *o = json_pack("{s:s, s:s, s:f, s:b, s:s}", "name", g->name, "unit", g->unit, "goal",
                          g->goal[tern_targets_class()], "at_most", g->most, "verdict",
                          s->value.n ? tern_verdict_word(s->verdict) : "not measured");
    if (!s->value.n) {
        json_object_set_new(o, "why", tern_json_text(s->why));
        return o;
    }
    json_object_set_new(o, "value", json_real(s->value.median));
    json_object_set_new(o, "ok", json_boolean(s->verdict == TERN_OK));
    if (isfinite(s->value.ci_lo))
        json_object_set_new(o, "ci95", json_pack("[f,f]", s->value.ci_lo, s->value.ci_hi));
    json_object_set_new(o, "rounds", json_integer((json_int_t)s->value.n));
    json_object_set_new(o, "detail", tern_json_text(s->detail));
    return o;
}

static enum tern_status record(const struct tern_goal *g, const struct tern_goal_seen *s, const char *run,
                               const struct tern_machine *m, const char *path, struct tern_error *e) {
    struct tern_record r;
    char model[64];
    tern_record_init(&r);
    r.kind = "e2e";
    r.run = run;
    r.variant = "goal";
    r.params = s->detail;
    r.op = g->name;
    snprintf(model, sizeof model, "synth:%s", g->model);
    r.model = model;
    r.unit = *g->unit ? g->unit : "1";
    r.est = s->value;
    r.why_no_counters = r.why_no_energy = "not asked for";
    r.flags = m->hypervisor[0] ? "vm" : NULL;
    return s->value.n ? tern_record_append(path, &r, e) : TERN_OK;
}

/* A folder of its own below $TMPDIR, for a model of 1.2 GB and its packed weights. */
static int make_folder(char *path, size_t bytes) {
    const char *tmp = getenv("TMPDIR");
    snprintf(path, bytes, "%s/tern-targets-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(path) != NULL;
}

static enum tern_status measure_goals(struct tern_targets_tally *y, const struct tern_goal_options *o,
                                      const struct tern_machine *m, int quiet, const char *records,
                                      struct tern_error *e) {
    size_t count, done = 0;
    const struct tern_goal *g = tern_goals(&count);
    const size_t all = tern_targets_goals_selected(y->filter);
    char run[64];
    struct tern_goal_run *r = NULL;
    struct tern_progress bar;
    tern_cli_run_id("targets", run, sizeof run);
    tern_progress_begin(&bar, "whole models", quiet);
    enum tern_status s = tern_goal_open(o, &r, e);
    for (size_t i = 0; s == TERN_OK && i < count; i++) {
        struct tern_goal_seen seen;
        if (!is_selected(&g[i], y->filter)) continue;
        if (g[i].seconds && !quiet)
            fprintf(stderr, "tern: targets: %s takes about %u s\n", g[i].name, g[i].seconds);
        tern_progress_step(&bar, (double)done++ / (double)all, g[i].name);
        s = tern_goal_measure(r, &g[i], &seen, e);
        if (s == TERN_OK && records) s = record(&g[i], &seen, run, m, records, e);
        if (s != TERN_OK) break;
        if (y->list)
            json_array_append_new(y->list, json_of(&g[i], &seen));
        else
            say(&g[i], &seen);
        tern_targets_count(y, seen.verdict);
    }
    tern_progress_end(&bar);
    tern_goal_close(r);
    return s;
}

enum tern_status tern_targets_goals(struct tern_targets_tally *y, uint64_t seed, int quiet,
                                    const char *records, struct tern_error *e) {
    char folder[400], warning[256];
    const struct tern_machine *m;
    struct tern_wisdom w = {.count = 0};
    if (!tern_targets_goals_selected(y->filter)) return TERN_OK;
    enum tern_status s = tern_machine_get(&m, e);
    if (s == TERN_OK) s = tern_wisdom_here(NULL, &w, warning, sizeof warning, e);
    if (s != TERN_OK) return s;
    char *program = tern_cli_program();
    const int has_folder = make_folder(folder, sizeof folder);
    char *races = tern_xdg_path("cache", "races");
    const struct tern_goal_options o = {.wisdom = &w,
                                        .races = races,
                                        .class = tern_targets_class(),
                                        .threads = m->cpus,
                                        .rounds = ROUNDS,
                                        .seed = seed,
                                        .program = program,
                                        .folder = has_folder ? folder : NULL};
    s = measure_goals(y, &o, m, quiet, records, e);
    tern_wisdom_free(&w);
    if (has_folder) tern_goal_clean(folder);
    free(program);
    free(races);
    return s;
}
