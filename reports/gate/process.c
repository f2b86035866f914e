#define _GNU_SOURCE
#include "reports/gate/process.h"

#include "measure/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The last `bytes` - 1 bytes of a stream, or its first. */
struct tail {
    char *text;
    size_t used, bytes;
    int keep_first;
};

static void take(struct tail *t, const char *p, size_t n) {
    if (!t->bytes) return;
    const size_t room = t->bytes - 1;
    if (t->keep_first) {
        if (n > room - t->used) n = room - t->used;
        memcpy(t->text + t->used, p, n);
        t->used += n;
    } else {
        if (n > room) p += n - room, n = room;
        if (t->used + n > room) {
            const size_t drop = t->used + n - room;
            memmove(t->text, t->text + drop, t->used - drop);
            t->used -= drop;
        }
        memcpy(t->text + t->used, p, n);
        t->used += n;
    }
    t->text[t->used] = 0;
}

/* Until both ends are closed. 0 when the time was over. */
static int listen_to(struct pollfd *end, struct tail *tail, double until) {
    char buffer[4096];
    while (end[0].fd >= 0 || end[1].fd >= 0) {
        const double left = until - (double)tern_now_ns() * 1e-9;
        if (left <= 0) return 0;
        if (poll(end, 2, (int)(left * 1e3) + 1) < 0 && errno != EINTR) return 1;
        for (int i = 0; i < 2; i++) {
            if (end[i].fd < 0 || !end[i].revents) continue;
            const ssize_t got = read(end[i].fd, buffer, sizeof buffer);
            if (got > 0)
                take(&tail[i], buffer, (size_t)got);
            else if (got == 0 || errno != EINTR)
                close(end[i].fd), end[i].fd = -1;
        }
    }
    return 1;
}

static int start(const char *const *argv, int out, int err, pid_t *child) {
    posix_spawn_file_actions_t act;
    posix_spawn_file_actions_init(&act);
    int failed = posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0) ||
                 posix_spawn_file_actions_adddup2(&act, out, 1) ||
                 posix_spawn_file_actions_adddup2(&act, err, 2);
    if (!failed) failed = posix_spawnp(child, argv[0], &act, NULL, (char **)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&act);
    return failed;
}

enum tern_status tern_gate_process(const char *const *argv, double limit_seconds, char *out, size_t out_bytes,
                                   char *said, size_t said_bytes, int *code, struct tern_error *e) {
    int a[2], b[2], status = 0;
    pid_t child;
    struct tail tail[2] = {{out, 0, out_bytes, 1}, {said, 0, said_bytes, 0}};
    if (out_bytes) *out = 0;
    if (said_bytes) *said = 0;
    if (pipe2(a, O_CLOEXEC)) return tern_fail(e, TERN_IO, "gate: pipe: %s", strerror(errno));
    if (pipe2(b, O_CLOEXEC)) {
        close(a[0]), close(a[1]);
        return tern_fail(e, TERN_IO, "gate: pipe: %s", strerror(errno));
    }
    const int failed = start(argv, a[1], b[1], &child);
    close(a[1]), close(b[1]);
    struct pollfd end[2] = {{a[0], POLLIN, 0}, {b[0], POLLIN, 0}};
    const double until = (double)tern_now_ns() * 1e-9 + limit_seconds;
    const int in_time = failed || listen_to(end, tail, until);
    for (int i = 0; i < 2; i++)
        if (end[i].fd >= 0) close(end[i].fd);
    if (failed)
        return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: could not be started: %s", argv[0],
                         strerror(failed));
    if (!in_time) kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!in_time)
        return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: took longer than %g s and was ended", argv[0],
                         limit_seconds);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return TERN_OK;
}
