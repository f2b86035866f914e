/* The results of `tern e2e` as records. */
#include "cli/engine/e2e.h"

#include "measure/clock.h"
#include "measure/machine/machine.h"
#include "measure/records/record.h"
#include "models/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

/* What a token reads comes from memory when it cannot stay in the last-level cache. */
static struct tern_energy_range modelled(const struct e2e_job *j, const struct tern_e2e_row *row,
                                         const struct tern_model_facts *f) {
    const struct tern_machine *m;
    const int cold = tern_machine_get(&m, NULL) || !m->l3_bytes || row->bytes_per_token > (double)m->l3_bytes;
    return tern_energy_modelled(&j->model, cold, row->bytes_per_token,
                                row->facts.macs_per_token + (double)f->head_weights);
}

static void put_energy(const struct e2e_job *j, const struct tern_e2e_row *row,
                       const struct tern_model_facts *f, struct tern_record *r) {
    r->why_no_energy = row->why_no_joules;
    if (row->joules.n) {
        r->joules = row->joules.median;
        r->idle_watts = row->idle_watts;
        r->energy_src = row->energy_src;
    }
    if (!j->modelled) return;
    r->why_no_energy = row->decode ? "a model was asked for" : "the model knows no bytes per prompt token";
    if (!row->decode) return;
    const struct tern_energy_range x = modelled(j, row, f);
    r->modelled_from = x.from, r->modelled_to = x.to;
    r->energy_model = j->model.name;
}

static void put_spent(const struct tern_e2e_row *row, struct tern_record *r) {
    for (size_t i = 0; row->has_breakdown && i < TERN_OPERATIONS; i++)
        r->spent[r->spents++] =
            (struct tern_record_value){tern_spent_name((enum tern_operation)i), row->spent[i]};
}

static void put_memory(const struct e2e_job *j, const struct tern_e2e_row *row,
                       const struct tern_model_facts *f, struct tern_record *r) {
    struct stat st;
    const char *path = tern_model_path(j->c.m);
    if (row->peak_rss_bytes) r->memory.peak_rss = (double)row->peak_rss_bytes;
    r->memory.body = (double)row->facts.body_bytes;
    r->memory.head = (double)row->facts.head_bytes;
    r->memory.kv = (double)row->kv_bytes;
    if (path && !stat(path, &st)) r->memory.file = (double)st.st_size;
    r->memory.weights = (double)f->linear_weights;
    r->memory.head_weights = (double)f->head_weights;
}

enum tern_status e2e_record(const struct e2e_job *j, const char *path, const struct tern_e2e_row *rows,
                            size_t count, struct tern_error *e) {
    char run[32], flags[64], settings[256], params[1024];
    struct tern_model_facts facts;
    const struct tern_machine *m;
    enum tern_status s = tern_machine_get(&m, e);
    snprintf(run, sizeof run, "e2e-%016" PRIx64, tern_now_ns());
    tern_model_facts(j->c.m, &facts);
    if (s == TERN_OK) { /* a report needs the caches of the machine to judge these figures */
        struct tern_record r;
        tern_record_of_machine(m, params, sizeof params, &r);
        r.run = run;
        s = tern_record_append(path, &r, e);
    }
    for (size_t i = 0; s == TERN_OK && i < count; i++) {
        const struct tern_e2e_row *row = &rows[i];
        struct tern_record r;
        tern_record_init(&r);
        snprintf(flags, sizeof flags, "%s%s", m->hypervisor[0] ? "vm" : "",
                 row->rate.unstable ? " unstable" : "");
        r.kind = "e2e";
        r.run = run;
        r.variant = e2e_tuned(row);
        const char *beyond = e2e_settings(j, settings, sizeof settings);
        snprintf(params, sizeof params, "%s%s%s", e2e_plan(row), *beyond ? "," : "", beyond);
        r.params = params;
        r.op = row->decode ? "decode" : "prefill";
        r.model = j->c.model;
        r.n = row->tokens;
        r.threads = row->threads;
        r.unit = "tok/s";
        r.est = row->rate;
        r.samples = row->sample, r.sample_count = row->samples;
        if (row->decode) r.bytes = row->bytes_per_token;
        r.macs = row->facts.macs_per_token;
        if (row->share.n) r.of_ceiling = row->share.median, r.ceiling = row->ceiling_name;
        put_energy(j, row, &facts, &r);
        put_memory(j, row, &facts, &r);
        put_spent(row, &r);
        r.flags = flags;
        r.complete = 1;
        s = tern_record_append(path, &r, e);
    }
    return s;
}
