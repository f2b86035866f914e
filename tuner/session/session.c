#define _GNU_SOURCE
#include "tuner/session/session.h"

#include "measure/clock.h"

#include <stdio.h>

double tern_seconds_now(void) {
    return 1e-9 * (double)tern_now_ns();
}

void tern_problem_text(const struct tern_problem *p, char *out, size_t bytes) {
    snprintf(out, bytes, "%zux%zux%zu t%zu %s", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime));
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
