/* Speed and energy by model size, in the form in which bitnet.cpp publishes them: sizes from 125M to 100B,
 * f16 and ours, speedup, energy saved. What was not run is modelled from measured ceilings, and its cell
 * says so. */
#include "reports/data/model_speed.h"
#include "reports/sections/section.h"
#include "reports/tables/tables.h"

#include "measure/energy/model.h"
#include "reports/data/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char modelled[] = "modelled", summed[] = "sum of kernels";
static const char cached[] =
    "not modelled: reads less per token than twice the last-level cache, so that memory does "
    "not bound it; measure it by tern e2e or tern bench";

/* The sizes of bitnet.cpp's tables, and every other built-in model that was run, by number of weights. */
static int by_weights(const void *pa, const void *pb) {
    const struct tern_hparams *a = *(const struct tern_hparams *const *)pa;
    const struct tern_hparams *b = *(const struct tern_hparams *const *)pb;
    const double x = tern_report_weights(a), y = tern_report_weights(b);
    return x < y ? -1 : x > y ? 1 : strcmp(a->name, b->name);
}

static size_t pick(const struct tern_report_data *d, const char *machine, size_t threads,
                   const struct tern_hparams **out) {
    size_t count, n = 0;
    const char *const *names = tern_builtin_names(&count);
    for (size_t i = 0; i < count; i++)
        if (!strncmp(names[i], "bitnet-", 7) || tern_report_decode(d, machine, names[i], threads))
            out[n++] = tern_builtin_model(names[i]);
    qsort(out, n, sizeof *out, by_weights);
    return n;
}

/* A value and how it came about; `from`..`to` are its two ends where it has no centre. */
struct figure {
    double v, lo, hi;
    const char *how, *why;
};

static struct figure our_speed(const struct tern_ceiling_model *m, const struct tern_hparams *hp,
                               const struct tern_record *r) {
    if (r) {
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        return (struct figure){k.median, k.lo, k.hi, NULL, NULL};
    }
    return (struct figure){tern_report_modelled(m, hp, 0), NAN, NAN, modelled,
                           m->why_not ? m->why_not : cached};
}

static struct figure f16_speed(const struct tern_ceiling_model *m, const struct tern_hparams *hp,
                               const struct tern_kernel_sum *sum) {
    if (isfinite(sum->ns)) return (struct figure){1e9 / sum->ns, NAN, NAN, summed, NULL};
    return (struct figure){tern_report_modelled(m, hp, 1), NAN, NAN, modelled,
                           m->why_not      ? m->why_not
                           : m->why_no_f16 ? m->why_no_f16
                                           : cached};
}

static const char *worse(const char *a, const char *b) {
    if (a == modelled || b == modelled) return modelled;
    return a ? a : b;
}

/* Joules of a token: a measured one has v, a modelled one lo..hi only. */
static struct figure modelled_joules(const struct tern_energy_model *e, const struct tern_ceiling_model *m,
                                     const struct tern_hparams *hp, int f16) {
    const double bytes = tern_report_token_bytes(m, hp, f16);
    if (!e || !isfinite(bytes) || tern_report_is_cached(m, hp, f16))
        return (struct figure){NAN, NAN, NAN, modelled, NULL};
    const struct tern_energy_range x = tern_energy_modelled(
        e, !(bytes <= m->cache_bytes), bytes, tern_report_weights(hp) + tern_report_head_weights(hp));
    return (struct figure){NAN, x.from, x.to, modelled, NULL};
}

static struct figure our_joules(const struct tern_energy_model *e, const struct tern_ceiling_model *m,
                                const struct tern_hparams *hp, const struct tern_record *r) {
    if (r && isfinite(r->joules)) return (struct figure){r->joules, NAN, NAN, NULL, NULL};
    if (r && e && isfinite(r->modelled_from))
        return (struct figure){NAN, r->modelled_from, r->modelled_to, modelled, NULL};
    return modelled_joules(e, m, hp, 0);
}

static struct figure f16_joules(const struct tern_energy_model *e, const struct tern_ceiling_model *m,
                                const struct tern_hparams *hp, const struct tern_kernel_sum *sum) {
    if (isfinite(sum->joules)) return (struct figure){sum->joules, NAN, NAN, summed, NULL};
    return modelled_joules(e, m, hp, 1);
}

static void put_joules(struct tern_report_tables *s, struct figure x, const char *why) {
    if (isfinite(x.v))
        tern_tables_number(s, x.v, 3, " J", x.how, NULL);
    else
        tern_tables_range(s, x.lo, x.hi, 3, " J", x.how, isfinite(x.lo) ? NULL : why);
}

/* Both measured, or both modelled by the same constants, of which each end is compared with its like. */
static void put_saved(struct tern_report_tables *s, struct figure ours, struct figure f16, const char *why) {
    if (isfinite(ours.v) && isfinite(f16.v)) {
        tern_tables_number(s, 100 * (1 - ours.v / f16.v), 3, " %", worse(ours.how, f16.how), NULL);
        return;
    }
    const double a = 100 * (1 - ours.lo / f16.lo), b = 100 * (1 - ours.hi / f16.hi);
    if (!isfinite(ours.v) && !isfinite(f16.v) && isfinite(a) && isfinite(b))
        tern_tables_number(s, (a + b) / 2, 3, " %", modelled, NULL);
    else
        tern_tables_number(s, NAN, 3, "", NULL, why);
}

static const struct tern_energy_model *energy_model_of(const struct tern_report_data *d,
                                                       struct tern_energy_model *store) {
    for (size_t i = 0; i < d->e2es; i++) {
        const char *name = d->e2e[i]->energy_model;
        if (!name || tern_energy_model_read(NULL, store, NULL)) continue;
        if (!strcmp(store->name, name)) return store;
    }
    return NULL;
}

static void describe(const struct tern_ceiling_model *m, struct tern_text *t) {
    tern_text_printf(t, "%zu thread%s. ", m->threads, m->threads == 1 ? "" : "s");
    if (m->why_not) {
        tern_text_printf(t, "Sizes that were not run have no figure: %s (%s). ", m->why_not, m->command);
        return;
    }
    tern_text_printf(t, "Modelled cells: read ceiling %.3g GB/s, of which ", m->ceiling);
    tern_text_put(t, tern_or_empty(m->from->model));
    tern_text_printf(
        t,
        " reached %.1f %% in its decode run (%.4g MB per token; body %.3g bits, head %.3g bits per "
        "weight, median of n = %zu)",
        100 * m->share, 1e-6 * m->from->bytes, m->bits, m->head_bits, m->from->est.n);
    if (isfinite(m->cache_bytes)) {
        tern_text_put(t, "; sizes that read less than twice the last-level cache (");
        tern_put_bytes(t, m->cache_bytes);
        tern_text_put(t, ") are not modelled");
    } else {
        tern_text_put(t,
                      "; no record tells the size of the last-level cache, in which small sizes may fit and "
                      "then be faster than modelled");
    }
    if (m->why_no_f16)
        tern_text_printf(t, "; f16 has no model: %s (%s). ", m->why_no_f16, m->f16_command);
    else
        tern_text_printf(t, ", and the f16 GEMV of %zu\xc3\x97%zu %.1f %% (n = %zu). ", m->f16_from->m,
                         m->f16_from->k, 100 * m->f16_share, m->f16_from->est.n);
}

static void rows(const struct tern_report_page *p, const char *machine, const struct tern_ceiling_model *m,
                 const struct tern_energy_model *e, struct tern_report_tables *s) {
    static const char no_energy[] =
        "no energy was measured or modelled: tern e2e --energy (or --energy=model) --records FILE";
    const struct tern_report_data *d = p->data;
    const struct tern_hparams *hp[64];
    const size_t n = pick(d, machine, m->threads, hp);
    for (size_t i = 0; i < n; i++) {
        const struct tern_record *r = tern_report_decode(d, machine, hp[i]->name, m->threads);
        struct tern_kernel_sum sum = tern_report_f16_sum(d, machine, m->threads, hp[i]);
        const struct figure ours = our_speed(m, hp[i], r), f16 = f16_speed(m, hp[i], &sum);
        const struct figure joules = our_joules(e, m, hp[i], r), f16_j = f16_joules(e, m, hp[i], &sum);
        const double weights = tern_report_weights(hp[i]) + tern_report_head_weights(hp[i]);
        struct tern_text name = {0};
        tern_text_printf(&name, "synth:%s", hp[i]->name);
        tern_tables_text(s, tern_report_machine_name(d, machine));
        tern_tables_text(s, name.data);
        tern_tables_number(s, 1e-9 * weights, 3, " G", NULL, NULL);
        tern_tables_number(s, f16.v, 3, "", f16.how, isfinite(f16.v) ? NULL : f16.why);
        tern_tables_interval(s, ours.v, ours.lo, ours.hi, 3, "", ours.how,
                             isfinite(ours.v) ? NULL : ours.why);
        tern_tables_ratio(s, ours.v / f16.v, NAN, NAN, worse(ours.how, f16.how),
                          isfinite(ours.v / f16.v) ? NULL
                          : isfinite(f16.v)        ? ours.why
                                                   : f16.why);
        put_joules(s, f16_j, no_energy);
        put_joules(s, joules, no_energy);
        put_saved(s, joules, f16_j, no_energy);
        s->failed |= name.failed || sum.missing.failed;
        tern_text_free(&name);
        tern_kernel_sum_free(&sum);
    }
}

static void ours(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {{"Machine", "machine", TERN_COLUMN_MACHINE},
                                                       {"Model", "model", TERN_COLUMN_TEXT},
                                                       {"Weights", "weights_billions", TERN_COLUMN_NUMBER},
                                                       {"f16, tok/s", "f16_tokens_per_s", TERN_COLUMN_HOW},
                                                       {"tern, tok/s", "tokens_per_s", TERN_COLUMN_HOW},
                                                       {"Speedup", "speedup", TERN_COLUMN_HOW},
                                                       {"f16, J/token", "f16_joules", TERN_COLUMN_HOW},
                                                       {"tern, J/token", "joules", TERN_COLUMN_HOW},
                                                       {"Energy saved", "saved_percent", TERN_COLUMN_HOW},
                                                       {0}};
    struct tern_energy_model store;
    const struct tern_energy_model *e = energy_model_of(p->data, &store);
    tern_tables_begin(s, "ladder", column);
    struct tern_text *t = tern_tables_before(s);
    tern_text_put(t,
                  "Decode, one token at a time. A cell without a label is measured end to end: median and "
                  "95 % interval. \xe2\x80\x9csum of kernels\xe2\x80\x9d adds up measured kernels. "
                  "\xe2\x80\x9cmodelled\xe2\x80\x9d is no measurement: read ceiling, times the share of it "
                  "that was reached, over the bytes a token reads.\n");
    for (size_t i = 0; i < p->machines; i++) {
        const size_t threads = tern_report_decode_threads(p->data, p->machine[i]);
        if (!threads) continue;
        const struct tern_ceiling_model m = tern_report_ceiling_model(p->data, p->machine[i], threads);
        if (p->machines > 1) {
            tern_text_put(t, tern_report_machine_name(p->data, p->machine[i]));
            tern_text_put(t, ": ");
        }
        describe(&m, t);
        rows(p, p->machine[i], &m, e, s);
    }
    if (e)
        tern_text_printf(t,
                         "\nModelled energy: %s; the same constants for f16, whose multiply-adds cost more.",
                         e->source);
    tern_text_put(tern_tables_caption(s),
                  "Model sizes as in the tables of bitnet.cpp (synthetic weights), and "
                  "other models that were run; by number of weights.");
    if (!s->table[s->tables - 1].cells)
        tern_tables_absent(s, "the records hold no decode run",
                           "tern e2e -m synth:bitnet-1b "
                           "--records FILE");
}

static void published(struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"Published by bitnet.cpp", "processor", TERN_COLUMN_TEXT},
        {"Sizes", "sizes", TERN_COLUMN_TEXT},
        {"Speedup over f16", "speedup", TERN_COLUMN_INTERVAL},
        {"Energy saved", "saved_percent", TERN_COLUMN_INTERVAL},
        {"Source", "source", TERN_COLUMN_TEXT},
        {0}};
    static const struct {
        const char *processor;
        double speedup[2], saved[2];
    } row[] = {{"Intel Core i7-13700H", {2.37, 6.17}, {71.9, 82.2}},
               {"Apple M2 Ultra", {1.37, 5.07}, {55.4, 70.0}}};
    tern_tables_begin(s, "published", column);
    tern_text_put(tern_tables_caption(s),
                  "What others published for these sizes on their machines, against f16 in llama.cpp: ranges "
                  "over the sizes, and 5 to 7 tokens per second of the 100B model on a single CPU. Not "
                  "measured here, and no line of it can be "
                  "compared with a line above.");
    for (size_t i = 0; i < 2; i++) {
        tern_tables_text(s, row[i].processor);
        tern_tables_text(s, "125M to 100B");
        tern_tables_range(s, row[i].speedup[0], row[i].speedup[1], 3, "\xc3\x97", "published", NULL);
        tern_tables_range(s, row[i].saved[0], row[i].saved[1], 3, " %", "published", NULL);
        tern_tables_text(s, "arXiv:2410.16144; README of microsoft/BitNet");
    }
}

static void fill(const struct tern_report_page *p, struct tern_report_tables *s) {
    ours(p, s);
    published(s);
}

const struct tern_section tern_section_model_sizes = {
    .id = "ladder",
    .nav = "Model sizes",
    .heading = "Speed and energy by model size",
    .fill = fill,
    .csv = {{"ladder.csv", NULL}, {"published.csv", NULL}},
};
