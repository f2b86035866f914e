/* From exec to the first token, with and without packed weights on disk. */
#define _GNU_SOURCE
#include "harness/timing/goals_internal.h"

#include "measure/clock.h"
#include "measure/sampling/sampler.h"
#include "models/synth/synth.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define BYTES_WANTED  4e9
#define ROUNDS_MAX    64
#define NS_PER_SECOND 1e9

static enum tern_status spawn(char *const argv[], const int pipe_to[2], pid_t *pid, struct tern_error *e) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions)) return tern_fail(e, TERN_NO_MEMORY, "start: out of memory");
    int bad = posix_spawn_file_actions_adddup2(&actions, pipe_to[1], STDOUT_FILENO);
    bad = bad ? bad : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bad = bad ? bad : posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return bad ? tern_fail(e, TERN_IO, "start: %s: %s", argv[0], strerror(bad)) : TERN_OK;
}

/* Seconds from starting `argv` (NULL-terminated, argv[0] the program) to its first byte on stdout; its stderr
 * goes to /dev/null. TERN_CHECK_FAILED when it ends without one or with another status than 0. */
static enum tern_status seconds_to_output(char *const argv[], double *seconds, struct tern_error *e) {
    int fd[2], status = 0;
    pid_t pid;
    char buffer[4096];
    if (pipe2(fd, O_CLOEXEC)) return tern_fail(e, TERN_IO, "start: pipe: %s", strerror(errno));
    const uint64_t start = tern_now_ns();
    const enum tern_status s = spawn(argv, fd, &pid, e);
    close(fd[1]);
    ssize_t got = 0;
    if (s == TERN_OK) {
        do got = read(fd[0], buffer, 1);
        while (got < 0 && errno == EINTR);
        *seconds = 1e-9 * (double)(tern_now_ns() - start);
        for (ssize_t more = got; more > 0 || (more < 0 && errno == EINTR);)
            more = read(fd[0], buffer, sizeof buffer);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    }
    close(fd[0]);
    if (s != TERN_OK) return s;
    if (got != 1 || !WIFEXITED(status) || WEXITSTATUS(status))
        return tern_fail(e, TERN_CHECK_FAILED, "start: %s: %s", argv[0],
                         got != 1 ? "ended without a word" : "failed");
    return TERN_OK;
}

void tern_goal_clean(const char *folder) {
    char path[900];
    snprintf(path, sizeof path, "%s/packed", folder);
    DIR *d = opendir(path);
    for (struct dirent *f; d && (f = readdir(d));) {
        snprintf(path, sizeof path, "%s/packed/%s", folder, f->d_name);
        if (f->d_name[0] != '.') unlink(path);
    }
    if (d) closedir(d);
    snprintf(path, sizeof path, "%s/packed", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/model.gguf", folder);
    unlink(path);
    d = opendir(folder); /* what tuning left */
    for (struct dirent *f; d && (f = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
        if (!strncmp(f->d_name, "tuned-", 6)) unlink(path);
    }
    if (d) closedir(d);
    rmdir(folder);
}

/* Starts of the program as an alternative: the clock of a sample ends at the first byte, not at the end. */
struct starting {
    char **argv;
    enum tern_status status;
    struct tern_error *e;
};

static double start_once(void *ctx, uint64_t calls) {
    struct starting *x = ctx;
    double seconds = NAN;
    (void)calls; /* one process is one sample */
    if (x->status == TERN_OK) x->status = seconds_to_output(x->argv, &seconds, x->e);
    return x->status == TERN_OK ? 1e9 * seconds : NAN;
}

static enum tern_status starts(const struct tern_goal_run *r, const char *file, const char *cache,
                               struct tern_goal_seen *out, struct tern_error *e) {
    char threads[24];
    const size_t rounds = r->o.rounds < ROUNDS_MAX ? r->o.rounds : ROUNDS_MAX;
    const struct tern_sampler_options how = {
        .own_calls = 1, .warmup = TERN_WARMUP_NONE, .rounds_min = rounds, .rounds_max = rounds};
    struct starting starting = {.e = e};
    const struct tern_alternative a = {
        .sample = start_once, .ctx = &starting, .per = NS_PER_SECOND, .calls = 1};
    struct tern_comparison c;
    snprintf(threads, sizeof threads, "%zu", r->o.threads);
    char *with[] = {(char *)(uintptr_t)r->o.program,
                    "run",
                    "-m",
                    (char *)(uintptr_t)file,
                    "--tokens",
                    "1,2,3",
                    "-n",
                    "1",
                    "--print-ids",
                    "-q",
                    "-t",
                    threads,
                    cache ? "--cache" : "--no-cache",
                    (char *)(uintptr_t)cache,
                    NULL};
    double first;
    /* The first start warms the page cache and leaves packed weights behind; they are on disk before it
     * counts. */
    enum tern_status s = seconds_to_output(with, &first, e);
    sync();
    starting.argv = with;
    if (s == TERN_OK) s = tern_compare(&a, 1, &how, &c, e);
    if (s != TERN_OK) return s;
    out->value = c.estimate[0]; /* in seconds, as `per` makes them */
    tern_comparison_free(&c);
    if (starting.status != TERN_OK) return starting.status;
    snprintf(out->detail, sizeof out->detail,
             "tern run, 3 tokens in, 1 out, %s; the very first start took %.2f s",
             cache ? "packed weights read from the cache" : "weights packed anew", first);
    return TERN_OK;
}

enum tern_status tern_goal_start(struct tern_goal_run *r, const struct tern_goal *g,
                                 struct tern_goal_seen *out, struct tern_error *e) {
    struct statvfs room;
    char file[512], cache[512];
    if (!r->o.program || !r->o.folder) {
        snprintf(out->why, sizeof out->why, "no program or folder to start it with");
        return TERN_OK;
    }
    if (statvfs(r->o.folder, &room) || (double)room.f_bavail * (double)room.f_frsize < BYTES_WANTED) {
        snprintf(out->why, sizeof out->why, "%.200s: no %.0f GB free for the model's file and its cache",
                 r->o.folder, 1e-9 * BYTES_WANTED);
        return TERN_OK;
    }
    snprintf(file, sizeof file, "%.480s/model.gguf", r->o.folder);
    snprintf(cache, sizeof cache, "%.480s/packed", r->o.folder);
    struct tern_error why = {""};
    struct tern_model *m;
    enum tern_status s = tern_goal_model(r, g, &m, &why);
    if (s == TERN_OK && access(file, R_OK)) s = tern_synth_write(m, file, NULL, NULL, &why);
    if (s == TERN_OK) s = starts(r, file, g->tokens ? cache : NULL, out, &why);
    if (s == TERN_NO_MEMORY) return tern_fail(e, s, "%.400s", why.text);
    if (s != TERN_OK) snprintf(out->why, sizeof out->why, "%.290s", why.text);
    return TERN_OK;
}
