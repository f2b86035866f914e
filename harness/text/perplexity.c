#include "harness/text/perplexity.h"

#include "base/memory.h"
#include "base/talk/progress.h"

#include <math.h>
#include <stdio.h>

#define LOGIT_ROWS 32 /* positions whose logits are held at a time */

struct job {
    struct tern_engine *en;
    const int32_t *ids;
    size_t vocab, count;
    float *logits;
    double *sum; /* of each window: negative log-likelihoods */
    size_t *n;   /* and how many tokens */
};

/* -log of the softmax at `target`; not finite when the logits are not. */
static double surprise(const float *logits, size_t vocab, int32_t target) {
    float most = logits[0];
    for (size_t i = 1; i < vocab; i++)
        if (!(logits[i] <= most)) most = logits[i]; /* takes NaN over, too */
    double sum = 0;
    for (size_t i = 0; i < vocab; i++) sum += exp((double)logits[i] - (double)most);
    return log(sum) + (double)most - (double)logits[target];
}

/* Window w, tokens [begin, end), of which [from, end) count; from > begin. */
static enum tern_status window(const struct job *j, size_t w, size_t begin, size_t from, size_t end,
                               struct tern_error *e) {
    tern_engine_rewind(j->en, 0);
    enum tern_status s = tern_engine_feed(j->en, j->ids + begin, from - 1 - begin, 0, NULL, e);
    for (size_t at = from - 1, n; s == TERN_OK && at + 1 < end; at += n) {
        n = tern_min(LOGIT_ROWS, end - 1 - at);
        s = tern_engine_feed(j->en, j->ids + at, n, 1, j->logits, e);
        for (size_t i = 0; s == TERN_OK && i < n; i++) {
            const double lost = surprise(j->logits + i * j->vocab, j->vocab, j->ids[at + i + 1]);
            if (!isfinite(lost))
                return tern_fail(e, TERN_BAD_INPUT, "perplexity: token %zu: the logits are not finite",
                                 at + i + 1);
            j->sum[w] += lost;
        }
    }
    j->n[w] = end - from;
    return s;
}

static enum tern_status run(const struct job *j, struct tern_perplexity *out, int quiet,
                            struct tern_error *e) {
    struct tern_progress bar;
    char note[40];
    enum tern_status s = TERN_OK;
    double total = 0;
    tern_progress_begin(&bar, "perplexity", quiet);
    for (size_t w = 0, begin = 0, from = 1; s == TERN_OK && from < j->count; w++, begin += out->stride) {
        const size_t end = tern_min(begin + out->context, j->count);
        s = window(j, w, begin, from, end, e);
        total += j->sum[w];
        snprintf(note, sizeof note, "%.4f", exp(total / (double)(end - 1)));
        tern_progress_step(&bar, (double)end / (double)j->count, note);
        from = end;
    }
    tern_progress_end(&bar);
    return s;
}

/* The mean is a ratio of sums over windows; its error follows from how the windows scatter around it. */
static void estimate(const struct job *j, struct tern_perplexity *out) {
    const double windows = (double)out->windows;
    double total = 0, scatter = 0;
    for (size_t w = 0; w < out->windows; w++) total += j->sum[w], out->tokens += j->n[w];
    const double tokens = (double)out->tokens;
    out->nll = total / tokens;
    for (size_t w = 0; w < out->windows; w++) {
        const double off = j->sum[w] - (double)j->n[w] * out->nll;
        scatter += off * off;
    }
    out->nll_error = out->windows > 1 ? sqrt(scatter * windows / (windows - 1)) / tokens : NAN;
    out->perplexity = exp(out->nll);
    out->error = out->perplexity * out->nll_error;
}

enum tern_status tern_perplexity_of(struct tern_engine *en, size_t vocab, const int32_t *ids, size_t count,
                                    const struct tern_perplexity_options *o, struct tern_perplexity *out,
                                    struct tern_error *e) {
    const size_t most = tern_engine_context(en), context = o->context ? o->context : most;
    const size_t stride = o->stride ? o->stride : context / 2;
    if (context < 2 || context > most)
        return tern_fail(e, TERN_BAD_INPUT, "perplexity: context: %zu is not from 2 to %zu", context, most);
    if (stride < 1 || stride >= context)
        return tern_fail(e, TERN_BAD_INPUT,
                         "perplexity: stride: %zu is not from 1 to %zu, one less than the context", stride,
                         context - 1);
    if (count < 2)
        return tern_fail(e, TERN_BAD_INPUT, "perplexity: a text of %zu token%s: two are needed", count,
                         count == 1 ? "" : "s");
    const size_t windows = count <= context ? 1 : 1 + (count - context + stride - 1) / stride;
    *out = (struct tern_perplexity){.windows = windows, .context = context, .stride = stride};
    struct job j = {.en = en, .ids = ids, .vocab = vocab, .count = count};
    j.logits = tern_alloc(LOGIT_ROWS * vocab * sizeof *j.logits);
    j.sum = tern_alloc(windows * sizeof *j.sum);
    j.n = tern_alloc(windows * sizeof *j.n);
    enum tern_status s =
        j.logits && j.sum && j.n ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "perplexity: out of memory");
    if (s == TERN_OK) s = run(&j, out, o->quiet, e);
    if (s == TERN_OK) estimate(&j, out);
    tern_engine_rewind(en, 0);
    tern_free(j.logits);
    tern_free(j.sum);
    tern_free(j.n);
    return s;
}
