/* A library that is preloaded into tern: the clock of the day jumps, and signals interrupt. WEATHER names what:
 *
 *   clock   CLOCK_REALTIME, time() and gettimeofday() step back a day and forth two at every third look; the monotonic clocks stay
 *   probe   ends the program at once with 99: it can be preloaded
 *   storm   SIGALRM every 200 us, with a handler that lets calls end with EINTR */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int jumps;
static atomic_uint looks;

static time_t step(void) {
    static const time_t by[] = {0, -86400, 86400};
    return jumps ? by[atomic_fetch_add(&looks, 1) % 3] : 0;
}

int clock_gettime(clockid_t which, struct timespec *t) {
    const int rc = (int)syscall(SYS_clock_gettime, which, t);
    if (!rc && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) t->tv_sec += step();
    return rc;
}

time_t time(time_t *out) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out) *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *t = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

static void nothing(int number) {
    (void)number;
}

__attribute__((constructor)) static void begin(void) {
    const char *what = getenv("WEATHER");
    if (what && !strcmp(what, "probe")) _exit(99);
    jumps = what && !strcmp(what, "clock");
    if (!what || strcmp(what, "storm") != 0) return;
    const struct itimerval often = {{0, 200}, {0, 200}};
    const struct sigaction act = {.sa_handler = nothing};
    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}
