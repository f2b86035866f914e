#define _GNU_SOURCE
#include "tuner/session/session.h"

#include "measure/clock.h"

#include <stdio.h>
#include <string.h>

double tern_seconds_now(void) {
    return 1e-9 * (double)tern_now_ns();
}

void tern_problem_text(const struct tern_problem *p, char *out, size_t bytes) {
    snprintf(out, bytes, "%zux%zux%zu t%zu %s", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime));
}

void tern_session_problem_text(const struct tern_problem *p, const struct tern_format *layout, char *out,
                               size_t bytes) {
    tern_problem_text(p, out, bytes);
    const size_t at = strlen(out);
    if (layout) snprintf(out + at, bytes - at, " %s", layout->name);
}

void tern_session_saw_layout(struct tern_session *s, const struct tern_format *format, double over_best) {
    struct tern_layouts_seen *l = &s->layouts;
    size_t i = 0;
    while (i < l->count && l->format[i] != format) i++;
    if (i == TERN_MAX_LAYOUTS) return;
    if (i < l->count && l->over_best[i] <= over_best) return;
    l->format[i] = format, l->over_best[i] = over_best;
    if (i == l->count) l->count++;
}

void tern_session_warn(const struct tern_session *s, const char *fmt, ...) {
    char line[640];
    va_list ap;
    if (!s->o->hooks.warn) return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    s->o->hooks.warn(s->o->hooks.ctx, line);
}

int tern_session_stopped(const struct tern_session *s) {
    return s->o->stop && *s->o->stop;
}
