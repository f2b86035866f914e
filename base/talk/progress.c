#define _GNU_SOURCE
#include "base/talk/progress.h"

#include "base/talk/terminal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH       16
#define REDRAW      0.1  /* seconds from one drawing to the next */
#define PLAIN_LINES 10.0 /* seconds from one plain line to the next */
#define TELLS_LEFT  0.02 /* of the whole must be done before the rest can be guessed */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void tern_progress_begin(struct tern_progress *p, const char *title, int quiet) {
    *p = (struct tern_progress){.on = !quiet && tern_terminal_redraws(STDERR_FILENO),
                                .quiet = quiet,
                                .started = now(),
                                .title = title};
    p->shown = p->on ? 0 : p->started;
}

/* "12 s, about 48 s left" */
static void say_time(double passed, double fraction, char *out, size_t bytes) {
    const size_t n = (size_t)snprintf(out, bytes, "%.0f s", passed);
    if (fraction > TELLS_LEFT && passed >= 1 && n < bytes)
        snprintf(out + n, bytes - n, ", about %.0f s left", passed * (1 - fraction) / fraction);
}

static void redraw(const struct tern_progress *p, double fraction, const char *time, const char *note) {
    char bar[WIDTH + 1], line[512];
    const int full = (int)(fraction * WIDTH);
    for (int i = 0; i < WIDTH; i++) bar[i] = i < full ? '#' : '.';
    bar[WIDTH] = 0;
    snprintf(line, sizeof line, "%s [%s] %3.0f %% %s  %s", p->title, bar, 100 * fraction, time, note);
    const int most = (int)tern_terminal_columns(STDERR_FILENO) - 1;
    fprintf(stderr, "\r\033[K%.*s", most, line);
}

void tern_progress_step(struct tern_progress *p, double fraction, const char *note) {
    if (!p->on && (p->quiet || !p->plain)) return;
    const double t = now();
    if (t - p->shown < (p->on ? REDRAW : PLAIN_LINES) && !(p->on && fraction >= 1)) return;
    char time[64];
    p->shown = t;
    fraction = fraction > 0 ? fraction < 1 ? fraction : 1 : 0;
    say_time(t - p->started, fraction, time, sizeof time);
    if (!note) note = "";
    if (p->on)
        redraw(p, fraction, time, note);
    else
        fprintf(stderr, "%s: %.0f %%, %s%s%s\n", p->title, 100 * fraction, time, *note ? ": " : "", note);
    fflush(stderr);
}

void tern_progress_wipe(struct tern_progress *p) {
    if (p->on) fputs("\r\033[K", stderr);
    if (p->on) p->shown = 0;
}

void tern_progress_end(struct tern_progress *p) {
    tern_progress_wipe(p);
    p->on = p->plain = 0;
}
