#define _GNU_SOURCE
#include "tuner/session/outcome_record.h"

#include "measure/counters/counters.h"
#include "measure/records/record.h"
#include "measure/sampling/block.h"

#include <math.h>
#include <stdio.h>

static void problem_of_record(const struct tern_session *s, const struct tern_outcome *o,
                              struct tern_record *r) {
    const struct tern_problem *p = &o->task->problem;
    tern_record_init(r);
    r->run = s->run;
    r->m = p->m, r->k = p->k, r->n = p->n;
    r->threads = p->threads;
    r->model = o->task->model;
    r->regime = tern_regime_name(o->regime);
    r->complete = o->complete;
    r->why_no_counters = o->why_no_counters[0] ? o->why_no_counters : tern_counters_why_not();
    if (!r->why_no_counters) r->why_no_counters = "only the finalists of a duel are counted";
    r->why_no_energy = tern_energy_why_not();
    if (!r->why_no_energy) r->why_no_energy = "not asked for: tuning measures time";
}

static enum tern_status record_standing(const struct tern_session *s, const struct tern_outcome *o,
                                        const struct tern_leader *st, const char *base,
                                        struct tern_error *e) {
    struct tern_record r;
    char params[160], flags[256], dirt[96];
    const struct tern_block block = {.dirt = o->dirt};
    tern_block_flags(&block, dirt, sizeof dirt);
    problem_of_record(s, o, &r);
    tern_variant_params_text(st->variant, st->param, params, sizeof params);
    const char *vm = s->o->machine->hypervisor[0] ? " vm" : "";
    snprintf(flags, sizeof flags, "%s%s%s%s%s%s%s%s", st->is_default ? " default" : "",
             st->is_winner ? " winner" : "", st->is_baseline ? " baseline" : "",
             st->est.unstable ? " unstable" : "", vm, o->regime == TERN_WCOLD_CAPPED ? " wcold-capped" : "",
             dirt[0] ? " " : "", dirt);
    r.kind = "sample";
    r.code = tern_variant_code_key(st->variant);
    r.variant = st->variant->name;
    r.params = params;
    r.op = o->task->problem.n == 1 ? "gemv" : "gemm";
    r.format = st->variant->format->name;
    char unit[16];
    snprintf(unit, sizeof unit, "%s/call", tern_objective_unit(s->o->objective));
    r.unit = unit;
    r.est = st->est;
    r.samples = st->sample, r.sample_count = st->samples;
    r.base = base;
    r.ratio = st->over_default;
    r.floor = o->floor;
    r.bytes = st->bytes;
    r.macs = st->macs;
    r.flags = flags[0] ? flags + 1 : NULL;
    if (!isnan(st->ipc)) {
        r.counters_src = "guide";
        r.counter[r.counters].name = "ipc";
        r.counter[r.counters++].value = st->ipc;
    }
    const int reads = st->of_read.n && (!st->of_int8.n || st->of_read.median >= st->of_int8.median);
    const struct tern_ratio *share_of = reads ? &st->of_read : &st->of_int8;
    if (share_of->n) {
        r.of_ceiling = share_of->median;
        r.ceiling = reads ? o->read.name : o->int8.name;
    }
    return tern_record_append(s->o->records, &r, e);
}

static enum tern_status record_ceiling(const struct tern_session *s, const struct tern_outcome *o,
                                       const struct tern_ceiling_seen *seen, const char *op, const char *unit,
                                       struct tern_error *e) {
    struct tern_record r;
    if (!seen->est.n) return TERN_OK;
    problem_of_record(s, o, &r);
    r.kind = "ceiling";
    r.variant = seen->name;
    r.op = op;
    r.unit = unit;
    r.est = seen->est;
    r.flags = s->o->machine->hypervisor[0] ? "vm" : NULL;
    return tern_record_append(s->o->records, &r, e);
}

enum tern_status tern_outcome_record(const struct tern_session *s, const struct tern_outcome *o,
                                     struct tern_error *e) {
    enum tern_status st = TERN_OK;
    int param[TERN_MAX_PARAMS];
    if (!s->o->records || !o->measured) return TERN_OK;
    const struct tern_variant *base = tern_wisdom_named(o->entry.base, param);
    for (size_t i = 0; i < o->standings && !st; i++)
        st = record_standing(s, o, &o->standing[i], base ? base->name : o->entry.base, e);
    if (!st) st = record_ceiling(s, o, &o->read, "read", "GB/s", e);
    if (!st) st = record_ceiling(s, o, &o->int8, "int8", "GMAC/s", e);
    return st;
}
