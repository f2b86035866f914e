#define _GNU_SOURCE
#include "base/signals.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 256 };

/* `from` is written last and cleared first: a slot with a `from` is whole. */
static struct watched {
    _Atomic uintptr_t from;
    uintptr_t to;
    char path[200];
} watched[MOST];

static atomic_flag changing = ATOMIC_FLAG_INIT;

void tern_watch_map(const char *path, const struct tern_map *m) {
    while (atomic_flag_test_and_set(&changing)) {
    }
    size_t i = 0;
    while (i < MOST && watched[i].from) i++;
    if (i < MOST) {
        watched[i].to = (uintptr_t)m->data + m->bytes;
        strncpy(watched[i].path, path, sizeof watched[i].path - 1);
        watched[i].from = (uintptr_t)m->data;
    }
    atomic_flag_clear(&changing);
}

void tern_forget_map(const struct tern_map *m) {
    while (atomic_flag_test_and_set(&changing)) {
    }
    for (size_t i = 0; i < MOST; i++)
        if (watched[i].from == (uintptr_t)m->data) watched[i].from = 0;
    atomic_flag_clear(&changing);
}

static void say(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) { /* there is nobody left to tell */
    }
}

/* Only what a signal handler may call. A fault that is our own dies as it would have. */
static void on_bus_error(int number, siginfo_t *info, void *context) {
    (void)context;
    const uintptr_t at = (uintptr_t)info->si_addr;
    for (size_t i = 0; i < MOST; i++) {
        const uintptr_t from = watched[i].from;
        if (!from || at < from || at >= watched[i].to) continue;
        say("tern: read: ");
        say(watched[i].path);
        say(": the file became shorter while it was in use, or its disk failed\n");
        _exit(3);
    }
    signal(number, SIG_DFL); /* the instruction runs again */
}

static void nothing(int number) {
    (void)number;
}

/* Nobody reads what goes to stdout any more: that ends a program without a word. */
static void on_closed_pipe(int number) {
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (poll(&out, 1, 0) != 1 || !(out.revents & POLLERR)) return;
    signal(number, SIG_DFL);
    raise(number);
}

void tern_signals_as_errors(void) {
    struct sigaction quiet = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    struct sigaction bus = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
    sigemptyset(&quiet.sa_mask);
    sigemptyset(&bus.sa_mask);
    struct sigaction pipes = {.sa_handler = on_closed_pipe, .sa_flags = SA_RESTART};
    sigemptyset(&pipes.sa_mask);
    sigaction(SIGPIPE, &pipes,
              NULL); /* handlers, not SIG_IGN: programs that are started do not inherit them */
    sigaction(SIGXFSZ, &quiet, NULL);
    sigaction(SIGBUS, &bus, NULL);
}
