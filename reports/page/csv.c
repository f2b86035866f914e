/* One CSV per table: unrounded numbers, an empty field for what was not measured. */
#include "reports/page/csv_cells.h"
#include "reports/sections/sections.h"

#include <math.h>

void tern_csv_leaderboard(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_text notes = {0};
    tern_text_put(
        t, TERN_CSV_PROBLEM
        ",place,standing,variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,mad_ns,min_ns,n,bytes,"
        "macs,gmac_per_s,of_ceiling,ceiling,base,ratio,ratio_ci95_low,ratio_ci95_high,ratio_n,notes\n");
    for (size_t i = 0; i < d->problems; i++) {
        for (size_t j = 0; j < d->problem[i].count; j++) {
            const struct tern_report_entry *x = &d->problem[i].entry[j];
            const struct tern_record *r = x->record;
            tern_csv_problem(t, r);
            tern_csv_count(t, j + 1);
            tern_csv_text(t, tern_standing_name(x->standing));
            tern_csv_variant(t, r);
            tern_csv_number(t, r->est.median), tern_csv_number(t, r->est.ci_lo),
                tern_csv_number(t, r->est.ci_hi);
            tern_csv_number(t, r->est.mad), tern_csv_number(t, r->est.min);
            tern_csv_count(t, r->est.n);
            tern_csv_number(t, r->bytes), tern_csv_number(t, r->macs),
                tern_csv_number(t, tern_rate(r->macs, r->est.median));
            tern_csv_number(t, r->of_ceiling);
            tern_csv_text(t, r->ceiling), tern_csv_text(t, r->base);
            const double absent = r->ratio.n ? 0 : NAN;
            tern_csv_number(t, r->ratio.median + absent), tern_csv_number(t, r->ratio.ci_lo + absent),
                tern_csv_number(t, r->ratio.ci_hi + absent);
            tern_csv_count(t, r->ratio.n);
            notes.used = 0;
            tern_text_put(&notes, "");
            tern_put_notes(&notes, d, r);
            tern_csv_text(t, notes.data);
            tern_text_put(t, "\n");
        }
    }
    t->failed |= notes.failed;
    tern_text_free(&notes);
}

void tern_csv_winners(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(
        t, TERN_CSV_PROBLEM
        ",variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,n,not_separable,f16_variant,over_f16,"
        "over_f16_low,over_f16_high,over_f16_n,over_f16_method,i2s_variant,over_i2s,over_i2s_low,"
        "over_i2s_high,over_i2s_n,over_i2s_method\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!q->best) continue;
        tern_csv_problem(t, q->key);
        tern_csv_variant(t, q->best);
        tern_csv_number(t, q->best->est.median), tern_csv_number(t, q->best->est.ci_lo),
            tern_csv_number(t, q->best->est.ci_hi);
        tern_csv_count(t, q->best->est.n);
        tern_text_printf(t, ",%zu", q->tied);
        tern_csv_text(t, q->f16 ? q->f16->variant : NULL);
        tern_csv_speedup(t, tern_speedup_of(q->best, q->f16));
        tern_csv_text(t, q->i2s ? q->i2s->variant : NULL);
        tern_csv_speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_text_put(t, "\n");
    }
}

static void roofline_point(struct tern_text *t, const char *role, const struct tern_record *r) {
    if (!r || !(r->bytes > 0) || !isfinite(tern_rate(r->macs, r->est.median))) return;
    tern_csv_problem(t, r);
    tern_csv_text(t, role);
    tern_csv_variant(t, r);
    tern_csv_number(t, r->macs / r->bytes);
    tern_csv_number(t, tern_rate(r->macs, r->est.median));
    tern_csv_number(t, tern_rate(r->macs, r->est.ci_hi)),
        tern_csv_number(t, tern_rate(r->macs, r->est.ci_lo));
    tern_csv_count(t, r->est.n);
    tern_text_put(t, "\n");
}

void tern_csv_roofline(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, TERN_CSV_PROBLEM
                  ",role,variant,params,format,modelled_macs_per_byte,gmac_per_s,ci95_low,ci95_high,n\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        roofline_point(t, "best", q->best);
        roofline_point(t, "f16 baseline", q->f16);
        roofline_point(t, "f32 baseline", q->f32);
        if (q->i2s != q->best) roofline_point(t, "I2_S baseline", q->i2s);
    }
}

void tern_csv_ceilings(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(
        t, "machine,run,ceiling,op,regime,threads,bytes,rate,unit,low,high,spread,measurements,n_of_last\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_csv(t, r->machine);
        tern_csv_text(t, r->run), tern_csv_text(t, r->variant), tern_csv_text(t, r->op),
            tern_csv_text(t, r->regime);
        tern_csv_count(t, r->threads);
        tern_csv_number(t, c->is_read ? r->bytes : NAN);
        tern_csv_number(t, c->rate);
        tern_csv_text(t, c->is_read ? "GB/s" : "GMAC/s");
        tern_csv_number(t, c->lo), tern_csv_number(t, c->hi);
        tern_csv_text(t, c->records > 1 ? "lowest and highest median" : "95 % interval of the median");
        tern_csv_count(t, c->records), tern_csv_count(t, r->est.n);
        tern_text_put(t, "\n");
    }
}

void tern_csv_e2e(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "machine,run,model,phase,tokens,threads,plan,tokens_per_s,ci95_low,ci95_high,mad,n,"
                     "speedup,speedup_low,"
                     "speedup_high,speedup_n,speedup_method\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = tern_report_untuned(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        tern_text_csv(t, r->machine);
        tern_csv_text(t, r->run), tern_csv_text(t, r->model), tern_csv_text(t, r->op);
        tern_csv_count(t, r->n), tern_csv_count(t, r->threads);
        tern_csv_text(t, r->variant);
        tern_csv_number(t, k.median), tern_csv_number(t, k.lo), tern_csv_number(t, k.hi),
            tern_csv_number(t, k.mad);
        tern_csv_count(t, r->est.n);
        tern_csv_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
}

static void facts(const char *header, const struct tern_facts *f, const char *machine, struct tern_text *t) {
    if (header) tern_text_put(t, header);
    for (size_t i = 0; i < f->count; i++) {
        if (machine) tern_text_csv(t, machine), tern_text_put(t, ",");
        tern_text_csv(t, f->item[i].what);
        tern_csv_text(t, f->item[i].text);
        tern_csv_count(t, f->item[i].count);
        tern_text_put(t, "\n");
    }
    t->failed |= f->failed;
}

void tern_csv_machines(const struct tern_report_page *p, struct tern_text *t) {
    for (size_t i = 0; i < p->machines; i++) {
        struct tern_facts sheet = {0}, warnings = {0};
        tern_report_machine_facts(p->data, p->machine[i], &sheet);
        tern_report_warnings(p->data, p->machine[i], &warnings);
        facts(i ? NULL : "machine,what,value,records\n", &sheet, p->machine[i], t);
        facts(NULL, &warnings, p->machine[i], t);
        tern_facts_free(&sheet);
        tern_facts_free(&warnings);
    }
}

void tern_csv_missing(const struct tern_report_page *p, struct tern_text *t) {
    facts("what,why,records\n", &p->gaps, NULL, t);
}

enum tern_status tern_report_csv(const struct tern_report_page *p, struct tern_error *e) {
    for (size_t i = 0; i < tern_section_count; i++) {
        const struct tern_section *x = tern_sections[i];
        for (size_t j = 0; x->csv[j].name; j++) {
            struct tern_text t = {0};
            tern_section_csv(x, j, p, &t);
            const enum tern_status s = tern_text_save(&t, p->options->out, x->csv[j].name, e);
            tern_text_free(&t);
            if (s) return s;
        }
    }
    return TERN_OK;
}
