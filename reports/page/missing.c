#include "reports/page/missing.h"

#include "reports/data/number.h"

#include <math.h>
#include <string.h>

static void of_record(struct tern_facts *out, const struct tern_record *r) {
    if (*tern_or_empty(r->why_no_counters)) tern_facts_add(out, "Hardware counters", r->why_no_counters, 1);
    if (*tern_or_empty(r->why_no_energy)) tern_facts_add(out, "Energy", r->why_no_energy, 1);
    if (!isfinite(r->est.ci_lo) || !isfinite(r->est.ci_hi))
        tern_facts_add(out, "95 % interval", "fewer than 6 samples were taken", 1);
    if (!r->complete) tern_facts_add(out, "All planned rounds", "the time budget ended first", 1);
}

static void of_problem(struct tern_facts *out, const struct tern_report_data *d,
                       const struct tern_report_problem *p) {
    const struct tern_report_ceiling *roof[1];
    int same_run;
    for (size_t i = 0; i < p->count; i++) of_record(out, p->entry[i].record);
    if (!p->f16) tern_facts_add(out, "Speedup over f16", "no f16 variant was measured for this problem", 1);
    if (!p->i2s) tern_facts_add(out, "Speedup over I2_S", "no I2_S variant was measured for this problem", 1);
    if (!p->best)
        tern_facts_add(out, "Best ternary variant", "only dense variants were measured for this problem", 1);
    if (!tern_report_ceilings_of(d, p->key, roof, 1, &same_run))
        tern_facts_add(out, "Ceilings", "no ceiling was measured on this machine with this number of threads",
                       1);
    else if (!same_run)
        tern_facts_add(out, "Ceilings of the same run",
                       "this run measured none; those of another run of the same machine are shown", 1);
}

void tern_report_missing(const struct tern_report_data *d, const struct tern_report_options *o,
                         const struct tern_figures *f, const char *why_not_drawn, struct tern_facts *out) {
    for (size_t i = 0; i < d->problems; i++) of_problem(out, d, &d->problem[i]);
    for (size_t i = 0; i < d->ceilings; i++) of_record(out, d->ceiling[i].record);
    for (size_t i = 0; i < d->e2es; i++) of_record(out, d->e2e[i]);
    if (!d->problems)
        tern_facts_add(out, "Variants", "the records hold no sample (tern tune or tern bench writes them)",
                       0);
    if (!d->e2es) tern_facts_add(out, "End-to-end speed", "the records hold none (tern e2e writes them)", 0);
    if (!d->machines)
        tern_facts_add(out, "Machine sheet", "the records hold none; only the machine's key is known", 0);
    if (!d->verifies)
        tern_facts_add(out, "Verification", "the records hold none (tern verify writes them)", 0);
    if (d->empty) tern_facts_add(out, "Estimate", "records without a number were left out", d->empty);
    if (d->older)
        tern_facts_add(out, "Older runs",
                       "left out for the newest run of the same problem (--all-runs shows them)", d->older);
    if (d->repeats)
        tern_facts_add(out, "Repeated samples",
                       "replaced by a later one of the same run, variant and parameters", d->repeats);
    for (size_t i = 0; i < o->sources; i++)
        if (o->source[i].skipped)
            tern_facts_add(out, "Lines of the records", "torn, not JSON or of another schema: skipped",
                           o->source[i].skipped);
    if (*why_not_drawn) tern_facts_add(out, "Figures", why_not_drawn, 0);
    if (f->why_no_png) tern_facts_add(out, "Figures as PNG", f->why_no_png, 0);
    if (f->why_no_pdf) tern_facts_add(out, "Figures as PDF", f->why_no_pdf, 0);
    if (!d->searches)
        tern_facts_add(out, "Searches",
                       "the records hold none (tern tune writes them): no sensitivity, no trace", 0);
}
