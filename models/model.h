/* A model as the engine and the tuner see it: hyper-parameters, linear layers, dense tensors, and the file
 * that the tokenizer reads.
 *
 * It comes from a file, which is mapped and never copied, or from a built-in shape ("synth:2b-4t": a real
 * shape with seeded random trits, made on demand). Weights are read through tern_linear_rows, so a
 * synthetic model of 2 billion weights takes no memory until somebody packs it. */
#ifndef TERN_MODELS_MODEL_H
#define TERN_MODELS_MODEL_H

#include "base/status.h"
#include "kernels/format.h"

#include <stddef.h>
#include <stdint.h>

enum tern_activation { TERN_RELU2, TERN_SILU };
/* How the vectors of tokens become the vector of a text; the numbers are those of the key
 * "<arch>.pooling_type". */
enum tern_pooling { TERN_POOL_NONE, TERN_POOL_MEAN, TERN_POOL_FIRST, TERN_POOL_LAST };

struct tern_hparams {
    char arch[32]; /* general.architecture */
    char name[96];
    uint32_t hidden, ffn, layers, heads, kv_heads, head_dim, vocab, context;
    float rope_theta, eps;
    uint32_t rotary; /* so many values of a head are rotated, the first ones; 0: all */
    int rope_neox;   /* which values rotate together; 1: i and i + half (NEOX), 0: neighbours (NORM) */
    int sub_norms;   /* attn_sub_norm and ffn_sub_norm exist */
    int qk_norms;    /* each head of q and k has a norm before the rotation */
    int input_norms; /* every linear layer has a norm of its own before it, after those of the block */
    enum tern_activation activation;
    int tied;                  /* head = embedding */
    int32_t bos, eos, eot;     /* -1: none; all tokens that end a text: struct tern_model */
    int add_bos, add_eos;      /* around a text; add_eos matters to embeddings only */
    enum tern_pooling pooling; /* of embedding models */
};

/* How many values of a head are rotated. */
static inline size_t tern_rotary(const struct tern_hparams *hp) {
    return hp->rotary ? hp->rotary : hp->head_dim;
}

/* A dense tensor of rows x cols: in the mapping of the file, or synthetic. */
enum tern_dense_type {
    TERN_DENSE_NONE,
    TERN_DENSE_F32,
    TERN_DENSE_F16,
    TERN_DENSE_BF16,
    TERN_DENSE_Q8_0,
    TERN_DENSE_Q6_K,
    TERN_DENSE_Q4_0,
    TERN_DENSE_Q4_1,
    TERN_DENSE_Q5_0,
    TERN_DENSE_Q5_1,
    TERN_DENSE_Q2_K,
    TERN_DENSE_Q3_K,
    TERN_DENSE_Q4_K,
    TERN_DENSE_Q5_K,
    TERN_DENSE_IQ4_NL,
    TERN_DENSE_SYNTH
};
struct tern_dense {
    char name[64];
    enum tern_dense_type type;
    size_t rows, cols;
    const void *data;
    uint64_t seed; /* TERN_DENSE_SYNTH; 0: all ones */
};

/* One linear layer, M x K (out x in): ternary, unless `plain`. */
struct tern_linear {
    char name[64]; /* "blk.0.attn_q" */
    size_t m, k;
    float scale;                      /* multiplies the integer sum */
    const struct tern_format *format; /* of the bytes below; NULL for synthetic and for dense weights */
    struct tern_tl_tile tile;         /* of TL1 and TL2: the tile that the user named; all 0 when none */
    const void *data;                 /* in the mapping of the file; NULL for synthetic weights */
    enum tern_dense_type dense;       /* dense weights, not packed: F32, F16 or BF16 (any, when plain) */
    float unit;                       /* of dense weights: each is -unit, 0 or +unit, unless `absmean` */
    int absmean;     /* master weights: the trit is round(weight / unit), clamped; unit = mean|weight| */
    int plain;       /* dense weights that are not ternary; `scale` is 1 */
    uint32_t halves; /* not 0: the rows of a head. In the file, rows that rotate together lie half a head
                      * apart; tern_linear_rows gives them as neighbours, as GGUF does */
    uint64_t seed;   /* of synthetic weights */
    double zeros;    /* share of zeros of synthetic weights */
};

struct tern_layer {
    struct tern_linear q, k, v, o, gate, up, down;
    struct tern_dense attn_norm, attn_sub_norm, ffn_norm, ffn_sub_norm; /* type NONE when absent */
    struct tern_dense q_norm, k_norm;                                   /* of one head each, hp.qk_norms */
    struct tern_dense input_norm[7]; /* of q, k, v, o, gate, up, down, hp.input_norms */
};

struct tern_model {
    struct tern_hparams hp;
    struct tern_layer *layer;                       /* hp.layers of them */
    struct tern_dense embedding, output_norm, head; /* head.type NONE when tied */
    int32_t *end;                                   /* the `ends` tokens that end a text or a turn */
    size_t ends;
    char source[256]; /* path or "synth:..." */
    void *file;       /* struct tern_gguf *, whose metadata the tokenizer reads; NULL for synthetic models */
};

/* Opens a model. `source` is one of
 *     FILE.gguf                     a GGUF file
 *     FILE.gguf,i2s=x86|arm|rows4   the same with the layout of its I2_S tensors, which is guessed otherwise
 *                                   (load/i2s_layout.h)
 *     FILE.gguf,tl=BM:BK:bm         the same with the tiles of its TL1 and TL2 tensors (load/tl_tiles.h)
 *     FILE.gguf,tl=kernel_config.ini
 *     FOLDER                        a folder of safetensors, one FILE.safetensors, or the index of a sharded
 *                                   checkpoint
 *     synth:NAME[,layers=N][,vocab=N][,seed=N][,zeros=P]
 *                                   a built-in shape; layers and tokens are its own, seed 1, zeros 0.42
 * The model owns the mapping of the file. Errors name file, tensor and reason: TERN_BAD_INPUT for a file that is
 * damaged or contradicts itself, TERN_UNSUPPORTED for a sound file that this build cannot run. */
enum tern_status tern_model_open(const char *source, struct tern_model **out, struct tern_error *e);
void tern_model_close(struct tern_model *m);

/* A range for tern_linear_rows starts at a multiple of this, and ends at a multiple or at m. It is
 * format->row_step for packed weights, and 1 for synthetic and dense weights and for uint8 of safetensors. */
size_t tern_linear_step(const struct tern_linear *l);

/* Rows [r0, r1) of a linear layer as trits (row stride k). TERN_BAD_INPUT when the file holds a code that
 * is no trit, or a dense weight that is not ternary; TERN_UNSUPPORTED for a plain layer. Thread-safe. */
enum tern_status tern_linear_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *trits,
                                  struct tern_error *e);

/* Of a layer with dense weights: its tensor in the file, and the row there that is row r of the layer (see
 * `halves`). */
struct tern_dense tern_linear_dense(const struct tern_linear *l);
size_t tern_linear_file_row(const struct tern_linear *l, size_t r);

/* Row r of a dense tensor as f32[cols]. Thread-safe. */
void tern_dense_row(const struct tern_dense *d, size_t r, float *out);

/* The path of the GGUF file behind the model; NULL for a synthetic model and for safetensors. Owned by the
 * model. */
const char *tern_model_path(const struct tern_model *m);
/* Gives back the memory of those pages of a mapped GGUF file that lie wholly inside `bytes` at `data`. They
 * are read again when they are needed. Does nothing outside the mapping. Thread-safe. */
void tern_model_release(const struct tern_model *m, const void *data, size_t bytes);

/* The distinct shapes of a model's linear layers, and how often each is called for a token: what a tuner
 * tunes. */
struct tern_shape {
    size_t m, k, calls;
    char roles[64]; /* "q o" */
};
/* Writes at most `max` shapes and returns how many. */
size_t tern_model_shapes(const struct tern_hparams *hp, struct tern_shape *out, size_t max);
/* 1 when q, k and v, cut at panels of 64 rows, divide more evenly among so many workers as one matrix than one by
 * one. The engine multiplies them so, and the tuner tunes the shape of the one matrix. */
int tern_model_merges_qkv(const struct tern_hparams *hp, size_t workers);

/* The hyper-parameters of a built-in model ("2b-4t"), NULL when there is none; and the names of all of
 * them. */
const struct tern_hparams *tern_builtin_model(const char *name);
const char *const *tern_builtin_names(size_t *count);

#endif
