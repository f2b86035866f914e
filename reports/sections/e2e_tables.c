/* Models end to end: one row per model and plan, and what their weights take. */
#include "reports/sections/e2e_tables.h"

#include "reports/data/model_speed.h"

#include <math.h>
#include <string.h>

static int equal(const char *a, const char *b) {
    return !strcmp(tern_or_empty(a), tern_or_empty(b));
}

static int same_plan(const struct tern_record *a, const struct tern_record *b) {
    return equal(a->machine, b->machine) && equal(a->model, b->model) && equal(a->variant, b->variant) &&
           a->threads == b->threads;
}

static const char *plan_name(const char *variant) {
    return equal(variant, "tuned")     ? "with wisdom"
           : equal(variant, "untuned") ? "without wisdom"
                                       : tern_or_empty(variant);
}

/* Of the same plan: the decode record, or the prefill record with the longest prompt. */
static const struct tern_record *twin(const struct tern_report_data *d, const struct tern_record *key,
                                      const char *op) {
    const struct tern_record *best = NULL;
    for (size_t i = 0; i < d->e2es; i++)
        if (same_plan(d->e2e[i], key) && equal(d->e2e[i]->op, op) && (!best || d->e2e[i]->n > best->n))
            best = d->e2e[i];
    return best;
}

static void put_rate(struct tern_report_tables *s, const struct tern_record *r, const char *why) {
    struct tern_report_tokens k = {NAN, NAN, NAN, NAN};
    if (r) k = tern_report_tokens_of(r);
    tern_tables_interval(s, k.median, k.lo, k.hi, 4, "", NULL, r ? NULL : why);
    tern_tables_count(s, r ? r->est.n : 0);
}

static void put_first_token(struct tern_report_tables *s, const struct tern_record *prefill) {
    if (!prefill || !prefill->n) {
        tern_tables_number(s, NAN, 3, "", NULL, "no prompt was processed");
        return;
    }
    const struct tern_report_tokens k = tern_report_tokens_of(prefill);
    const double n = (double)prefill->n;
    tern_tables_interval(s, n / k.median, n / k.hi, n / k.lo, 3, "", NULL, NULL);
}

static void put_f16(struct tern_report_tables *s, const struct tern_report_data *d,
                    const struct tern_record *decode) {
    const struct tern_hparams *hp = decode ? tern_report_shape_of(decode->model) : NULL;
    if (!hp) {
        const char *why =
            decode ? "not a built-in shape: its layers are not known from the records" : "no decode run";
        tern_tables_number(s, NAN, 4, "", NULL, why);
        tern_tables_ratio(s, NAN, NAN, NAN, NULL, why);
        return;
    }
    struct tern_kernel_sum sum = tern_report_f16_sum(d, decode->machine, decode->threads, hp);
    struct tern_text why = {0};
    if (!isfinite(sum.ns))
        tern_text_printf(&why,
                         "not measured: tern bench --filter '^gemv_f16' --regime wcold --threads %zu%s "
                         "--records FILE",
                         decode->threads, sum.missing.data);
    else
        tern_text_printf(&why, "sum of %zu measured f16 kernels, the smallest n is %zu; no end-to-end run",
                         sum.shapes, sum.n);
    const double rate = 1e9 / sum.ns;
    tern_tables_number(s, rate, 4, "", "sum of kernels", why.data);
    tern_tables_ratio(s, tern_report_tokens_of(decode).median / rate, NAN, NAN, "sum of kernels", why.data);
    s->failed |= why.failed || sum.missing.failed;
    tern_text_free(&why);
    tern_kernel_sum_free(&sum);
}

void tern_fill_models(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"Machine", "machine", TERN_COLUMN_MACHINE},
        {"Model", "model", TERN_COLUMN_TEXT},
        {"Plan", "plan", TERN_COLUMN_TEXT},
        {"Threads", "threads", TERN_COLUMN_NUMBER},
        {"Prompt", "prompt_tokens", TERN_COLUMN_NUMBER},
        {"Prefill, tok/s", "prefill", TERN_COLUMN_INTERVAL},
        {"n", "prefill_n", TERN_COLUMN_NUMBER},
        {"First token, s", "first_token_s", TERN_COLUMN_INTERVAL},
        {"Decode, tok/s", "decode", TERN_COLUMN_INTERVAL},
        {"n", "decode_n", TERN_COLUMN_NUMBER},
        {"f16 decode, tok/s", "f16", TERN_COLUMN_HOW},
        {"over f16", "over_f16", TERN_COLUMN_HOW},
        {"Peak RSS", "peak_rss_bytes", TERN_COLUMN_NUMBER},
        {0}};
    const struct tern_report_data *d = p->data;
    tern_tables_begin(s, "models", column);
    tern_text_put(
        tern_tables_caption(s),
        "Each model and plan, end to end: median of n repetitions in tokens per second and the 95 % "
        "interval of the median. The first token comes when the whole prompt has been processed and "
        "the head computed for its last position: prompt length over prefill speed. No f16 model "
        "was run: its column is the sum of the f16 kernels measured on the same machine, without "
        "attention and norms, which flatters f16. Peak RSS: largest resident set of the process "
        "until then.");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *key = d->e2e[i];
        size_t first = 0;
        while (first < i && !same_plan(d->e2e[first], key)) first++;
        if (first < i) continue;
        const struct tern_record *prefill = twin(d, key, "prefill"), *decode = twin(d, key, "decode");
        tern_tables_text(s, tern_report_machine_name(d, tern_or_empty(key->machine)));
        tern_tables_text(s, *tern_or_empty(key->model) ? key->model : "unnamed");
        tern_tables_text(s, plan_name(key->variant));
        tern_tables_count(s, key->threads);
        tern_tables_count(s, prefill ? prefill->n : 0);
        put_rate(s, prefill, "not measured: tern e2e -p 128");
        put_first_token(s, prefill);
        put_rate(s, decode, "not measured: tern e2e -n 32");
        put_f16(s, d, decode);
        const double rss = decode ? decode->memory.peak_rss : key->memory.peak_rss;
        tern_tables_bytes(s, rss, NULL, isfinite(rss) ? NULL : "not in the record: written by an older tern");
    }
    if (!d->e2es) tern_tables_absent(s, "the records hold no end-to-end run", "tern e2e --records FILE");
}

void tern_fill_sizes(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"Machine", "machine", TERN_COLUMN_MACHINE},
        {"Model", "model", TERN_COLUMN_TEXT},
        {"Weights", "weights_millions", TERN_COLUMN_NUMBER},
        {NULL, "head_weights_millions", TERN_COLUMN_NUMBER},
        {"in f32, computed", "f32_bytes", TERN_COLUMN_NUMBER},
        {"in f16, computed", "f16_bytes", TERN_COLUMN_NUMBER},
        {"Packed body", "body_bytes", TERN_COLUMN_NUMBER},
        {"bits/weight", "body_bits_per_weight", TERN_COLUMN_NUMBER},
        {"Head", "head_bytes", TERN_COLUMN_NUMBER},
        {"Cache", "kv_bytes", TERN_COLUMN_NUMBER},
        {"File", "file_bytes", TERN_COLUMN_NUMBER},
        {"f32 : body", "body_over_f32", TERN_COLUMN_NUMBER},
        {"f16 : body", "body_over_f16", TERN_COLUMN_NUMBER},
        {"f16 : all", "all_over_f16", TERN_COLUMN_NUMBER},
        {0}};
    const struct tern_report_data *d = p->data;
    tern_tables_begin(s, "sizes", column);
    tern_text_put(
        tern_tables_caption(s),
        "What the weights take, as they lie packed in memory. Sizes in f32 and f16 are computed "
        "from the number of weights, head included. One bit for a weight of 16 would be "
        "16\xc3\x97, and so would two bits for one of 32: the ratios are those of the packed bytes, "
        "for the linear layers alone and for all weights with the head. Cache: keys and values of "
        "the whole context of the test.");
    size_t rows = 0;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (!(r->memory.weights > 0) || !(r->memory.body > 0)) continue;
        size_t first = 0;
        for (; first < i; first++)
            if (equal(d->e2e[first]->model, r->model) && equal(d->e2e[first]->machine, r->machine) &&
                d->e2e[first]->memory.body >= r->memory.body && d->e2e[first]->memory.body <= r->memory.body)
                break;
        if (first < i) continue;
        const double body = r->memory.weights, all = body + r->memory.head_weights;
        tern_tables_text(s, tern_report_machine_name(d, tern_or_empty(r->machine)));
        tern_tables_text(s, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_tables_number(s, 1e-6 * all, 4, " M", NULL, NULL);
        tern_tables_number(s, 1e-6 * r->memory.head_weights, 4, " M", NULL, NULL);
        tern_tables_bytes(s, 4 * all, NULL, NULL);
        tern_tables_bytes(s, 2 * all, NULL, NULL);
        tern_tables_bytes(s, r->memory.body, NULL, NULL);
        tern_tables_number(s, 8 * r->memory.body / body, 4, "", NULL, NULL);
        tern_tables_bytes(s, r->memory.head, NULL, NULL);
        tern_tables_bytes(s, r->memory.kv, NULL, NULL);
        tern_tables_bytes(s, r->memory.file, NULL,
                          isfinite(r->memory.file) ? NULL : "a synthetic model has no file");
        tern_tables_ratio(s, 4 * body / r->memory.body, NAN, NAN, NULL, NULL);
        tern_tables_ratio(s, 2 * body / r->memory.body, NAN, NAN, NULL, NULL);
        tern_tables_ratio(s, 2 * all / (r->memory.body + r->memory.head), NAN, NAN, NULL, NULL);
        rows++;
    }
    if (!rows) tern_tables_absent(s, "the records hold no sizes of models", "tern e2e --records FILE");
}
