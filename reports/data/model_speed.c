#include "reports/data/model_speed.h"

#include "reports/data/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHAPES = 16 };

static int equal(const char *a, const char *b) {
    return !strcmp(tern_or_empty(a), tern_or_empty(b));
}

static const char *plain_name(const char *model) {
    model = tern_or_empty(model);
    return strncmp(model, "synth:", 6) ? model : model + 6;
}

const struct tern_hparams *tern_report_shape_of(const char *model) {
    return tern_builtin_model(plain_name(model));
}

double tern_report_weights(const struct tern_hparams *hp) {
    struct tern_shape shape[SHAPES];
    double weights = 0;
    const size_t n = tern_model_shapes(hp, shape, SHAPES);
    for (size_t i = 0; i < n; i++)
        weights += (double)shape[i].m * (double)shape[i].k * (double)shape[i].calls;
    return weights;
}

double tern_report_head_weights(const struct tern_hparams *hp) {
    return (double)hp->vocab * (double)hp->hidden;
}

static int is_cold(const struct tern_record *r) {
    return !strncmp(tern_or_empty(r->regime), "wcold", 5);
}

static const struct tern_record *f16_of(const struct tern_report_data *d, const char *machine, size_t threads,
                                        size_t m, size_t k) {
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *p = &d->problem[i];
        if (p->f16 && p->key->m == m && p->key->k == k && p->key->n == 1 && p->key->threads == threads &&
            is_cold(p->key) && equal(p->key->machine, machine))
            return p->f16;
    }
    return NULL;
}

struct tern_kernel_sum tern_report_f16_sum(const struct tern_report_data *d, const char *machine,
                                           size_t threads, const struct tern_hparams *hp) {
    struct tern_kernel_sum s = {0};
    struct tern_shape shape[SHAPES + 1];
    size_t n = tern_model_shapes(hp, shape, SHAPES);
    shape[n++] = (struct tern_shape){.m = hp->vocab, .k = hp->hidden, .calls = 1};
    for (size_t i = 0; i < n; i++) {
        const struct tern_record *r = f16_of(d, machine, threads, shape[i].m, shape[i].k);
        s.shapes++;
        if (!r) {
            tern_text_printf(&s.missing, " --problem %zux%zux1", shape[i].m, shape[i].k);
            continue;
        }
        s.ns += (double)shape[i].calls * r->est.median;
        s.joules += (double)shape[i].calls * r->joules;
        if (!s.found++ || r->est.n < s.n) s.n = r->est.n;
    }
    if (s.found < s.shapes) s.ns = s.joules = NAN;
    return s;
}

void tern_kernel_sum_free(struct tern_kernel_sum *s) {
    tern_text_free(&s->missing);
}

static int is_decode(const struct tern_record *r, const char *machine, size_t threads) {
    return equal(r->op, "decode") && equal(r->machine, machine) && (!threads || r->threads == threads) &&
           !*tern_or_empty(r->source);
}

const struct tern_record *tern_report_decode(const struct tern_report_data *d, const char *machine,
                                             const char *model, size_t threads) {
    const struct tern_record *best = NULL;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (!is_decode(r, machine, threads) || strcmp(plain_name(r->model), plain_name(model))) continue;
        if (!best || equal(r->variant, "tuned")) best = r;
    }
    return best;
}

size_t tern_report_decode_threads(const struct tern_report_data *d, const char *machine) {
    size_t most = 0;
    for (size_t i = 0; i < d->e2es; i++)
        if (is_decode(d->e2e[i], machine, 0) && d->e2e[i]->threads > most) most = d->e2e[i]->threads;
    return most;
}

/* "l3=272629760" of the machine's own record. */
static double cache_of(const struct tern_report_data *d, const char *machine) {
    for (size_t i = 0; i < d->machines; i++) {
        const char *at = strstr(tern_or_empty(d->machine[i]->params), "l3=");
        if (at && equal(d->machine[i]->machine, machine)) return strtod(at + 3, NULL);
    }
    return NAN;
}

/* The read ceiling over the largest buffer. */
static double read_ceiling(const struct tern_report_data *d, const char *machine, size_t threads) {
    const struct tern_record key = {.machine = machine, .threads = threads};
    const struct tern_report_ceiling *roof[64], *best = NULL;
    int same_run;
    const size_t n = tern_report_ceilings_of(d, &key, roof, 64, &same_run);
    for (size_t i = 0; i < n; i++)
        if (roof[i]->is_read && roof[i]->record->bytes > 0 &&
            (!best || roof[i]->record->bytes > best->record->bytes ||
             (roof[i]->record->bytes >= best->record->bytes && roof[i]->rate < best->rate)))
            best = roof[i];
    return best ? best->rate : NAN;
}

static double decode_gbps(const struct tern_record *r) {
    return 1e-9 * r->bytes * tern_report_tokens_of(r).median;
}

static void find_ours(const struct tern_report_data *d, const char *machine, size_t threads,
                      struct tern_ceiling_model *m) {
    m->why_not = "the records hold no decode run with its bytes per token and sizes";
    m->command = "tern e2e -m synth:bitnet-3.8b -p 0 -n 16 -r 7 --ceilings --records FILE";
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (!is_decode(r, machine, threads) || !(r->bytes > 0) || !(r->memory.body > 0) ||
            !(r->memory.weights > 0) || !(r->memory.head_weights > 0) || !isfinite(r->memory.head))
            continue;
        if (isfinite(m->cache_bytes) && r->bytes < 2 * m->cache_bytes) {
            if (!m->from)
                m->why_not = "every model that was run reads less than twice the last-level cache per token: "
                             "its speed says nothing of larger ones";
            continue;
        }
        if (!m->from || r->bytes > m->from->bytes ||
            (r->bytes >= m->from->bytes && equal(r->variant, "tuned")))
            m->from = r;
    }
    if (!m->from) return;
    m->why_not = "no read ceiling was measured with this number of threads";
    m->command = "tern ceilings --records FILE";
    if (m->from->of_ceiling > 0)
        m->ceiling = decode_gbps(m->from) / m->from->of_ceiling;
    else
        m->ceiling = read_ceiling(d, machine, threads);
    if (!(m->ceiling > 0)) return;
    m->why_not = m->command = NULL;
    m->share = decode_gbps(m->from) / m->ceiling;
    m->bits = 8 * m->from->memory.body / m->from->memory.weights;
    m->head_bits = 8 * m->from->memory.head / m->from->memory.head_weights;
    m->tokens = m->from->n;
}

static void find_f16(const struct tern_report_data *d, const char *machine, size_t threads,
                     struct tern_ceiling_model *m) {
    double most = 0;
    m->why_no_f16 = "the records hold no f16 GEMV (N = 1) with cold weights and this number of threads";
    m->f16_command = "tern bench --filter '^gemv_f16' --problem 12032x4096x1 --regime wcold --records FILE";
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *p = &d->problem[i];
        if (!p->f16 || p->key->n != 1 || p->key->threads != threads || !is_cold(p->key) ||
            !equal(p->key->machine, machine) || !(p->f16->bytes > most))
            continue;
        most = p->f16->bytes;
        m->f16_from = p->f16;
    }
    if (!m->f16_from || !(m->ceiling > 0)) return;
    m->f16_share = tern_rate(m->f16_from->bytes, m->f16_from->est.median) / m->ceiling;
    m->why_no_f16 = m->f16_command = NULL;
}

struct tern_ceiling_model tern_report_ceiling_model(const struct tern_report_data *d, const char *machine,
                                                    size_t threads) {
    struct tern_ceiling_model m = {.ceiling = NAN,
                                   .share = NAN,
                                   .f16_share = NAN,
                                   .bits = NAN,
                                   .head_bits = NAN,
                                   .threads = threads,
                                   .cache_bytes = cache_of(d, machine)};
    find_ours(d, machine, threads, &m);
    find_f16(d, machine, threads, &m);
    return m;
}

double tern_report_token_bytes(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16) {
    const double cache = 4.0 * hp->layers * hp->kv_heads * hp->head_dim * ((double)m->tokens + 1) / 2;
    const double bits = f16 ? 16 : m->bits, head_bits = f16 ? 16 : m->head_bits;
    return tern_report_weights(hp) * bits / 8 + tern_report_head_weights(hp) * head_bits / 8 + cache;
}

int tern_report_is_cached(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16) {
    return tern_report_token_bytes(m, hp, f16) < 2 * m->cache_bytes;
}

double tern_report_modelled(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16) {
    if (tern_report_is_cached(m, hp, f16)) return NAN;
    return 1e9 * m->ceiling * (f16 ? m->f16_share : m->share) / tern_report_token_bytes(m, hp, f16);
}
