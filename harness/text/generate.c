#include "harness/text/generate.h"

#include "base/memory.h"
#include "measure/clock.h"

#include <string.h>

#define LOGIT_ROWS 32   /* prompt positions whose logits are held at a time */
#define TIMES      4096 /* tokens whose times are kept: the first ones */

static int ends(const struct tern_model *m, const struct tern_generation *g, int32_t id) {
    for (size_t i = 0; i < g->stops; i++)
        if (g->stop[i] == id) return 1;
    if (g->ignore_end) return 0;
    for (size_t i = 0; i < m->ends; i++)
        if (m->end[i] == id) return 1;
    return 0;
}

/* Feeds the prompt and leaves the last position's logits in the first row. */
static enum tern_status feed_prompt(struct tern_engine *en, size_t vocab, const struct tern_generation *g,
                                    float *logits, int *stop, struct tern_error *e) {
    *stop = 0;
    if (!g->on_logits) return tern_engine_feed(en, g->prompt, g->prompt_count, 0, logits, e);
    size_t n = 0;
    for (size_t at = 0; at < g->prompt_count && !*stop; at += n) {
        n = tern_min(LOGIT_ROWS, g->prompt_count - at);
        const enum tern_status s = tern_engine_feed(en, g->prompt + at, n, 1, logits, e);
        if (s != TERN_OK) return s;
        *stop = g->on_logits(g->ctx, logits, n);
    }
    memmove(logits, logits + (n - 1) * vocab, vocab * sizeof *logits);
    return TERN_OK;
}

static size_t kept(const struct tern_engine *en, const struct tern_generation *g) {
    return g->keep ? g->keep : tern_min(g->prompt_count, tern_engine_context(en) / 4);
}

static enum tern_status decode(struct tern_engine *en, const struct tern_model *m,
                               const struct tern_generation *g, struct tern_sample *sample, float *logits,
                               double *ns, struct tern_generation_facts *out, struct tern_error *e) {
    size_t steps = 0;
    for (out->end = TERN_END_COUNT; out->tokens < g->most;) {
        const int32_t id = tern_sample_next(sample, logits);
        out->tokens++;
        tern_sample_tell(sample, id);
        if (g->on_token && g->on_token(g->ctx, id)) out->end = TERN_END_CALLER;
        if (ends(m, g, id)) out->end = TERN_END_TOKEN;
        out->last = id;
        if (out->end != TERN_END_COUNT || out->tokens == g->most) break;
        const int full = tern_engine_position(en) == tern_engine_context(en);
        if (full && !g->shift) {
            out->end = TERN_END_CONTEXT;
            break;
        }
        const uint64_t start = tern_now_ns();
        enum tern_status s = full ? tern_engine_shift(en, kept(en, g), e) : TERN_OK;
        out->shifts += full;
        if (s == TERN_OK) s = tern_engine_feed(en, &id, 1, 0, logits, e);
        if (s != TERN_OK) return s;
        if (steps < TIMES) ns[steps++] = (double)(tern_now_ns() - start);
    }
    out->token_ns = tern_estimate_of(ns, steps);
    return TERN_OK;
}

enum tern_status tern_generate(struct tern_engine *en, const struct tern_model *m,
                               const struct tern_generation *g, struct tern_generation_facts *out,
                               struct tern_error *e) {
    memset(out, 0, sizeof *out);
    out->last = -1;
    if (!g->prompt_count) return tern_fail(e, TERN_BAD_INPUT, "generate: the prompt is empty");
    const size_t room = tern_engine_context(en) - tern_engine_position(en);
    if (g->prompt_count > room)
        return tern_fail(e, TERN_BAD_INPUT,
                         "generate: context: a prompt of %zu tokens does not fit into %zu positions",
                         g->prompt_count, room);
    if (g->shift && kept(en, g) + 1 >= tern_engine_context(en))
        return tern_fail(e, TERN_BAD_INPUT,
                         "generate: context: keeping %zu of %zu positions leaves nothing to drop",
                         kept(en, g), tern_engine_context(en));
    const size_t vocab = m->hp.vocab, rows = g->on_logits ? LOGIT_ROWS : 1;
    struct tern_sample *sample = NULL;
    float *logits = tern_alloc(rows * vocab * sizeof *logits);
    double *ns = tern_alloc(TIMES * sizeof *ns);
    int stop = 0;
    enum tern_status s = TERN_OK;
    if (!logits || !ns) s = tern_fail(e, TERN_NO_MEMORY, "generate: out of memory");
    if (s == TERN_OK) s = tern_sample_new(&g->sampling, vocab, &sample, e);
    if (s != TERN_OK) goto done;
    struct tern_wanted want;
    tern_sample_wanted(&g->sampling, &want);
    tern_engine_want(en, &want);
    for (size_t i = 0; i < g->prompt_count; i++) tern_sample_tell(sample, g->prompt[i]);
    const uint64_t start = tern_now_ns();
    if ((s = feed_prompt(en, vocab, g, logits, &stop, e)) != TERN_OK) goto done;
    out->prompt_tokens = g->prompt_count;
    out->prompt_seconds = 1e-9 * (double)(tern_now_ns() - start);
    out->end = TERN_END_CALLER;
    if (!stop) s = decode(en, m, g, sample, logits, ns, out, e);
done:
    tern_sample_free(sample);
    tern_free(logits);
    tern_free(ns);
    return s;
}
