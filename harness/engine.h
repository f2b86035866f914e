/* The inference engine: it plans, loads and packs the weights, and runs the forward pass.
 *
 * The linear layers use BitNet's own arithmetic (int8 per token, exact int32 sums, one multiply), whichever
 * variant the plan names. So the token ids do not depend on ISA, threads or wisdom, nor on how a prompt is
 * cut into steps. */
#ifndef TERN_HARNESS_ENGINE_H
#define TERN_HARNESS_ENGINE_H

#include "base/pool.h"
#include "base/status.h"
#include "harness/head/exact.h"
#include "harness/head/type.h"
#include "harness/plan/merge.h"
#include "harness/profile.h"
#include "kernels/dense/attend.h"
#include "models/model.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

struct tern_engine_options {
    /* Threads for decode. 0: the count that wisdom knows to be fastest (tuner/wisdom/thread_counts.h), or all
     * usable processors. */
    size_t threads;
    /* Threads for prefill, that is for steps of two tokens or more. 0: same as `threads`; when that is 0 too,
     * wisdom decides for prefill by itself. */
    size_t threads_prefill;
    size_t context; /* positions to hold; 0: the model's, at most 4096 */
    size_t ubatch;  /* tokens per prefill step; 0: 128 */
    enum tern_kv_type kv;
    enum tern_head_type head;
    const struct tern_wisdom *wisdom; /* NULL: static ranking */
    /* Folder where the results of a race at the first load are kept (harness/plan/first_load.h). NULL: no race
     * is run, and no earlier one is heard. It needs wisdom, which may be without entries. */
    const char *races;
    const char *cache; /* folder of packed caches; NULL: none is read or kept */
    /* With F32 the activations are not quantised, and the weights are packed as bit planes for masked adds.
     * The model then computes another function than with I8; it is there for comparison. The last bits of its
     * sums depend on threads and ubatch. */
    enum tern_act act;
    enum tern_merge merge;
    int quiet; /* no progress bar */
    /* Bytes of results that a worker keeps before their epilogue (kernels/epilogue.h). 0: the default.
     * SIZE_MAX: its whole share. */
    size_t block_bytes;
};

struct tern_engine;

/* Packs the weights into the planned layouts and allocates the caches. The model must outlive the engine. */
enum tern_status tern_engine_new(const struct tern_model *m, const struct tern_engine_options *o,
                                 struct tern_engine **out, struct tern_error *e);
void tern_engine_free(struct tern_engine *en);

/* Writes the packed weights into the cache folder of the options, unless they came from there. The next
 * engine of this model, layout and build then reads them instead of packing. It takes as long as writing
 * body_bytes and the head: call it when nobody waits. */
enum tern_status tern_engine_keep(struct tern_engine *en, struct tern_error *e);

/* Appends `count` tokens to the sequence. `logits` is NULL, or gets [count][vocab] when `all`, else the
 * [vocab] of the last token. TERN_BAD_INPUT when an id is outside the vocabulary, the context is full, or the
 * engine has no head and logits are asked for. */
enum tern_status tern_engine_feed(struct tern_engine *en, const int32_t *ids, size_t count, int all,
                                  float *logits, struct tern_error *e);
/* Says which logits the caller of tern_engine_feed needs, when it does not ask for all positions. An exact2
 * head then gives -infinity for the others; any other head computes all of them anyway. A new engine gives
 * all. */
void tern_engine_want(struct tern_engine *en, const struct tern_wanted *want);
/* Zeroes and starts the clocks of the workers, or stops them. */
void tern_engine_profile(struct tern_engine *en, int on);
/* Seconds spent since the clocks were started: the mean over the workers that took part. */
void tern_engine_spent(const struct tern_engine *en, double seconds[TERN_OPERATIONS]);
/* Makes room in a full context: keeps the first `keep` positions, drops half of the others, and computes the
 * rest again. The state is then bit for bit that of a new sequence of the remaining tokens. TERN_BAD_INPUT
 * when `keep` leaves nothing to drop. */
enum tern_status tern_engine_shift(struct tern_engine *en, size_t keep, struct tern_error *e);
/* Forgets all positions from `keep` on. */
void tern_engine_rewind(struct tern_engine *en, size_t keep);
size_t tern_engine_position(const struct tern_engine *en);
/* The number of positions that fit. */
size_t tern_engine_context(const struct tern_engine *en);

/* Index of the largest logit; of equal ones the lowest. */
int32_t tern_argmax(const float *logits, size_t count);

struct tern_engine_facts {
    /* What one decoded token reads and computes, for the ceilings. */
    size_t body_bytes, kv_bytes_per_position;
    size_t head_bytes;     /* of an exact2 head: the scan, and the mean of the rows computed in full so far */
    double macs_per_token; /* linear layers only */

    size_t threads, threads_prefill;
    int threads_by_wisdom, threads_prefill_by_wisdom; /* wisdom says that fewer than all are faster */
    size_t barriers;                                  /* met by the workers so far, modulo 2^32 */

    int merged_qkv, merged_gate_up;
    char decode_plan[512], prefill_plan[512]; /* the variants, each with its share of the weights */
    size_t planned;                           /* linear layers that are ternary */
    size_t from_wisdom;                       /* those that wisdom decided */
    size_t from_ranks;                        /* those that ranks decided, where wisdom knows nothing */
    char ranks[128];                          /* whose ranks: "zen5, measured 2026-12-01"; "": nobody's */
    size_t proofs_recalled;                   /* proofs that an earlier process earned */
    char race[256];                           /* what a race at this load did; "": there was none */
    size_t lent;       /* of those by wisdom: decided by what the slowest kind of core lends (core_kinds.h) */
    char warning[512]; /* which variants failed their proof here, and why; "": none */

    double load_seconds;
    int from_cache;                 /* the packed weights were read from the cache */
    struct tern_exact_counts exact; /* of a head with a scan */
    char head[160]; /* how the output matrix answers, and why: "f16, scanned first at 6 bits ..." */
};
void tern_engine_facts(const struct tern_engine *en, struct tern_engine_facts *out);
/* Seconds that the linear layers take per token, when `tokens` are fed to an empty cache, by the medians that
 * wisdom has for the plan. NaN when one of them is not known. *tuned_n is the token count that they were
 * measured with. */
double tern_engine_predicted(const struct tern_engine *en, size_t tokens, size_t *tuned_n);
/* 1 when both multiply all matrices for `tokens` tokens by the same variants, parameters and thread counts. A
 * difference in their speed is noise then. */
int tern_engine_same_plan(const struct tern_engine *a, const struct tern_engine *b, size_t tokens);

#endif
