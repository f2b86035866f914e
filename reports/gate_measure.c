/* Fresh processes of two builds, in turns. */
#define _GNU_SOURCE
#include "reports/gate.h"

#include "base/file.h"
#include "base/random.h"
#include "measure/clock.h"
#include "measure/statistics.h"
#include "reports/gate_process.h"
#include "reports/select.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One repetition lasts about 10 ms, long against the clock and short against the pauses of a shared machine.
 */
static const char min_time[] = "--benchmark_min_time=0.01", repetitions[] = "--benchmark_repetitions=7";
static const double process_seconds_max = 120;
enum { BLOCKS = 8, CONFIRM = 10, STAGES = 2, MAX_ARGUMENTS = 600 };

struct measuring {
    const struct tern_gate_live *o;
    struct tern_gate *out;
    char *records;
    struct tern_random random;
    double started, slowest_block;
    struct tern_error *e;
};

static double seconds_now(void) {
    return (double)tern_now_ns() * 1e-9;
}

static int by_place(const struct tern_gate_live *o) {
    return strcmp(tern_or_empty(o->base_filter), tern_or_empty(o->candidate_filter)) != 0;
}

static void case_name(const struct tern_record *r, char *out, size_t bytes) {
    snprintf(out, bytes, "%s/%zux%zux%zu/t:%zu/%s", tern_or_empty(r->variant), r->m, r->k, r->n, r->threads,
             tern_or_empty(r->regime));
}

/* What interrupted a repetition is not the build's: the lower quartile of the repetitions. */
static double value_of(const struct tern_record *r) {
    double sorted[64];
    const size_t n = r->sample_count < 64 ? r->sample_count : 64;
    if (!n) return r->est.min; /* a build that kept no samples */
    memcpy(sorted, r->samples, n * sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(sorted[i])) return r->est.min;
    tern_sort(sorted, n);
    return tern_quantile_sorted(sorted, n, 0.25);
}

/* `tern bench` with only the problems still asked for; the records are read back. */
static enum tern_status run_one(struct measuring *m, int candidate, const char *only,
                                struct tern_records *out) {
    const struct tern_gate_live *o = m->o;
    const char *argv[MAX_ARGUMENTS] = {candidate ? o->candidate_program : o->base_program,
                                       "bench",
                                       "--filter",
                                       only        ? only
                                       : candidate ? o->candidate_filter
                                                   : o->base_filter,
                                       "--regime",
                                       o->regime,
                                       "--threads",
                                       o->threads,
                                       "--records",
                                       m->records,
                                       min_time,
                                       repetitions};
    size_t at = 12;
    int code;
    char said[600];
    for (size_t i = 0; i < o->problems && at + 3 < MAX_ARGUMENTS; i++)
        argv[at++] = "--problem", argv[at++] = o->problem[i];
    unlink(m->records);
    enum tern_status s =
        tern_gate_process(argv, process_seconds_max, NULL, 0, said, sizeof said, &code, m->e);
    if (s) return s;
    m->out->processes++;
    const char *last = said + strspn(said, "\n");
    for (const char *p = last; (p = strstr(p, "tern: ")); p++) last = p;
    if (code)
        return tern_fail(m->e, TERN_BAD_INPUT, "gate: %s bench: exit code %d: %.*s", argv[0], code,
                         (int)strcspn(last, "\n"), last);
    return tern_records_read(m->records, out, m->e);
}

static enum tern_status take(struct measuring *m, const struct tern_records *set, int candidate, size_t at,
                             size_t room) {
    size_t place = 0;
    for (size_t i = 0; i < set->count; i++) {
        char name[320];
        struct tern_gate_row *r = NULL;
        if (strcmp(set->item[i].kind, "sample")) continue;
        case_name(&set->item[i], name, sizeof name);
        if (by_place(m->o)) {
            if (place < m->out->rows) r = &m->out->row[place];
            place++;
        } else {
            for (size_t j = 0; j < m->out->rows && !r; j++)
                if (!strcmp(m->out->row[j].name, name)) r = &m->out->row[j];
        }
        if (!r && !at) r = tern_gate_add_row(m->out, name, room);
        if (!r && !at) return tern_fail(m->e, TERN_NO_MEMORY, "gate: out of memory");
        if (!r) continue;
        (candidate ? r->candidate : r->base)[at] = value_of(&set->item[i]);
        if (r->values <= at) r->values = at + 1;
    }
    return TERN_OK;
}

/* Regular expression of the suspected cases; NULL: all, because cases pair by place. */
static char *suspects(const struct tern_gate *g) {
    struct tern_text t = {0};
    for (size_t i = 0; i < g->rows; i++) {
        if (!g->row[i].suspected) continue;
        tern_text_put(&t, t.used ? "|" : "^(");
        tern_text_put(&t, g->row[i].name);
    }
    tern_text_put(&t, ")$");
    if (t.failed) tern_text_free(&t);
    return t.data;
}

static int time_for(const struct measuring *m, double blocks) {
    return seconds_now() - m->started + blocks * m->slowest_block < m->o->budget_seconds;
}

/* One pair of neighbours; even pairs begin with the base, odd ones with the candidate: ABBA. */
static enum tern_status block(struct measuring *m, size_t at, size_t room, const char *only) {
    const double from = seconds_now();
    enum tern_status s = TERN_OK;
    for (int i = 0; i < 2 && !s; i++) {
        struct tern_records set = {0};
        const int candidate = (at % 2 == 0) == (i == 1);
        s = run_one(m, candidate, only, &set);
        if (!s) s = take(m, &set, candidate, at, room);
        tern_records_free(&set);
    }
    m->slowest_block = fmax(m->slowest_block, seconds_now() - from);
    return s;
}

static void tell(const struct measuring *m, const char *note) {
    if (m->o->progress) m->o->progress(m->o->ctx, (seconds_now() - m->started) / m->o->budget_seconds, note);
}

static size_t count_suspects(struct tern_gate *g, double threshold) {
    size_t n = 0;
    for (size_t i = 0; i < g->rows; i++) n += tern_gate_suspect(&g->row[i], threshold) != 0;
    return n;
}

static size_t count_undecided(struct tern_gate *g, double threshold) {
    size_t n = 0;
    for (size_t i = 0; i < g->rows; i++) {
        tern_gate_judge(&g->row[i], threshold);
        n += g->row[i].suspected && g->row[i].verdict == TERN_GATE_CANNOT_TELL;
    }
    return n;
}

enum tern_status tern_gate_measure(const struct tern_gate_live *o, struct tern_gate *out,
                                   struct tern_error *e) {
    struct measuring m = {.o = o, .out = out, .random = {o->seed}, .started = seconds_now(), .e = e};
    const size_t screen = o->blocks ? o->blocks : BLOCKS, room = screen + STAGES * CONFIRM;
    size_t at = 0;
    char *only = NULL;
    *out = (struct tern_gate){.mode = TERN_GATE_LIVE, .threshold = o->threshold, .seed = o->seed};
    m.records = tern_format_text("%s/gate.jsonl", o->folder);
    enum tern_status s = m.records ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    for (; at < screen && !s && (at < 2 || time_for(&m, 1)); at++) {
        tell(&m, "screening");
        s = block(&m, at, room, NULL);
    }
    if (!s && !out->rows) s = tern_fail(e, TERN_BAD_INPUT, "gate: no case was measured");
    for (size_t i = 0; i < out->rows; i++) out->row[i].screened = at;
    size_t open = s ? 0 : count_suspects(out, o->threshold);
    if (open && !by_place(o)) only = suspects(out);
    m.slowest_block = 0;
    for (int stage = 0; stage < STAGES && open && !s; stage++) {
        for (size_t i = 0; i < CONFIRM && !s && time_for(&m, 1); i++, at++) {
            tell(&m, "measuring suspects again");
            s = block(&m, at, room, only);
        }
        if (!s) open = count_undecided(out, o->threshold);
    }
    if (!s) count_undecided(out, o->threshold);
    out->seconds = seconds_now() - m.started;
    if (m.records) unlink(m.records);
    free(m.records);
    free(only);
    if (s) tern_gate_free(out);
    return s;
}
