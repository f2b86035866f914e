/* The inference engine: plan, load and repack, forward pass, greedy sampling.
 *
 * Arithmetic of the linear layers is BitNet's own (int8 per token, exact int32, one multiply), whatever
 * variant the plan names; so the token ids do not depend on ISA, threads, wisdom or batch split. */
#ifndef TERN_HARNESS_ENGINE_H
#define TERN_HARNESS_ENGINE_H

#include "base/pool.h"
#include "base/status.h"
#include "harness/head/exact.h"
#include "harness/profile.h"
#include "kernels/dense/attend.h"
#include "models/model.h"
#include "tuner/wisdom/wisdom.h"

#include <stddef.h>
#include <stdint.h>

/* AUTO: what keeps every value of the file. EXACT2: that, and a scan in front of it (docs/exact-head.md).
 * NONE: the output matrix is not loaded, and tern_engine_feed refuses to give logits; for vectors (embed.h).
 */
enum tern_head_type {
    TERN_HEAD_AUTO,
    TERN_HEAD_F16,
    TERN_HEAD_F32,
    TERN_HEAD_Q8,
    TERN_HEAD_Q6_K,
    TERN_HEAD_EXACT2,
    TERN_HEAD_NONE
};

/* q, k and v as one matrix, gate and up as one: as wisdom says (else q, k and v where their rows then divide
 * more evenly); never; always. */
enum tern_merge { TERN_MERGE_AUTO, TERN_MERGE_NEVER, TERN_MERGE_ALWAYS };

struct tern_engine_options {
    size_t
        threads; /* 0: what wisdom says is fastest (tuner/wisdom/thread_counts.h), else all usable processors */
    size_t
        threads_prefill; /* of steps of two tokens and more; 0: as threads, and where those are 0 as they */
    size_t context;      /* positions to hold; 0: the model's, at most 4096 */
    size_t ubatch;       /* tokens per prefill step; 0: 128 */
    enum tern_kv_type kv;
    enum tern_head_type head;
    const struct tern_wisdom *wisdom; /* NULL: static ranking */
    const char *cache;                /* folder of packed caches; NULL: none is read or kept */
    /* F32: activations are not quantised; the weights are packed as bit planes for masked adds. Another
     * function of the model than I8, for comparison; sums depend on threads and ubatch in their last bits. */
    enum tern_act act;
    enum tern_merge merge;
    int quiet;          /* no progress bar */
    size_t block_bytes; /* results that a worker keeps before their epilogue, see
                           kernels/epilogue.h; 0: the default, SIZE_MAX: its whole share */
};

struct tern_engine;

/* Packs the weights into the planned layouts and allocates the caches. The model must outlive the engine. */
enum tern_status tern_engine_new(const struct tern_model *m, const struct tern_engine_options *o,
                                 struct tern_engine **out, struct tern_error *e);
void tern_engine_free(struct tern_engine *en);

/* Keeps the packed weights in the folder of the options unless they came from there, so that the next engine
 * of this model, layout and build starts by reading them. Takes as long as writing body_bytes and the head
 * does: call it when nobody waits. */
enum tern_status tern_engine_keep(struct tern_engine *en, struct tern_error *e);

/* Appends `count` tokens to the sequence. logits: NULL, or [count][vocab] when `all`, else [1][vocab] of the
 * last. TERN_BAD_INPUT when an id is outside the vocabulary, the context is full, or logits are asked of an
 * engine that has no head. */
enum tern_status tern_engine_feed(struct tern_engine *en, const int32_t *ids, size_t count, int all,
                                  float *logits, struct tern_error *e);
/* Which logits the caller of tern_engine_feed needs when it does not ask for those of all positions. An
 * exact2 head then answers -infinity for the others; every other head computes all of them anyway. All are
 * wanted at first. */
void tern_engine_want(struct tern_engine *en, const struct tern_wanted *want);
/* Starts (and zeroes) or stops the clocks of the workers. */
void tern_engine_profile(struct tern_engine *en, int on);
/* Seconds spent since they were started, mean over the workers that took part. */
void tern_engine_spent(const struct tern_engine *en, double seconds[TERN_OPERATIONS]);
/* Makes room in a full context: keeps the first `keep` positions, drops half of what follows, and computes
 * the rest anew behind them, so that the state is bit for bit that of a fresh sequence of the remaining
 * tokens. TERN_BAD_INPUT when `keep` leaves nothing to drop. */
enum tern_status tern_engine_shift(struct tern_engine *en, size_t keep, struct tern_error *e);
/* Forgets all positions from `keep` on. */
void tern_engine_rewind(struct tern_engine *en, size_t keep);
size_t tern_engine_position(const struct tern_engine *en);
/* The positions that fit. */
size_t tern_engine_context(const struct tern_engine *en);

/* Index of the largest logit, the lowest id winning ties. */
int32_t tern_argmax(const float *logits, size_t count);

/* What one decoded token reads and computes, for the ceilings. */
struct tern_engine_facts {
    size_t body_bytes, kv_bytes_per_position;
    size_t head_bytes;     /* of exact2: the scan, and the rows computed in full so far, per token */
    double macs_per_token; /* linear layers only */
    size_t threads, threads_prefill;
    int threads_by_wisdom, threads_prefill_by_wisdom; /* not all processors, because wisdom says so */
    size_t barriers;                                  /* that the workers have met so far, modulo 2^32 */
    int merged_qkv, merged_gate_up;
    char decode_plan[512], prefill_plan[512]; /* distinct variants with their share of the weights */
    size_t planned, from_wisdom;              /* linear layers, and how many wisdom decided */
    size_t lent; /* of these: by wisdom that the slowest kind of core lends (tuner/wisdom/kinds.h) */
    double load_seconds;
    int from_cache;                 /* the packed weights were read from the cache */
    struct tern_exact_counts exact; /* of an exact2 head */
    char warning[512]; /* variants refused because their proof failed here, and why; "" when none */
};
void tern_engine_facts(const struct tern_engine *en, struct tern_engine_facts *out);
/* 1 when both multiply every layer's matrices for `tokens` tokens by the same variants with the same
 * parameters and threads: what one of them then does faster is noise. */
int tern_engine_same_plan(const struct tern_engine *a, const struct tern_engine *b, size_t tokens);

#endif
