#define _GNU_SOURCE
#include "base/file.h"
#include "base/random.h"
#include "folder.h"
#include "measure/machine/machine.h"
#include "tuner/wisdom/plan_verdict.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* The real program, scalar level only (little to prove), on two small problems. */
static pid_t start(const struct folder *f, int resume) {
    const pid_t child = fork();
    if (child) return child;
    char records[160];
    snprintf(records, sizeof records, "%s/records", f->path);
    setenv("TERN_ISA", "scalar", 1);
    setenv("TERN_ACCEPT_BUSY", "1", 1); /* other tests run beside this one */
    setenv("XDG_STATE_HOME", f->path, 1);
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    execl(TERN_EXE, "tern", "tune", "--problem", "192x256", "--problem", "128x256", "--threads", "1",
          "--batch", "1,4", "--budget", "60", "--effort", "quick", "-q", "--wisdom", f->file, "--records",
          records, resume ? "--resume" : "--seed=1", (char *)NULL);
    _exit(127);
}

/* The exit code, or -1 when a signal ended it. */
static int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void nap(long ms) {
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* Whole lines of a file; heap, with a NULL at the end. */
static char **lines_of(const char *path, size_t *count) {
    char *text, **list = calloc(100000, sizeof *list), *save = NULL;
    *count = 0;
    if (tern_file_read(path, 1 << 26, &text, NULL, NULL)) return list;
    char *last = strrchr(text, '\n');
    if (last)
        last[1] = 0;
    else
        *text = 0;
    for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
        list[(*count)++] = strdup(l);
    free(text);
    return list;
}

static void check_wisdom(const struct folder *f, size_t *entries) {
    struct tern_wisdom w;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_wisdom_read(f->file, NULL, 1, &w, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(sz, w.skipped, 0));
    *entries = w.count;
    tern_wisdom_free(&w);
}

static void key_of(const char *line, char *out, size_t bytes) {
    json_t *o = json_loads(line, 0, NULL);
    cr_assert(o != NULL, "%s", line);
    snprintf(out, bytes, "%s|%s|%d", json_string_value(json_object_get(o, "problem")),
             json_string_value(json_object_get(o, "phase")),
             (int)json_integer_value(json_object_get(o, "round")));
    json_decref(o);
}

Test(resume, killed_at_any_moment_it_loses_no_finished_round_and_measures_none_twice, .timeout = 500) {
    const struct folder f = folder_new("wisdom");
    char journal[160];
    snprintf(journal, sizeof journal, "%s.journal", f.file);
    struct tern_random random = {2024};
    size_t before = 0, entries = 0, kills = 0;
    char **old = calloc(1, sizeof *old);
    int status = 0;
    for (int run = 0; run < 40; run++) {
        const pid_t child = start(&f, run > 0);
        const size_t enough = before + 1 + tern_random_below(&random, 12);
        int ended = 0;
        for (int wait = 0; wait < 3000 && !ended; wait++) {
            size_t now;
            char **lines = lines_of(journal, &now);
            for (size_t i = 0; i < now; i++) free(lines[i]);
            free(lines);
            ended = waitpid(child, &status, WNOHANG) == child;
            if (!ended && kills < 6 && now >= enough) break;
            nap(10);
        }
        if (!ended) {
            nap((long)tern_random_below(&random, 20));
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            kills += WIFSIGNALED(status);
        }
        check_wisdom(&f, &entries);
        size_t now;
        char **lines = lines_of(journal, &now);
        cr_assert(ge(sz, now, before), "finished rounds were lost");
        for (size_t i = 0; i < before; i++) cr_assert(eq(str, lines[i], old[i]));
        for (size_t i = 0; i < before; i++) free(old[i]);
        free(old);
        old = lines;
        before = now;
        if (ended && WIFEXITED(status)) break;
    }
    cr_assert(eq(int, code_of(status), 0));
    cr_assert(ge(sz, kills, 1));
    cr_assert(eq(sz, entries, 4));
    for (size_t i = 1; i < before; i++) {
        char a[160], b[160];
        key_of(old[i], a, sizeof a);
        for (size_t j = i + 1; j < before; j++) {
            key_of(old[j], b, sizeof b);
            cr_assert(ne(str, a, b), "measured twice");
        }
    }
    for (size_t i = 0; i < before; i++) free(old[i]);
    free(old);
    folder_drop(&f);
}

Test(resume, a_finished_run_measures_nothing_again, .timeout = 200) {
    const struct folder f = folder_new("wisdom");
    char journal[160];
    int status;
    size_t first, second;
    snprintf(journal, sizeof journal, "%s.journal", f.file);
    waitpid(start(&f, 0), &status, 0);
    cr_assert(eq(int, status, 0));
    char **lines = lines_of(journal, &first);
    for (size_t i = 0; i < first; i++) free(lines[i]);
    free(lines);
    waitpid(start(&f, 1), &status, 0);
    cr_assert(eq(int, status, 0));
    lines = lines_of(journal, &second);
    for (size_t i = 0; i < second; i++) free(lines[i]);
    free(lines);
    cr_assert(eq(sz, first, second));
    folder_drop(&f);
}

Test(resume, an_interrupted_run_keeps_what_is_finished, .timeout = 200) {
    const struct folder f = folder_new("wisdom");
    int status = 0;
    size_t entries = 0;
    const pid_t child = start(&f, 0);
    for (int wait = 0; wait < 6000 && !entries; wait++) {
        nap(5);
        check_wisdom(&f, &entries);
    }
    kill(child, SIGINT);
    waitpid(child, &status, 0);
    const int code = code_of(status), stopped_or_just_done = code == 75 || code == 0;
    cr_assert(stopped_or_just_done, "status %x", (unsigned)status);
    check_wisdom(&f, &entries);
    cr_assert(ge(sz, entries, 1));
    folder_drop(&f);
}

Test(resume, only_one_tuner_at_a_time, .timeout = 60) {
    const struct folder f = folder_new("wisdom");
    char lock[160];
    int fd, status;
    snprintf(lock, sizeof lock, "%s/tern/tune.lock", f.path);
    cr_assert(eq(int, tern_lock(lock, &fd, NULL), TERN_OK));
    waitpid(start(&f, 0), &status, 0);
    cr_assert(eq(int, code_of(status), 4));
    cr_assert(ne(int, access(f.file, F_OK), 0), "nothing was written");
    close(fd);
    folder_drop(&f);
}

/* The winner of the problem that the entry is of. */
static const struct tern_wisdom_entry *winner_of(const struct tern_wisdom *w,
                                                 const struct tern_wisdom_entry *en) {
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_problem *p = &w->entry[i].problem, *q = &en->problem;
        if (!w->entry[i].of_layout && p->m == q->m && p->k == q->k && p->n == q->n) return &w->entry[i];
    }
    return NULL;
}

Test(resume, a_model_gets_the_best_of_each_layout_beside_the_winners, .timeout = 500) {
    const struct folder f = folder_new("wisdom");
    struct tern_wisdom w;
    char *line = tern_format_text(
        "XDG_STATE_HOME=%s TERN_ISA=scalar TERN_ACCEPT_BUSY=1 %s tune --model "
        "%s/micro-bitnet-b1.58.I2_S.gguf --threads 1 "
        "--batch 1,4 --budget 40 --effort quick -q --wisdom %s --records %s/records --mix 512:1 >/dev/null",
        f.path, TERN_EXE, TERN_DATA, f.file, f.path);
    const int code = code_of(system(line));
    const int tuned = code == 0 || code == 2; /* 2: a busy machine, and not all was measured */
    cr_assert(tuned, "exit code %d of %s", code, line);
    cr_assert(eq(int, tern_wisdom_read(f.file, NULL, 1, &w, NULL), TERN_OK));
    cr_assert(eq(dbl, w.mix.prompt, 512.0));
    size_t layouts[2] = {0, 0};
    for (size_t i = 0; i < w.count; i++) {
        const struct tern_wisdom_entry *en = &w.entry[i];
        if (!en->of_layout) continue;
        const struct tern_wisdom_entry *winner = winner_of(&w, en);
        cr_assert(ne(ptr, (void *)winner, NULL));
        int param[TERN_MAX_PARAMS];
        const struct tern_variant *base = tern_wisdom_named(en->base, param);
        cr_assert(base && !strcmp(base->name, winner->variant), "%s", en->base);
        cr_assert(not(memcmp(param, winner->param, sizeof param)));
        cr_assert(
            epsilon_eq(dbl, en->median_ns, winner->median_ns * en->ratio, 0.1 + 1e-4 * winner->median_ns));
        layouts[en->problem.n > 1]++;
    }
    cr_assert(eq(sz, w.verdicts, 1), "the plan as a whole was judged");
    cr_assert(eq(sz, w.verdict[0].threads, 1));
    cr_assert(gt(sz, layouts[0], 0), "of decode");
    cr_assert(gt(sz, layouts[1], 0), "of prefill");
    free(line);
    tern_wisdom_free(&w);
    folder_drop(&f);
}
