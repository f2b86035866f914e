#define _GNU_SOURCE
#include "cli/tune/stop.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define GRACE_US 700000

static volatile int stop;

static void on_signal(int signal_number) {
    const struct itimerval grace = {.it_value = {0, GRACE_US}};
    (void)signal_number;
    stop = 1;
    setitimer(ITIMER_REAL, &grace, NULL);
}

static void on_late(int signal_number) {
    static const char line[] = "\n" TERN_TUNE_STOPPED;
    (void)signal_number;
    if (write(STDERR_FILENO, line, sizeof line - 1) < 0) _exit(TERN_TUNE_AGAIN);
    _exit(TERN_TUNE_AGAIN);
}

const volatile int *tern_tune_watch(void) {
    const struct sigaction first = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)},
                           late = {.sa_handler = on_late};
    sigaction(SIGALRM, &late, NULL);
    sigaction(SIGINT, &first, NULL);
    sigaction(SIGTERM, &first, NULL);
    return &stop;
}

void tern_tune_watch_end(void) {
    const struct itimerval none = {.it_value = {0, 0}};
    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &none, NULL);
}
