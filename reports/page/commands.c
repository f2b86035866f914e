#include "reports/page/commands.h"

#include "reports/data/number.h"

#include <string.h>

static const char *regime_argument(const char *regime) {
    return strcmp(regime, "wcold-capped") ? regime : "wcold";
}

/* "<option> 1,2": the distinct thread counts of the records of this kind (and regime), rising; nothing when
 * none. */
static void put_threads(struct tern_text *t, const struct tern_report_data *d, const char *option,
                        const char *kind, const char *regime) {
    size_t last = 0;
    for (const char *before = option;; before = ",") {
        size_t next = 0;
        for (size_t i = 0; i < d->all_count; i++) {
            const struct tern_record *r = &d->all[i];
            if (strcmp(tern_or_empty(r->kind), kind) || r->threads <= last) continue;
            if (regime && strcmp(regime_argument(tern_or_empty(r->regime)), regime)) continue;
            if (!next || r->threads < next) next = r->threads;
        }
        if (!next) return;
        tern_text_printf(t, "%s%zu", before, next);
        last = next;
    }
}

static void add(struct tern_facts *out, const char *what, const struct tern_text *t) {
    if (t->failed)
        out->failed = 1;
    else
        tern_facts_add(out, what, t->data, 0);
}

static void bench(const struct tern_report_data *d, const char *regime, struct tern_facts *out) {
    struct tern_text t = {0};
    tern_text_put(&t, "tern bench");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *r = d->problem[i].key;
        if (strcmp(regime_argument(tern_or_empty(r->regime)), regime)) continue;
        int seen = 0;
        for (size_t j = 0; j < i && !seen; j++) {
            const struct tern_record *q = d->problem[j].key;
            seen = q->m == r->m && q->k == r->k && q->n == r->n &&
                   !strcmp(regime_argument(tern_or_empty(q->regime)), regime);
        }
        if (!seen) tern_text_printf(&t, " --problem %zux%zux%zu", r->m, r->k, r->n);
    }
    put_threads(&t, d, " --threads ", "sample", regime);
    if (*regime) {
        tern_text_put(&t, " --regime ");
        tern_text_shell(&t, regime);
    }
    add(out, "measure the same problems again", &t);
    tern_text_free(&t);
}

static void e2e(const struct tern_report_data *d, const struct tern_record *r, struct tern_facts *out) {
    struct tern_text t = {0};
    const int prefill = !strcmp(tern_or_empty(r->op), "prefill");
    tern_text_put(&t, "tern e2e -m ");
    tern_text_shell(&t, r->model);
    if (r->n) tern_text_printf(&t, prefill ? " -p %zu" : " -n %zu", r->n);
    put_threads(&t, d, " -t ", "e2e", NULL);
    if (r->est.n) tern_text_printf(&t, " -r %zu", r->est.n);
    add(out, prefill ? "prefill speed" : "decode speed", &t);
    tern_text_free(&t);
}

void tern_report_commands(const struct tern_report_data *d, const struct tern_report_options *o,
                          struct tern_facts *out) {
    struct tern_text t = {0};
    tern_facts_add(out, "what this machine is", "tern doctor", 0);
    tern_facts_add(out, "that every variant is right", "tern verify", 0);
    if (d->ceilings) {
        tern_text_put(&t, "tern ceilings");
        put_threads(&t, d, " --threads ", "ceiling", NULL);
        add(out, "what the hardware allows", &t);
        t.used = 0;
    }
    for (size_t i = 0; i < d->problems; i++) {
        const char *regime = regime_argument(tern_or_empty(d->problem[i].key->regime));
        int seen = 0;
        for (size_t j = 0; j < i && !seen; j++)
            seen = !strcmp(regime_argument(tern_or_empty(d->problem[j].key->regime)), regime);
        if (!seen) bench(d, regime, out);
    }
    for (size_t i = 0; i < d->e2es; i++)
        if (*tern_or_empty(d->e2e[i]->model)) e2e(d, d->e2e[i], out);
    tern_text_put(&t, "tern report");
    if (o->history_path) {
        tern_text_put(&t, " --history ");
        tern_text_shell(&t, o->history_path);
    }
    for (size_t i = 0; i < o->sources; i++) {
        if (o->history_path && o->source[i].path == o->history_path) continue; /* the records are its own */
        tern_text_put(&t, " --records ");
        tern_text_shell(&t, o->source[i].path);
    }
    tern_text_put(&t, o->all_runs ? " --all-runs --out " : " --out ");
    tern_text_shell(&t, o->out);
    add(out, "this page", &t);
    tern_text_free(&t);
}
