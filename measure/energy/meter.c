/* An imported meter: a CSV file that another program writes while we run. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/memory.h"
#include "measure/energy/backend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const size_t file_bytes_max = (size_t)256 << 20;

struct meter {
    char *path;
    double from; /* seconds since 1970 */
};

struct sample {
    double t, v;
};

static double wall_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* One "time,value" line; 0 when it is none, as a last line that is being written. */
static int sample_of(const char *line, struct sample *out) {
    char *end;
    out->t = strtod(line, &end);
    if (end == line || *end != ',') return 0;
    const char *second = end + 1;
    out->v = strtod(second, &end);
    return end != second && (*end == '\r' || *end == '\n') && isfinite(out->t) && isfinite(out->v);
}

/* Value at time t on the line through two samples. */
static double at(const struct sample *a, const struct sample *b, double t) {
    return b->t > a->t ? a->v + (b->v - a->v) * (t - a->t) / (b->t - a->t) : b->v;
}

struct integral {
    double from, to, sum, reached;
    int is_power, started;
    size_t samples;
};

static void add_span(struct integral *g, const struct sample *a, const struct sample *b) {
    const double t0 = fmax(a->t, g->from), t1 = fmin(b->t, g->to);
    if (t1 <= t0) return;
    g->samples++;
    if (g->is_power)
        g->sum += (at(a, b, t0) + at(a, b, t1)) / 2 * (t1 - t0);
    else
        g->sum += at(a, b, t1) - at(a, b, t0);
}

static enum tern_status integrate(const char *path, struct integral *g, struct tern_error *e) {
    char *text;
    enum tern_status s = tern_file_read(path, file_bytes_max, &text, NULL, e);
    if (s) return s;
    g->is_power = !strncmp(text, "time,watts", 10);
    struct sample last = {0, 0}, now;
    size_t number = 1, have = 0;
    if (!g->is_power && strncmp(text, "time,joules", 11)) {
        s = tern_fail(e, TERN_BAD_INPUT, "energy: meter: %s: the first line is not time,watts or time,joules",
                      path);
        goto done;
    }
    for (const char *p = strchr(text, '\n'); p && p[1]; p = strchr(p + 1, '\n')) {
        number++;
        if (!sample_of(p + 1, &now)) {
            if (!strchr(p + 1, '\n')) break; /* torn: its writer is at it */
            s = tern_fail(e, TERN_BAD_INPUT, "energy: meter: %s: line %zu: not two numbers", path, number);
            goto done;
        }
        if (have && (now.t < last.t || (!g->is_power && now.v < last.v))) {
            s = tern_fail(e, TERN_BAD_INPUT, "energy: meter: %s: line %zu: runs backwards", path, number);
            goto done;
        }
        if (have++)
            add_span(g, &last, &now);
        else
            g->started = now.t <= g->from;
        last = now;
        g->reached = now.t;
    }
    if (have < 2)
        s = tern_fail(e, TERN_UNSUPPORTED, "energy: meter: %s: %zu samples, 2 are needed", path, have);
done:
    free(text);
    return s;
}

static enum tern_status start(void *state, struct tern_error *e) {
    (void)e;
    ((struct meter *)state)->from = wall_seconds();
    return TERN_OK;
}

static void close_meter(void *state) {
    free(((struct meter *)state)->path);
    tern_free(state);
}

static enum tern_status open_meter(const char *file, void **state, char *name, size_t bytes,
                                   struct tern_error *e) {
    struct integral all = {.from = -INFINITY, .to = INFINITY};
    const enum tern_status s = integrate(file, &all, e);
    if (s) return s;
    struct meter *m = tern_alloc(sizeof *m);
    if (m) m->path = strdup(file);
    if (!m || !m->path) return tern_free(m), tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    start(m, e);
    snprintf(name, bytes, "%s", file);
    *state = m;
    return TERN_OK;
}

static enum tern_status joules(void *state, double *out, struct tern_error *e) {
    const struct meter *m = state;
    struct integral g = {.from = m->from, .to = wall_seconds()};
    const enum tern_status s = integrate(m->path, &g, e);
    if (s) return s;
    if (!g.started || g.reached < g.to)
        return tern_fail(e, TERN_INCONCLUSIVE, "energy: meter: %s: its samples do not cover the interval: %s",
                         m->path, g.started ? "the last one is too old" : "the first one is too young");
    *out = g.sum;
    return TERN_OK;
}

const struct tern_energy_backend tern_energy_meter = {
    TERN_ENERGY_METER, "meter", open_meter, start, joules, NULL, close_meter, 1};
