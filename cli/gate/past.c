/* tern gate --against-history: this machine now, measured in fresh processes, against its earlier runs in the records. */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "kernels/variant.h"
#include "measure/machine/machine.h"
#include "measure/sampling/block.h"
#include "reports/gate/past.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gate_past {
    struct tern_block block;
    const char *records; /* NULL: nothing is recorded */
    char run[64];
    int will_repeat; /* the verdicts are not the last ones: nothing is recorded yet */
};

/* A case by its name, "variant/MxKxN/t:T/regime", with the parameters that it has. */
struct past_case {
    char variant[96], params[160], regime[24];
    size_t m, k, n, threads;
};

static int read_case(const struct gate_arguments *a, const char *name, struct past_case *c) {
    char shape[64];
    *c = (struct past_case){.params = "-"};
    if (sscanf(name, "%95[^/]/%63[^/]/t:%zu/%23s", c->variant, shape, &c->threads, c->regime) != 4 ||
        sscanf(shape, "%zux%zux%zu", &c->m, &c->k, &c->n) != 3)
        return 0;
    const size_t bytes = (size_t)(strrchr(name, '/') - name);
    for (size_t i = 0; i < a->with.count; i++)
        if (!strncmp(a->with.item[i], name, bytes) && a->with.item[i][bytes] == '=')
            snprintf(c->params, sizeof c->params, "%s", a->with.item[i] + bytes + 1);
    return 1;
}

static int same(const char *a, const char *b) {
    return !strcmp(a ? a : "", b ? b : "");
}

static int is_earlier(const struct tern_record *r, const struct past_case *c, const char *machine) {
    return same(r->kind, "gate") && same(r->machine, machine) && same(r->variant, c->variant) &&
           same(r->params, c->params) && same(r->regime, c->regime) && r->m == c->m && r->k == c->k &&
           r->n == c->n && r->threads == c->threads && r->est.n && r->complete;
}

static enum tern_status remember(const struct gate_past *p, const struct past_case *c,
                                 const struct tern_estimate *now, struct tern_error *e) {
    struct tern_record r;
    char flags[128];
    const struct tern_variant *v = tern_variant_named(c->variant);
    tern_block_flags(&p->block, flags, sizeof flags);
    tern_record_init(&r);
    r.kind = "gate";
    r.run = p->run;
    r.variant = c->variant;
    r.params = c->params;
    r.code = v ? tern_variant_code_key(v) : NULL;
    r.op = c->n == 1 ? "gemv" : "gemm";
    r.format = v ? v->format->name : NULL;
    r.m = c->m, r.k = c->k, r.n = c->n;
    r.threads = c->threads;
    r.regime = c->regime;
    r.unit = "ns/call";
    r.est = *now;
    r.flags = flags;
    r.complete = !p->block.dirt;
    return tern_record_append(p->records, &r, e);
}

static enum tern_status read_past(const char *path, struct tern_records *out, struct tern_error *e) {
    *out = (struct tern_records){.item = NULL};
    return access(path, F_OK) && errno == ENOENT ? TERN_OK : tern_records_read(path, out, e);
}

/* The row of the same case in the run that was made again; NULL: there is none. */
static const struct tern_gate_row *again_of(const struct tern_gate *again, const char *name) {
    for (size_t i = 0; again && i < again->rows; i++)
        if (!strcmp(again->row[i].name, name)) return &again->row[i];
    return NULL;
}

static enum tern_status judge_one(const struct gate_arguments *a, const struct gate_past *p,
                                  const struct tern_records *past, const struct tern_gate *again,
                                  struct tern_gate_row *r, struct tern_error *e) {
    const struct tern_machine *m;
    struct past_case c;
    enum tern_status s = tern_machine_get(&m, e);
    double *before = malloc((past->count + 1) * sizeof *before);
    size_t runs = 0;
    if (!s && !before) s = tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    const int known = !s && read_case(a, r->name, &c);
    for (size_t i = 0; known && i < past->count; i++)
        if (is_earlier(&past->item[i], &c, m->key)) before[runs++] = past->item[i].est.median;
    if (known) {
        const struct tern_gate_row *second = again_of(again, r->name);
        const struct tern_estimate now = tern_gate_now(r);
        tern_gate_judge_past(r, before, runs, now.median, second ? tern_gate_now(second).median : NAN,
                             a->threshold);
        if (p->records && !p->will_repeat && now.n) s = remember(p, &c, &now, e);
    }
    free(before);
    return s;
}

static enum tern_status judge_all(const struct gate_arguments *a, const struct gate_past *p,
                                  const char *history, const struct tern_gate *again, struct tern_gate *g,
                                  struct tern_error *e) {
    struct tern_records past;
    enum tern_status s = read_past(history, &past, e);
    if (s) return s;
    g->mode = TERN_GATE_PAST;
    for (size_t i = 0; i < g->rows && !s; i++) s = judge_one(a, p, &past, again, &g->row[i], e);
    tern_records_free(&past);
    return s;
}

/* 1 when a row may be a regression. */
static int suspects(const struct tern_gate *g) {
    for (size_t i = 0; i < g->rows; i++)
        if (g->row[i].suspected) return 1;
    return 0;
}

enum tern_status gate_against_past(struct gate_arguments *a, gate_measure_fn *measure, struct tern_gate *out,
                                   struct tern_error *e) {
    const struct tern_machine *m;
    char *history = tern_cli_records_file(a->past.file);
    struct gate_past p = {.records = a->past.none ? NULL : history, .will_repeat = 1};
    struct tern_gate again;
    if (!history)
        return tern_fail(e, TERN_BAD_INPUT, "gate: no home folder is known; name the records with --records");
    tern_cli_run_id("gate", p.run, sizeof p.run);
    a->base_program = a->program; /* both sides are this build: twice as many processes of it */
    enum tern_status s = tern_machine_get(&m, e);
    if (!s) tern_block_begin(m, &p.block);
    if (!s) s = measure(a, out, e);
    if (s) goto done;
    tern_block_end(m, &p.block);
    p.block.dirt &=
        ~(unsigned)TERN_DIRT_LOAD; /* the processes that are measured are children: they count as others */
    s = judge_all(a, &p, history, NULL, out, e);
    const int repeat = !s && suspects(out);
    if (repeat) {
        a->seed++;
        s = measure(a, &again, e);
    }
    p.will_repeat = 0;
    if (!s) s = judge_all(a, &p, history, repeat ? &again : NULL, out, e);
    if (repeat && !s) tern_gate_free(&again);
    if (s) tern_gate_free(out);
done:
    free(history);
    return s;
}
