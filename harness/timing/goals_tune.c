/* What tuning costs, and what a short one loses: `tern tune` with 20 seconds and with many, then the engine by what each
 * found, by turns. */
#define _GNU_SOURCE
#include "harness/options.h"
#include "harness/timing/goals_internal.h"
#include "measure/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define SHORT "20"
#define LONG  "100"

static enum tern_status run(char *const argv[], double *seconds, struct tern_error *e) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = 0;
    if (posix_spawn_file_actions_init(&actions)) return tern_fail(e, TERN_NO_MEMORY, "tune: out of memory");
    int bad = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    bad = bad ? bad : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const uint64_t start = tern_now_ns();
    bad = bad ? bad : posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (bad) return tern_fail(e, TERN_IO, "tune: %s: %s", argv[0], strerror(bad));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    *seconds = 1e-9 * (double)(tern_now_ns() - start);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) && WEXITSTATUS(status) != 2))
        return tern_fail(e, TERN_CHECK_FAILED, "tune: %s failed; another tuning may be running", argv[0]);
    return TERN_OK;
}

static void path_of(const struct tern_goal_run *r, const char *budget, const char *what, char *out,
                    size_t bytes) {
    snprintf(out, bytes, "%.400s/tuned-%s%s", r->o.folder, budget, what);
}

static enum tern_status tune(const struct tern_goal_run *r, const struct tern_goal *g, const char *budget,
                             double *seconds, struct tern_error *e) {
    char model[64], wisdom[512], records[512], threads[24];
    snprintf(model, sizeof model, "synth:%s", g->model);
    snprintf(threads, sizeof threads, "%zu", r->o.threads);
    path_of(r, budget, "", wisdom, sizeof wisdom);
    path_of(r, budget, ".records", records, sizeof records);
    char *argv[] = {
        (char *)(uintptr_t)r->o.program, "tune",     "--model", model,       "--threads", threads, "--budget",
        (char *)(uintptr_t)budget,       "--wisdom", wisdom,    "--records", records,     "-q",    NULL};
    return run(argv, seconds, e);
}

static enum tern_status compare(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e) {
    static const char *const budget[2] = {
        LONG, SHORT}; /* rate of the long one over that of the short one, minus 1 */
    struct tern_wisdom w[2] = {{.count = 0}, {.count = 0}};
    struct tern_engine *en[2] = {NULL, NULL};
    struct tern_goal_runner pair[2];
    struct tern_model *m;
    char path[512], warning[256];
    const int decode = g->tokens == 1;
    enum tern_status s = tern_goal_model(r, g, &m, e);
    for (size_t i = 0; s == TERN_OK && i < 2; i++) {
        path_of(r, budget[i], "", path, sizeof path);
        const struct tern_engine_options o = {.threads = r->o.threads,
                                              .context = 512,
                                              .head = TERN_HEAD_Q6_K,
                                              .wisdom = &w[i],
                                              .races = r->o.races,
                                              .quiet = 1};
        s = tern_wisdom_here(path, &w[i], warning, sizeof warning, e);
        if (s == TERN_OK) s = tern_engine_new(m, &o, &en[i], e);
        if (s == TERN_OK) tern_engine_want(en[i], &(struct tern_wanted){.top = 1});
        pair[i] = (struct tern_goal_runner){r, en[i], decode ? TERN_GOAL_DECODED : g->tokens, 0, decode};
    }
    if (s == TERN_OK) {
        out->same = tern_engine_same_plan(en[0], en[1], g->tokens);
        snprintf(out->detail, sizeof out->detail,
                 "tuned in " LONG " s against " SHORT " s%s: ", out->same ? ", which chose the same" : "");
        s = tern_goal_compare(r, pair, r->o.rounds, out, e);
        out->value.median -= 1, out->value.ci_lo -= 1, out->value.ci_hi -= 1, out->value.min -= 1;
    }
    for (size_t i = 0; i < 2; i++) {
        tern_engine_free(en[i]);
        tern_wisdom_free(&w[i]);
    }
    return s;
}

enum tern_status tern_goal_tune(struct tern_goal_run *r, const struct tern_goal *g,
                                struct tern_goal_seen *out, struct tern_error *e) {
    struct tern_error why = {""};
    double seconds;
    if (!r->o.program || !r->o.folder) {
        snprintf(out->why, sizeof out->why, "no program or folder to tune with");
        return TERN_OK;
    }
    enum tern_status s = r->tuned ? TERN_OK : tune(r, g, SHORT, &r->tune_seconds, &why);
    r->tuned |= s == TERN_OK;
    if (s == TERN_OK && g->kind == TERN_GOAL_TUNE_SECONDS) {
        out->value = tern_estimate_of(&r->tune_seconds, 1);
        out->alone = 1;
        snprintf(out->detail, sizeof out->detail, "tern tune --model synth:%s --budget " SHORT ", one run",
                 g->model);
        return TERN_OK;
    }
    char path[512];
    path_of(r, LONG, "", path, sizeof path);
    if (s == TERN_OK && access(path, R_OK)) s = tune(r, g, LONG, &seconds, &why);
    if (s == TERN_OK) return compare(r, g, out, e);
    snprintf(out->why, sizeof out->why, "%.290s", why.text);
    return TERN_OK;
}
