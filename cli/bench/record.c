/* From the cases of a bench to records. */
#include "cli/bench/bench.h"

#include "measure/records/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void record_extra(const struct tern_bench *b, const struct tern_bench_entry *en, char *groups,
                         size_t groups_bytes, char *flags, size_t flags_bytes, struct tern_record *r) {
    const struct tern_bench_extra *x = &en->extra;
    const struct tern_bench_plan *plan = &b->plan;
    char dirt[96] = "";
    r->why_no_counters = "not asked for";
    for (size_t g = 0; g < plan->groups && en->measured; g++) {
        snprintf(groups + strlen(groups), groups_bytes - strlen(groups), "%s%s", g ? " " : "",
                 plan->group[g].name);
        for (size_t i = 0; i < plan->group[g].metrics; i++) {
            const struct tern_counted_value *v = &x->counted[g].metric[i];
            if (isnan(v->value)) r->why_no_counters = v->why;
            if (isnan(v->value) || r->counters == TERN_RECORD_VALUES) continue;
            r->counter[r->counters].name = plan->group[g].metric[i].name;
            r->counter[r->counters++].value = v->value;
        }
    }
    r->counters_src = groups;
    r->why_no_energy = plan->energy && x->why_no_energy[0] ? x->why_no_energy
                       : plan->modelled                    ? "a model was asked for"
                                                           : "not asked for";
    if (en->measured) {
        r->joules = x->joules;
        r->idle_watts = plan->energy ? plan->idle_watts : NAN;
        r->energy_src = plan->energy ? tern_energy_name(plan->energy) : NULL;
        if (plan->modelled) {
            r->modelled_from = x->modelled.from;
            r->modelled_to = x->modelled.to;
            r->energy_model = plan->model.name;
        }
        if (x->has_read) {
            r->ceiling = "read";
            r->of_ceiling = x->of_read.median;
        }
        tern_block_flags(&x->block, dirt, sizeof dirt);
    }
    snprintf(flags, flags_bytes, "gbench%s%s%s%s%s%s", b->fixture.machine->hypervisor[0] ? " vm" : "",
             r->est.unstable ? " unstable" : "", dirt[0] ? " " : "", dirt,
             en->measured && x->fit == TERN_FIT_BROKEN ? " broken-ceiling" : "",
             en->measured && x->fit == TERN_FIT_NOT_SHOWN ? " regime-not-shown" : "");
    r->flags = flags;
}

enum tern_status tern_bench_record(const struct tern_bench *b, const struct tern_bench_listing *l,
                                   const char *path, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < l->count && !s; i++) {
        const struct tern_bench_entry *en = &l->item[i];
        if (!en->runs) continue;
        struct tern_record r;
        tern_record_init(&r);
        r.kind = "sample";
        r.run = b->run;
        r.code = tern_variant_code_key(en->variant);
        r.variant = en->variant->name;
        r.params = en->params;
        r.op = en->problem.n == 1 ? "gemv" : "gemm";
        r.format = en->variant->format->name;
        r.model = en->model;
        r.m = en->problem.m, r.k = en->problem.k, r.n = en->problem.n;
        r.threads = en->problem.threads;
        r.regime = tern_regime_name(en->problem.regime);
        r.unit = "ns/call";
        r.est = en->measured ? en->extra.est : tern_estimate_of(en->ns, en->runs);
        if (!en->measured) r.samples = en->ns, r.sample_count = en->runs;
        r.bytes = (double)en->variant->format->bytes(r.m, r.k);
        r.macs = (double)r.m * (double)r.k * (double)r.n;
        char flags[256], groups[160] = "";
        record_extra(b, en, groups, sizeof groups, flags, sizeof flags, &r);
        r.complete = 1;
        s = tern_record_append(path, &r, e);
    }
    return s;
}
