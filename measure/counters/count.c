#include "measure/counters/count.h"

#include "base/expression.h"
#include "base/memory.h"
#include "measure/clock.h"
#include "measure/counters/counters.h"
#include "measure/counters/tally.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One worker's counters, on a cache line of its own. */
struct worker {
    _Alignas(TERN_CACHE_LINE) struct tern_counters *c;
    int64_t value[TERN_PASS_EVENTS];
    enum tern_status status;
    struct tern_error e;
};

struct pass {
    const char *name[TERN_PASS_EVENTS];
    size_t event[TERN_PASS_EVENTS], events; /* places in the group */
    struct worker *worker;
    int process; /* counts the whole process: opened by worker 0 alone */
};

static void open_here(void *ctx, size_t w, size_t workers) {
    struct pass *p = ctx;
    struct worker *me = &p->worker[w];
    (void)workers;
    if (!p->process || w == 0) me->status = tern_counters_open(p->name, p->events, &me->c, &me->e);
}

static void start_here(void *ctx, size_t w, size_t workers) {
    struct worker *me = &((struct pass *)ctx)->worker[w];
    (void)workers;
    if (me->c) me->status = tern_counters_start(me->c, &me->e);
}

static void stop_here(void *ctx, size_t w, size_t workers) {
    struct worker *me = &((struct pass *)ctx)->worker[w];
    (void)workers;
    if (me->c) me->status = tern_counters_stop(me->c, me->value, &me->e);
}

static void close_here(void *ctx, size_t w, size_t workers) {
    (void)workers;
    tern_counters_close(((struct pass *)ctx)->worker[w].c);
}

static void on_all(const struct tern_count_work *w, tern_pool_fn fn, struct pass *p) {
    if (w->pool)
        tern_pool_run(w->pool, fn, p);
    else
        fn(p, 0, 1);
}

static const struct worker *first_refusal(const struct pass *p, size_t workers) {
    for (size_t i = 0; i < workers; i++)
        if (p->worker[i].status) return &p->worker[i];
    return NULL;
}

static void run_pass(struct pass *p, const struct tern_count_work *w, size_t workers,
                     struct tern_counted *out) {
    memset(p->worker, 0, workers * sizeof *p->worker);
    on_all(w, open_here, p);
    const struct worker *bad = first_refusal(p, workers);
    if (!bad) {
        on_all(w, start_here, p);
        const uint64_t t0 = tern_now_ns();
        w->work(w->ctx, w->calls);
        const double ns = (double)(tern_now_ns() - t0) / (double)w->calls;
        on_all(w, stop_here, p);
        out->ns = (out->ns * (double)out->passes + ns) / (double)(out->passes + 1);
        out->passes++;
        bad = first_refusal(p, workers);
    }
    for (size_t i = 0; i < p->events; i++) {
        struct tern_counted_value *v = &out->event[p->event[i]];
        v->value = bad ? NAN : 0;
        if (bad) snprintf(v->why, sizeof v->why, "%.255s", bad->e.text);
        for (size_t k = 0; k < workers && !bad; k++)
            v->value += (double)p->worker[k].value[i] / (double)w->calls;
    }
    on_all(w, close_here, p);
}

static int kind_of(const char *name) {
    return tern_tally_is_event(name) ? 0 : strncmp(name, "perf:", 5) ? 1 : 2;
}

/* Gathers up to TERN_PASS_EVENTS uncounted events of one back-end. */
static size_t next_pass(const struct tern_counter_group *g, char (*buffer)[96], int *done, struct pass *p,
                        struct tern_counted *out) {
    int kind = -1;
    p->events = 0;
    for (size_t i = 0; i < g->events && p->events < TERN_PASS_EVENTS; i++) {
        const char *why;
        if (done[i]) continue;
        const char *name = tern_event_name(&g->event[i], buffer[i], sizeof buffer[i], &why);
        if (!name) {
            done[i] = 1;
            snprintf(out->event[i].why, sizeof out->event[i].why, "%.255s", why);
            continue;
        }
        if (kind < 0) kind = kind_of(name);
        if (kind_of(name) != kind) continue;
        p->process = kind == 0;
        p->name[p->events] = name;
        p->event[p->events++] = i;
        done[i] = 1;
    }
    return p->events;
}

/* An event that the processor does not have must not take its neighbours along: each gets a pass of its own.
 */
static void run_alone(const struct pass *whole, const struct tern_count_work *w, size_t workers,
                      struct tern_counted *out) {
    for (size_t i = 0; i < whole->events; i++) {
        struct pass one = {.events = 1, .worker = whole->worker, .process = whole->process};
        one.name[0] = whole->name[i];
        one.event[0] = whole->event[i];
        out->event[one.event[0]].why[0] = 0;
        run_pass(&one, w, workers, out);
    }
}

/* A group without events still needs the time of a call. */
static void time_alone(const struct tern_count_work *w, struct tern_counted *out) {
    const uint64_t t0 = tern_now_ns();
    w->work(w->ctx, w->calls);
    out->ns = (double)(tern_now_ns() - t0) / (double)w->calls;
    out->passes = 1;
}

static enum tern_status metrics(const struct tern_counter_group *g, const struct tern_count_work *w,
                                size_t workers, struct tern_counted *out, struct tern_error *e) {
    const double given[TERN_GROUP_VARIABLES] = {out->ns,         w->bytes,     w->weights, w->macs,
                                                (double)workers, w->read_peak, w->mac_peak};
    struct tern_formula_name name[TERN_GROUP_EVENTS + TERN_GROUP_VARIABLES];
    size_t names = 0, have = 0;
    for (size_t i = 0; i < g->events; i++)
        name[names++] = (struct tern_formula_name){g->event[i].name, out->event[i].value};
    for (size_t i = 0; i < TERN_GROUP_VARIABLES; i++)
        name[names++] = (struct tern_formula_name){tern_group_variable[i], given[i]};
    for (size_t i = 0; i < g->metrics; i++) {
        struct tern_error why = {0};
        struct tern_counted_value *v = &out->metric[i];
        v->value = NAN;
        if (tern_formula(g->metric[i].formula, name, names, &v->value, &why))
            snprintf(v->why, sizeof v->why, "%.255s", why.text);
        else
            have++;
    }
    if (have || !g->metrics) return TERN_OK;
    const char *why = out->metric[0].why;
    for (size_t i = 0; i < g->events; i++)
        if (out->event[i].why[0]) why = out->event[i].why;
    return tern_fail(e, TERN_UNSUPPORTED, "counters: group %s: %s", g->name,
                     !strncmp(why, "counters: ", 10) ? why + 10 : why);
}

enum tern_status tern_count_group(const struct tern_counter_group *g, const struct tern_count_work *w,
                                  struct tern_counted *out, struct tern_error *e) {
    const size_t workers = w->pool ? tern_pool_workers(w->pool) : 1;
    char buffer[TERN_GROUP_EVENTS][96];
    int done[TERN_GROUP_EVENTS] = {0};
    *out = (struct tern_counted){.calls = w->calls};
    for (size_t i = 0; i < TERN_GROUP_EVENTS; i++) out->event[i].value = NAN;
    for (size_t i = 0; i < TERN_GROUP_METRICS; i++) out->metric[i].value = NAN;
    if (!w->calls) return tern_fail(e, TERN_BAD_INPUT, "counters: group %s: no calls to count", g->name);
    struct pass p = {.worker = tern_alloc(tern_mul_size(workers, sizeof *p.worker))};
    if (!p.worker) return tern_fail(e, TERN_NO_MEMORY, "counters: group %s: out of memory", g->name);
    while (next_pass(g, buffer, done, &p, out)) {
        run_pass(&p, w, workers, out);
        if (isnan(out->event[p.event[0]].value) && p.events > 1) run_alone(&p, w, workers, out);
    }
    if (!out->passes) time_alone(w, out);
    tern_free(p.worker);
    return metrics(g, w, workers, out, e);
}
