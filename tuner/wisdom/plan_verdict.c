#include "tuner/wisdom/plan_verdict.h"

#include "models/arch.h"
#include "tuner/wisdom/line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tern_plan_verdict tern_plan_verdict_of(const struct tern_hparams *hp, size_t threads) {
    struct tern_plan_verdict v = {.threads = threads};
    tern_role_shape(hp, TERN_Q, &v.q, &v.hidden);
    tern_role_shape(hp, TERN_K, &v.kv, &v.hidden);
    tern_role_shape(hp, TERN_GATE, &v.ffn, &v.hidden);
    return v;
}

static int is_same(const struct tern_plan_verdict *a, const struct tern_plan_verdict *b) {
    return a->hidden == b->hidden && a->q == b->q && a->kv == b->kv && a->ffn == b->ffn &&
           a->threads == b->threads;
}

const struct tern_plan_verdict *tern_plan_verdict_find(const struct tern_wisdom *w,
                                                       const struct tern_hparams *hp, size_t threads) {
    const struct tern_plan_verdict own = tern_plan_verdict_of(hp, threads);
    for (size_t i = 0; w && i < w->verdicts; i++)
        if (is_same(&w->verdict[i], &own)) return &w->verdict[i];
    return NULL;
}

enum tern_status tern_plan_verdict_put(struct tern_wisdom *w, const struct tern_plan_verdict *v,
                                       struct tern_error *e) {
    for (size_t i = 0; i < w->verdicts; i++)
        if (is_same(&w->verdict[i], v)) return w->verdict[i] = *v, TERN_OK;
    struct tern_plan_verdict *grown = realloc(w->verdict, (w->verdicts + 1) * sizeof *grown);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "wisdom: out of memory");
    w->verdict = grown;
    w->verdict[w->verdicts++] = *v;
    return TERN_OK;
}

void tern_plan_verdict_forget(struct tern_wisdom *w) {
    free(w->verdict);
    w->verdict = NULL;
    w->verdicts = 0;
}

/* " decode=tuned 0.9431 ci=0.9300..0.9500 n=15"; of equal plans "decode=tuned same" */
static int render_phase(const char *name, const struct tern_plan_phase *p, char *out, size_t bytes) {
    const char *word = p->untuned ? "untuned" : "tuned";
    if (!p->over.n) return snprintf(out, bytes, " %s=%s same", name, word);
    if (isnan(p->over.ci_lo))
        return snprintf(out, bytes, " %s=%s %.4f ci=- n=%zu", name, word, p->over.median, p->over.n);
    return snprintf(out, bytes, " %s=%s %.4f ci=%.4f..%.4f n=%zu", name, word, p->over.median, p->over.ci_lo,
                    p->over.ci_hi, p->over.n);
}

int tern_wisdom_render_plan(const struct tern_plan_verdict *v, char line[TERN_WISDOM_LINE]) {
    char decode[128], prefill[128];
    render_phase("decode", &v->decode, decode, sizeof decode);
    render_phase("prefill", &v->prefill, prefill, sizeof prefill);
    snprintf(line, TERN_WISDOM_LINE, "plan %zu/%zu/%zu/%zu t=%zu%s%s date=%s", v->hidden, v->q, v->kv, v->ffn,
             v->threads, decode, prefill, v->date);
    return tern_wisdom_seal(line, TERN_WISDOM_LINE);
}

/* Reads one phase at *at and goes past it. */
static int parse_phase(const char **at, const char *name, struct tern_plan_phase *p) {
    char word[16];
    int used = 0;
    *p = (struct tern_plan_phase){.over = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN}};
    const size_t length = strlen(name);
    if (**at != ' ' || strncmp(*at + 1, name, length) || (*at)[1 + length] != '=') return 0;
    *at += 2 + length;
    if (sscanf(*at, "%15[a-z]%n", word, &used) != 1) return 0;
    p->untuned = !strcmp(word, "untuned");
    *at += used;
    if (!strncmp(*at, " same", 5)) return *at += 5, 1;
    used = 0;
    if (sscanf(*at, " %lf ci=%lf..%lf n=%8zu%n", &p->over.median, &p->over.ci_lo, &p->over.ci_hi, &p->over.n,
               &used) != 4) {
        p->over.ci_lo = p->over.ci_hi = NAN;
        used = 0;
        if (sscanf(*at, " %lf ci=- n=%8zu%n", &p->over.median, &p->over.n, &used) != 2) return 0;
    }
    *at += used;
    return used > 0;
}

int tern_wisdom_parse_plan(const char *line, size_t bytes, struct tern_plan_verdict *v) {
    char text[TERN_WISDOM_LINE], again[TERN_WISDOM_LINE];
    const size_t n = tern_wisdom_sealed(line, bytes);
    int used = 0;
    *v = (struct tern_plan_verdict){.threads = 0};
    if (n < 5 || memcmp(line, "plan ", 5)) return 0;
    snprintf(text, sizeof text, "%.*s", (int)n, line);
    if (sscanf(text, "plan %8zu/%8zu/%8zu/%8zu t=%8zu%n", &v->hidden, &v->q, &v->kv, &v->ffn, &v->threads,
               &used) != 5)
        return 0;
    const char *at = text + used;
    if (!parse_phase(&at, "decode", &v->decode) || !parse_phase(&at, "prefill", &v->prefill)) return 0;
    if (strncmp(at, " date=", 6) || strlen(at + 6) >= sizeof v->date) return 0;
    strcpy(v->date, at + 6);
    return tern_wisdom_render_plan(v, again) && strlen(again) == bytes && !memcmp(again, line, bytes);
}
