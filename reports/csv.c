/* One CSV per table: unrounded numbers, an empty field for what was not measured. */
#include "reports/page.h"

#include "reports/number.h"

#include <math.h>

static void text(struct tern_text *t, const char *s) {
    tern_text_put(t, ",");
    tern_text_csv(t, s);
}

static void number(struct tern_text *t, double v) {
    tern_text_put(t, ",");
    tern_put_exact(t, v, "");
}

static void count(struct tern_text *t, size_t v) {
    tern_text_printf(t, v ? ",%zu" : ",", v);
}

static void problem(struct tern_text *t, const struct tern_record *r) {
    tern_text_csv(t, r->machine);
    text(t, r->run);
    count(t, r->m), count(t, r->k), count(t, r->n), count(t, r->threads);
    text(t, r->regime);
}
#define PROBLEM_COLUMNS "machine,run,m,k,n,threads,regime"

static void variant(struct tern_text *t, const struct tern_record *r) {
    text(t, r ? r->variant : NULL);
    text(t, r ? r->params : NULL);
    text(t, r ? r->format : NULL);
}

static void speedup(struct tern_text *t, struct tern_speedup s) {
    number(t, s.ratio), number(t, s.lo), number(t, s.hi);
    count(t, s.n);
    text(t, isfinite(s.ratio) ? tern_speedup_method_name(s.method) : NULL);
}

static void leaderboard(const struct tern_report_data *d, struct tern_text *t) {
    struct tern_text notes = {0};
    tern_text_put(
        t, PROBLEM_COLUMNS
        ",place,standing,variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,mad_ns,min_ns,n,bytes,"
        "macs,gmac_per_s,of_ceiling,ceiling,base,ratio,ratio_ci95_low,ratio_ci95_high,ratio_n,notes\n");
    for (size_t i = 0; i < d->problems; i++) {
        for (size_t j = 0; j < d->problem[i].count; j++) {
            const struct tern_report_entry *x = &d->problem[i].entry[j];
            const struct tern_record *r = x->record;
            problem(t, r);
            count(t, j + 1);
            text(t, tern_standing_name(x->standing));
            variant(t, r);
            number(t, r->est.median), number(t, r->est.ci_lo), number(t, r->est.ci_hi);
            number(t, r->est.mad), number(t, r->est.min);
            count(t, r->est.n);
            number(t, r->bytes), number(t, r->macs), number(t, tern_rate(r->macs, r->est.median));
            number(t, r->of_ceiling);
            text(t, r->ceiling), text(t, r->base);
            const double absent = r->ratio.n ? 0 : NAN;
            number(t, r->ratio.median + absent), number(t, r->ratio.ci_lo + absent),
                number(t, r->ratio.ci_hi + absent);
            count(t, r->ratio.n);
            notes.used = 0;
            tern_text_put(&notes, "");
            tern_put_notes(&notes, d, r);
            text(t, notes.data);
            tern_text_put(t, "\n");
        }
    }
    t->failed |= notes.failed;
    tern_text_free(&notes);
}

static void winners(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, PROBLEM_COLUMNS
        ",variant,params,format,median_ns,ci95_low_ns,ci95_high_ns,n,not_separable,f16_variant,over_f16,"
        "over_f16_low,over_f16_high,over_f16_n,over_f16_method,i2s_variant,over_i2s,over_i2s_low,"
        "over_i2s_high,over_i2s_n,over_i2s_method\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        if (!q->best) continue;
        problem(t, q->key);
        variant(t, q->best);
        number(t, q->best->est.median), number(t, q->best->est.ci_lo), number(t, q->best->est.ci_hi);
        count(t, q->best->est.n);
        tern_text_printf(t, ",%zu", q->tied);
        text(t, q->f16 ? q->f16->variant : NULL);
        speedup(t, tern_speedup_of(q->best, q->f16));
        text(t, q->i2s ? q->i2s->variant : NULL);
        speedup(t, tern_speedup_of(q->best, q->i2s));
        tern_text_put(t, "\n");
    }
}

static void roofline_point(struct tern_text *t, const char *role, const struct tern_record *r) {
    if (!r || !(r->bytes > 0) || !isfinite(tern_rate(r->macs, r->est.median))) return;
    problem(t, r);
    text(t, role);
    variant(t, r);
    number(t, r->macs / r->bytes);
    number(t, tern_rate(r->macs, r->est.median));
    number(t, tern_rate(r->macs, r->est.ci_hi)), number(t, tern_rate(r->macs, r->est.ci_lo));
    count(t, r->est.n);
    tern_text_put(t, "\n");
}

static void roofline(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(t, PROBLEM_COLUMNS
                  ",role,variant,params,format,modelled_macs_per_byte,gmac_per_s,ci95_low,ci95_high,n\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        roofline_point(t, "best", q->best);
        roofline_point(t, "f16 baseline", q->f16);
        roofline_point(t, "f32 baseline", q->f32);
        if (q->i2s != q->best) roofline_point(t, "I2_S baseline", q->i2s);
    }
}

static void ceilings(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, "machine,run,ceiling,op,regime,threads,bytes,rate,unit,low,high,spread,measurements,n_of_last\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_csv(t, r->machine);
        text(t, r->run), text(t, r->variant), text(t, r->op), text(t, r->regime);
        count(t, r->threads);
        number(t, c->is_read ? r->bytes : NAN);
        number(t, c->rate);
        text(t, c->is_read ? "GB/s" : "GMAC/s");
        number(t, c->lo), number(t, c->hi);
        text(t, c->records > 1 ? "lowest and highest median" : "95 % interval of the median");
        count(t, c->records), count(t, r->est.n);
        tern_text_put(t, "\n");
    }
}

static void e2e(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(t, "machine,run,model,phase,tokens,threads,plan,tokens_per_s,ci95_low,ci95_high,mad,n,"
                     "speedup,speedup_low,"
                     "speedup_high,speedup_n,speedup_method\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = tern_report_untuned(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        tern_text_csv(t, r->machine);
        text(t, r->run), text(t, r->model), text(t, r->op);
        count(t, r->n), count(t, r->threads);
        text(t, r->variant);
        number(t, k.median), number(t, k.lo), number(t, k.hi), number(t, k.mad);
        count(t, r->est.n);
        speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
}

static void facts(const char *header, const struct tern_facts *f, const char *machine, struct tern_text *t) {
    if (header) tern_text_put(t, header);
    for (size_t i = 0; i < f->count; i++) {
        if (machine) tern_text_csv(t, machine), tern_text_put(t, ",");
        tern_text_csv(t, f->item[i].what);
        text(t, f->item[i].text);
        count(t, f->item[i].count);
        tern_text_put(t, "\n");
    }
    t->failed |= f->failed;
}

static void machines(const struct tern_report_page *p, struct tern_text *t) {
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

enum tern_status tern_report_csv(const struct tern_report_page *p, struct tern_error *e) {
    static const char *const name[] = {"leaderboard.csv", "winners.csv", "roofline.csv", "ceilings.csv",
                                       "e2e.csv",         "machine.csv", "missing.csv"};
    struct tern_text t[7] = {{0}};
    leaderboard(p->data, &t[0]);
    winners(p->data, &t[1]);
    roofline(p->data, &t[2]);
    ceilings(p->data, &t[3]);
    e2e(p->data, &t[4]);
    machines(p, &t[5]);
    facts("what,why,records\n", &p->gaps, NULL, &t[6]);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < 7; i++) {
        if (!s) s = tern_text_save(&t[i], p->options->out, name[i], e);
        tern_text_free(&t[i]);
    }
    return s;
}
