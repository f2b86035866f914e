/* The plan of a model: which linear layers are packed as one matrix, and which proved variant multiplies each
 * matrix for each number of tokens. Private to harness/. */
#ifndef TERN_HARNESS_PLAN_PLAN_H
#define TERN_HARNESS_PLAN_PLAN_H

#include "harness/plan/merge.h"
#include "kernels/proof.h"
#include "measure/machine/machine.h"
#include "models/arch.h"
#include "models/model.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_BUCKETS 11 /* tokens per call: 1, 2, 4, ... 1024 */

/* A decision of the tuner's (struct tern_plan) whose variant has passed its proof. */
struct chosen {
    const struct tern_proof *proof; /* NULL: there is no variant */
    int param[TERN_MAX_PARAMS];
    double token_ns; /* as in struct tern_plan */
    size_t tuned_n;
    int from_wisdom; /* 0: by ranks, or by static rank */
    int from_ranks;
    size_t lent; /* as in struct tern_plan */
};

static inline const struct tern_variant *variant_of(const struct chosen *c) {
    return tern_proof_variant(c->proof);
}

/* How an M x K matrix is multiplied, for each bucket of token counts. All buckets share one packed format. */
struct shape_plan {
    size_t m, k;
    size_t calls; /* per token; 0: the shape was looked at, and is not used */
    struct chosen bucket[TERN_BUCKETS];
};

/* A matrix that every layer has: the weights of one linear layer, or of several that read the same
 * activations. */
struct projection {
    enum tern_role role[3];
    size_t roles, m, k;
    size_t pair; /* gate and up alternate after so many rows; 0: one role's rows come after another's */
    struct shape_plan *plan;
};

struct model_plan {
    struct shape_plan *shape;
    size_t shapes;
    struct projection projection[TERN_ROLES]; /* in the order of a layer: q k v, o, gate up, down */
    size_t projections;
    size_t qkv_projections, gated_projections;     /* 1: merged; else 3 and 2 */
    size_t planned, from_wisdom, from_ranks, lent; /* linear layers, as in struct tern_engine_facts */
    char ranks
        [128]; /* whose ranks decided first, for decode where they did (tern_ranks_say()); "": nobody's */
    char warning[512]; /* variants that failed their proof, and why; "": none */
};

struct plan_request {
    const struct tern_model *model;
    const struct tern_wisdom *wisdom; /* NULL: static rank */
    uint32_t usable;
    enum tern_act act;
    enum tern_merge merge;
    size_t ubatch, threads_decode, threads_prefill;
    size_t cpus; /* proofs may use so many at once */
    enum tern_regime regime;
};

/* Makes the plan. Proofs run in child processes: call this before any thread is started. `out` must be freed
 * also after a failure. */
enum tern_status tern_model_plan_make(const struct plan_request *r, struct model_plan *out,
                                      struct tern_error *e);
void tern_model_plan_free(struct model_plan *p);

/* "gemv_... prefetch=4096 (75 % of the weights), ...": the variants for `tokens` tokens. */
void tern_model_plan_text(const struct model_plan *p, const struct tern_model *m, size_t tokens, char *out,
                          size_t bytes);
/* What the linear layers take for one token of a step of `tokens`, by the medians of the tuner, ns. NaN when
 * one of them is not known, or is not ternary. *tuned_n (may be NULL) is the token count that most of the time
 * was measured with. */
double tern_model_plan_ns(const struct model_plan *p, const struct tern_model *m, size_t tokens,
                          size_t *tuned_n);
/* 1 when both plans pack the same matrices in the same layouts. */
int tern_model_plan_same_layouts(const struct model_plan *a, const struct model_plan *b);
/* 1 when both plans multiply the same matrices of `tokens` tokens by the same variants and parameters. */
int tern_model_plan_same(const struct model_plan *a, const struct model_plan *b, size_t tokens);

/* What multiplies `n` tokens; at most n_max of its variant in one call. */
const struct chosen *tern_plan_for_tokens(const struct shape_plan *sp, size_t n);
/* 1 when the threads share a single token's product along K (kernels/split.h). */
int tern_plan_splits(const struct projection *p);

/* Multiply-adds of the linear layers for one token. */
double tern_model_macs(const struct tern_hparams *hp);
/* Whether a token's weights stay in cache. */
enum tern_regime tern_model_regime(const struct tern_hparams *hp, const struct tern_machine *m);

#endif
