#define _GNU_SOURCE
#include "reports/gate/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const double slice_seconds = 0.5;

static int start(const char *const *argv, int talk, int said, pid_t *child) {
    posix_spawn_file_actions_t act;
    posix_spawn_file_actions_init(&act);
    int failed = posix_spawn_file_actions_adddup2(&act, talk, 0) ||
                 posix_spawn_file_actions_adddup2(&act, talk, 1) ||
                 posix_spawn_file_actions_adddup2(&act, said, 2);
    if (!failed) failed = posix_spawnp(child, argv[0], &act, NULL, (char **)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&act);
    return failed;
}

enum tern_status tern_gate_worker_start(const char *const *argv, struct tern_gate_worker *w,
                                        struct tern_error *e) {
    int talk[2], said[2];
    *w = (struct tern_gate_worker){.program = argv[0], .talk = -1, .said = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk))
        return tern_fail(e, TERN_IO, "gate: socketpair: %s", strerror(errno));
    if (pipe2(said, O_CLOEXEC | O_NONBLOCK)) {
        close(talk[0]), close(talk[1]);
        return tern_fail(e, TERN_IO, "gate: pipe: %s", strerror(errno));
    }
    const int failed = start(argv, talk[1], said[1], &w->pid);
    close(talk[1]), close(said[1]);
    w->talk = talk[0], w->said = said[0];
    if (!failed) return TERN_OK;
    w->pid = 0;
    close(talk[0]), close(said[0]);
    return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: could not be started: %s", argv[0], strerror(failed));
}

/* The last "tern: ..." line of its standard error, which is short. */
static enum tern_status lost(const struct tern_gate_worker *w, const char *what, struct tern_error *e) {
    char text[4096];
    const ssize_t n = read(w->said, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    const char *last = strstr(text, "tern: ");
    for (const char *p = last; p && (p = strstr(p + 1, "\ntern: "));) last = p + 1;
    return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: %s%s%.*s", w->program, what, last ? ": " : "",
                     last ? (int)strcspn(last, "\n") : 0, last ? last : "");
}

enum tern_status tern_gate_worker_ask(struct tern_gate_worker *w, const char *line, struct tern_error *e) {
    for (size_t at = 0, n = strlen(line); at < n;) {
        const ssize_t sent = send(w->talk, line + at, n - at, MSG_NOSIGNAL);
        if (sent > 0)
            at += (size_t)sent;
        else if (errno != EINTR)
            return lost(w, "ended early", e);
    }
    return TERN_OK;
}

enum tern_status tern_gate_worker_line(struct tern_gate_worker *w, double seconds, char *out,
                                       size_t out_bytes, struct tern_error *e) {
    /* Slices are counted, not the clock: a gate that was stopped for a while has not waited. */
    for (double waited = 0;;) {
        const char *end = memchr(w->text, '\n', w->used);
        if (end) {
            const size_t n = (size_t)(end - w->text), kept = n < out_bytes ? n : out_bytes - 1;
            memcpy(out, w->text, kept);
            out[kept] = 0;
            w->used -= n + 1;
            memmove(w->text, end + 1, w->used);
            return TERN_OK;
        }
        struct pollfd p = {w->talk, POLLIN, 0};
        if (waited >= seconds) return lost(w, "does not answer", e);
        if (poll(&p, 1, (int)(slice_seconds * 1e3)) <= 0) {
            waited += slice_seconds;
            continue;
        }
        const ssize_t got = read(w->talk, w->text + w->used, sizeof w->text - w->used);
        if (got > 0)
            w->used += (size_t)got;
        else if (!got || errno != EINTR)
            return lost(w, "ended early", e);
    }
}

void tern_gate_worker_end(struct tern_gate_worker *w) {
    const struct timespec moment = {0, 1000000};
    int status;
    if (!w->pid) return;
    close(w->talk);
    close(w->said);
    for (int i = 0; i < 500; i++) {
        const pid_t p = waitpid(w->pid, &status, WNOHANG);
        if (p == w->pid || (p < 0 && errno != EINTR)) {
            w->pid = 0;
            return;
        }
        nanosleep(&moment, NULL);
    }
    kill(w->pid, SIGKILL);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) continue;
    w->pid = 0;
}
