#define _GNU_SOURCE
#include "reports/figures/gnuplot.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* The caller's environment with LC_ALL=C; the strings are shared, free() the array. */
static char **c_locale(void) {
    static char lc_all[] = "LC_ALL=C";
    size_t n = 0, kept = 0;
    while (environ && environ[n]) n++;
    char **env = calloc(n + 2, sizeof *env);
    if (!env) return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7)) env[kept++] = environ[i];
    env[kept] = lc_all;
    return env;
}

/* 0 when the child ended in time, its wait status in *status. */
static int wait_for(pid_t child, double limit_seconds, int *status) {
    const struct timespec nap = {0, 5000000};
    for (double waited = 0;; waited += 0.005) {
        const pid_t got = waitpid(child, status, WNOHANG);
        if (got == child) return 0;
        if (got < 0 && errno != EINTR) return -1;
        if (waited > limit_seconds) break;
        nanosleep(&nap, NULL);
    }
    kill(child, SIGKILL);
    while (waitpid(child, status, 0) < 0 && errno == EINTR) continue;
    return -1;
}

/* What the child said first, read from the pipe's end `fd`; gnuplot points at the mistake in lines before the
 * text. */
static void first_words(int fd, char *out, size_t out_bytes) {
    char said[1024];
    size_t used = 0;
    for (ssize_t got; used + 1 < sizeof said && (got = read(fd, said + used, sizeof said - 1 - used)) > 0;)
        used += (size_t)got;
    said[used] = 0;
    const char *line = said + strspn(said, " \t\r\n^");
    for (const char *p = line; (p = strchr(p, '\n'));) {
        p += 1 + strspn(p + 1, " \t\r\n^");
        if (strstr(p, ": ")) line = p;
    }
    const size_t n = strcspn(line, "\n");
    memcpy(out, line, n < out_bytes ? n : out_bytes - 1);
    out[n < out_bytes ? n : out_bytes - 1] = 0;
}

/* gnuplot --default-settings [-e command] [script]; one of `command` and `script` may be NULL. */
static enum tern_status call(const char *program, const char *folder, const char *command, const char *script,
                             double limit_seconds, struct tern_error *e) {
    const char *what = script ? script : command;
    char said[200] = "";
    int talk[2] = {-1, -1}, status = 0, failed;
    pid_t child;
    posix_spawn_file_actions_t act;
    char *full = realpath(program, NULL), *name = strdup(script ? script : ""),
         *words = strdup(command ? command : "");
    char **env = c_locale();
    enum tern_status s = TERN_OK;
    if (!full || !name || !words || !env || pipe2(talk, O_CLOEXEC | O_NONBLOCK)) {
        s = tern_fail(e, TERN_NO_MEMORY, "gnuplot: %s: %s", program, strerror(errno));
        goto done;
    }
    char dash[] = "--default-settings", option[] = "-e", *argv[6] = {full, dash};
    size_t n = 2;
    if (command) argv[n++] = option, argv[n++] = words;
    if (script) argv[n++] = name;
    posix_spawn_file_actions_init(&act);
    failed = posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0) ||
             posix_spawn_file_actions_addopen(&act, 1, "/dev/null", O_WRONLY, 0) ||
             posix_spawn_file_actions_adddup2(&act, talk[1], 2) ||
             posix_spawn_file_actions_addchdir_np(&act, folder);
    if (!failed) failed = posix_spawn(&child, full, &act, NULL, argv, env);
    posix_spawn_file_actions_destroy(&act);
    if (failed) {
        s = tern_fail(e, TERN_UNSUPPORTED, "gnuplot: %s: could not be started: %s", program,
                      strerror(failed));
    } else if (wait_for(child, limit_seconds, &status)) {
        s = tern_fail(e, TERN_UNSUPPORTED, "gnuplot: %s: took longer than %g s and was ended", what,
                      limit_seconds);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        first_words(talk[0], said, sizeof said);
        s = tern_fail(e, TERN_UNSUPPORTED, "gnuplot: %s: %s", what, *said ? said : "failed without a word");
    }
done:
    if (talk[0] >= 0) close(talk[0]);
    if (talk[1] >= 0) close(talk[1]);
    free(env);
    free(name);
    free(words);
    free(full);
    return s;
}

enum tern_status tern_gnuplot_run_as(const char *program, const char *folder, const char *script,
                                     const char *form, double limit_seconds, struct tern_error *e) {
    char *command = form ? tern_format_text("form = '%s'", form) : NULL;
    if (form && !command) return tern_fail(e, TERN_NO_MEMORY, "gnuplot: %s: out of memory", script);
    const enum tern_status s = call(program, folder, command, script, limit_seconds, e);
    free(command);
    return s;
}

enum tern_status tern_gnuplot_run(const char *program, const char *folder, const char *script,
                                  double limit_seconds, struct tern_error *e) {
    return tern_gnuplot_run_as(program, folder, script, NULL, limit_seconds, e);
}

int tern_gnuplot_has(const char *program, const char *terminal) {
    char *command = tern_format_text("set terminal %s", terminal);
    const int has = command && !call(program, "/", command, NULL, 10, NULL);
    free(command);
    return has;
}
