/* The records of a target. */
#include "measure/records/record.h"
#include "tuner/targets/targets.h"

enum tern_status tern_target_record(const struct tern_target *t, const struct tern_target_seen *seen,
                                    const struct tern_fixture *fixture, const char *run, const char *path,
                                    struct tern_error *e) {
    struct tern_record r;
    char params[160];
    if (!seen->variant) return TERN_OK;
    const int read = seen->kind == TERN_CEILING_READ;
    tern_record_init(&r);
    r.kind = "ceiling";
    r.run = run;
    r.variant = seen->ceiling_name;
    r.op = tern_ceiling_kind_name(seen->kind);
    r.unit = read ? "GB/s" : "GMAC/s";
    r.m = t->m, r.k = t->k, r.n = t->n;
    r.threads = t->threads ? t->threads : fixture->machine->cpus;
    r.regime = tern_regime_name(t->regime == TERN_HOT ? TERN_HOT : fixture->cold);
    r.est = seen->ceiling;
    r.flags = fixture->machine->hypervisor[0] ? "targets vm" : "targets";
    r.complete = 1;
    /* What the layouts are compared with is a kernel, not a ceiling. */
    enum tern_status s = t->layouts ? TERN_OK : tern_record_append(path, &r, e);
    if (s) return s;
    tern_variant_params_text(seen->variant, seen->param, params, sizeof params);
    r.kind = "sample";
    r.code = tern_variant_code_key(seen->variant);
    r.variant = seen->variant->name;
    r.params = params;
    r.op = t->n == 1 ? "gemv" : "gemm";
    r.format = seen->variant->format->name;
    r.unit = "ns/call";
    r.est = seen->ns;
    r.bytes = (double)seen->variant->format->bytes(t->m, t->k);
    r.macs = (double)t->m * (double)t->k * (double)t->n;
    if (!t->layouts) r.of_ceiling = seen->share.median, r.ceiling = seen->ceiling_name;
    r.why_no_counters = r.why_no_energy = "not asked for";
    return tern_record_append(path, &r, e);
}
