#define _GNU_SOURCE
#include "base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 28

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void tern_progress_begin(struct tern_progress *p, const char *title, int quiet) {
    const char *terminal = getenv("TERM");
    const int knows_codes = terminal && *terminal && strcmp(terminal, "dumb") != 0;
    *p = (struct tern_progress){
        .on = !quiet && knows_codes && isatty(STDERR_FILENO), .started = now(), .title = title};
}

void tern_progress_step(struct tern_progress *p, double fraction, const char *note) {
    if (!p->on) return;
    const double t = now();
    if (t - p->shown < 0.1 && fraction < 1) return;
    p->shown = t;
    if (fraction < 0) fraction = 0;
    if (fraction > 1) fraction = 1;
    char bar[WIDTH + 1];
    const int full = (int)(fraction * WIDTH);
    for (int i = 0; i < WIDTH; i++) bar[i] = i < full ? '#' : '.';
    bar[WIDTH] = 0;
    fprintf(stderr, "\r\033[K%s [%s] %3.0f%% %4.0fs %s", p->title, bar, 100 * fraction, t - p->started,
            note ? note : "");
    fflush(stderr);
}

void tern_progress_end(struct tern_progress *p) {
    if (p->on) fputs("\r\033[K", stderr);
    p->on = 0;
}
