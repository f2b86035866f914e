#define _GNU_SOURCE
#include "reports/page/browser.h"

#include "base/file.h"
#include "reports/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { WORDS = 32 };
static const double wait_seconds = 1;

static char *program_of(const char *name, const char *search) {
    if (!strchr(name, '/')) return tern_find_program(name, search);
    return access(name, X_OK) ? NULL : strdup(name);
}

/* The words of one command, cut in place, and the page: where "%s" stands, else last. The path of the
 * program, heap, or NULL when there is none. */
static char *arguments(char *command, char *page, const char *search, char **argv) {
    char *save = NULL;
    size_t n = 0;
    int placed = 0;
    for (char *w = strtok_r(command, " \t", &save); w && n < WORDS; w = strtok_r(NULL, " \t", &save)) {
        const int here = !strcmp(w, "%s");
        argv[n++] = here ? page : w;
        placed |= here;
    }
    if (!n || argv[0] == page) return NULL;
    if (!placed) argv[n++] = page;
    argv[n] = NULL;
    return program_of(argv[0], search);
}

/* The child's wait status when it ended within the time; -1 when it goes on. */
static int early_end(pid_t child) {
    const struct timespec nap = {0, 5000000};
    int status;
    for (double waited = 0; waited < wait_seconds; waited += 0.005) {
        const pid_t got = waitpid(child, &status, WNOHANG);
        if (got == child) return status;
        if (got < 0 && errno != EINTR) return -1;
        nanosleep(&nap, NULL);
    }
    return -1;
}

static enum tern_status start(const char *program, char **argv, struct tern_error *e) {
    posix_spawn_file_actions_t act;
    posix_spawnattr_t attr;
    pid_t child;
    posix_spawn_file_actions_init(&act);
    posix_spawnattr_init(&attr);
    int failed = posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0) ||
                 posix_spawn_file_actions_addopen(&act, 1, "/dev/null", O_WRONLY, 0) ||
                 posix_spawn_file_actions_addopen(&act, 2, "/dev/null", O_WRONLY, 0) ||
                 posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
    if (!failed) failed = posix_spawn(&child, program, &act, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&act);
    posix_spawnattr_destroy(&attr);
    if (failed)
        return tern_fail(e, TERN_UNSUPPORTED, "open: %s: could not be started: %s", program,
                         strerror(failed));
    const int status = early_end(child);
    if (status == -1 || (WIFEXITED(status) && !WEXITSTATUS(status))) return TERN_OK;
    return WIFEXITED(status) ? tern_fail(e, TERN_UNSUPPORTED, "open: %s: failed with exit code %d", program,
                                         WEXITSTATUS(status))
                             : tern_fail(e, TERN_UNSUPPORTED, "open: %s: was ended by signal %d", program,
                                         WTERMSIG(status));
}

enum tern_status tern_browser_open(const char *page, const struct tern_browser *b, struct tern_error *e) {
    const int chosen = b->command && *b->command, shown = b->display && *b->display;
    if (!chosen && !shown)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "open: no display here (DISPLAY and WAYLAND_DISPLAY are not set) and no $BROWSER");
    char *argv[WORDS + 2], *program = NULL, *save = NULL;
    char *full = realpath(page, NULL), *commands = strdup(chosen ? b->command : "xdg-open");
    enum tern_status s = TERN_OK;
    if (!full || !commands)
        s = tern_fail(e, full ? TERN_NO_MEMORY : TERN_IO, "open: %s: %s", page, strerror(errno));
    for (char *c = s ? NULL : strtok_r(commands, ":", &save); c && !program; c = strtok_r(NULL, ":", &save))
        program = arguments(c, full, b->search, argv);
    if (!s && program)
        s = start(program, argv, e);
    else if (!s && chosen)
        s = tern_fail(e, TERN_UNSUPPORTED, "open: $BROWSER: %s: no such program", b->command);
    else if (!s)
        s = tern_fail(e, TERN_UNSUPPORTED,
                      "open: xdg-open is not installed: apt-get install xdg-utils, or set BROWSER");
    free(program);
    free(commands);
    free(full);
    return s;
}
