#include "reports/page/page.h"

#include <math.h>
#include <string.h>

struct tern_report_mean tern_report_mean_of(const struct tern_report_data *d, const char *machine, int batch,
                                            enum tern_baseline b) {
    struct tern_report_mean m = {0, NAN, INFINITY, 0};
    double sum = 0;
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *p = &d->problem[i];
        if (strcmp(tern_or_empty(p->key->machine), machine) || (p->key->n > 1) != batch) continue;
        const double r = tern_speedup_of(p->best, b == TERN_BASELINE_F16 ? p->f16 : p->i2s).ratio;
        if (!isfinite(r) || r <= 0) continue;
        m.problems++;
        sum += log(r);
        m.least = fmin(m.least, r), m.most = fmax(m.most, r);
    }
    if (!m.problems) return (struct tern_report_mean){0, NAN, NAN, NAN};
    m.mean = exp(sum / (double)m.problems);
    return m;
}

const char *tern_standing_name(enum tern_rank_class s) {
    switch (s) {
    case TERN_STANDING_BEST:
        return "best";
    case TERN_STANDING_TIED:
        return "not separable";
    case TERN_STANDING_SLOWER:
        return "slower";
    case TERN_STANDING_UNDECIDED:
        return "no interval";
    case TERN_STANDING_DENSE:
        return "dense baseline";
    }
    return "";
}

static int has_word(const char *words, const char *word, size_t n) {
    for (const char *p = words; *p;) {
        const size_t size = strcspn(p, " ");
        if (size == n && !memcmp(p, word, n)) return 1;
        p += size + (p[size] == ' ');
    }
    return 0;
}

static void put_word(struct tern_text *t, size_t start, const char *word, size_t n) {
    if (t->used > start) tern_text_put(t, " ");
    tern_text_bytes(t, word, n);
}

void tern_put_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r) {
    const char *flags = tern_or_empty(r->flags), *common = "";
    const size_t start = t->used;
    for (size_t i = 0; i < d->machines; i++)
        if (!strcmp(tern_or_empty(d->machine[i]->machine), tern_or_empty(r->machine)))
            common = tern_or_empty(d->machine[i]->flags);
    if (r->est.unstable && !has_word(flags, "unstable", 8)) put_word(t, start, "unstable", 8);
    if (!r->complete && !has_word(flags, "incomplete", 10)) put_word(t, start, "incomplete", 10);
    for (const char *p = flags; *p;) {
        const size_t n = strcspn(p, " ");
        if (n && !has_word(common, p, n)) put_word(t, start, p, n);
        p += n + (p[n] == ' ');
    }
}

const struct tern_record *tern_report_untuned(const struct tern_report_data *d,
                                              const struct tern_record *tuned) {
    if (strcmp(tern_or_empty(tuned->variant), "tuned")) return NULL;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (!strcmp(tern_or_empty(r->variant), "untuned") && r->n == tuned->n &&
            r->threads == tuned->threads && !strcmp(tern_or_empty(r->op), tern_or_empty(tuned->op)) &&
            !strcmp(tern_or_empty(r->model), tern_or_empty(tuned->model)) &&
            !strcmp(tern_or_empty(r->machine), tern_or_empty(tuned->machine)))
            return r;
    }
    return NULL;
}

int tern_report_verify_failed(const struct tern_record *r) {
    const char *flags = tern_or_empty(r->flags);
    return strstr(flags, "fail") || strstr(flags, "FAIL") || strstr(flags, "crash") || strstr(flags, "wrong");
}
