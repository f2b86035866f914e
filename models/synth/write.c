#define _GNU_SOURCE
#include "base/memory.h"
#include "base/pool.h"
#include "kernels/half.h"
#include "models/arch.h"
#include "models/gguf/gguf.h"
#include "models/gguf/token_kind.h"
#include "models/gguf/types.h"
#include "models/synth/synth.h"
#include "models/tokenizer/bytes_unicode.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct outcome {
    enum tern_status status;
    struct tern_error why;
};

struct job {
    const struct tern_model *m;
    const struct tern_format *format;
    struct tern_gguf_writer *w;
    struct tern_pool *pool;
    unsigned char *packed; /* one linear layer, the largest, or rows of a table */
    size_t packed_bytes;
    int8_t *trits; /* of each worker, trits_stride apart */
    float *row;    /* of each worker, widest apart */
    size_t trits_stride, widest;
    const struct tern_linear *linear; /* what the workers make now: a layer, */
    const struct tern_dense *table;   /* or `rows` rows of a table from `first` on */
    size_t first, rows;
    struct outcome *outcome; /* of each worker */
    uint64_t done, total;
    void (*progress)(void *ctx, double done);
    void *ctx;
    struct tern_error *e;
};

static enum tern_status emit(struct job *j, const void *data, size_t bytes) {
    j->done += bytes;
    if (j->progress) j->progress(j->ctx, (double)j->done / (double)j->total);
    return tern_gguf_write(j->w, data, bytes, j->e);
}

/* Text of the byte as byte-level BPE vocabularies write it, in UTF-8 (at most two bytes). Returns its
 * length. */
static size_t byte_text(uint8_t byte, char *out) {
    const uint32_t c = tern_byte_to_unicode(byte);
    if (c < 128) return out[0] = (char)c, 1;
    out[0] = (char)(0xc0 | c >> 6);
    out[1] = (char)(0x80 | (c & 63));
    return 2;
}

/* A vocabulary whose ids 0 to 255 are the bytes; the rest are unused tokens. */
static enum tern_status put_vocabulary(struct tern_gguf_writer *w, size_t vocab) {
    enum { TEXT = 24 };
    struct tern_gguf_string *token = calloc(vocab, sizeof *token);
    int32_t *type = calloc(vocab, sizeof *type);
    char(*text)[TEXT] = calloc(vocab, TEXT);
    enum tern_status s = token && type && text ? TERN_OK : TERN_NO_MEMORY;
    for (size_t i = 0; !s && i < vocab; i++) {
        token[i] =
            (struct tern_gguf_string){text[i], i < 256 ? byte_text((uint8_t)i, text[i])
                                                       : (size_t)snprintf(text[i], TEXT, "[unused%zu]", i)};
        type[i] = i < 256 ? TERN_TOKEN_NORMAL : TERN_TOKEN_UNUSED;
    }
    if (!s) s = tern_gguf_put_text(w, "tokenizer.ggml.model", "gpt2");
    if (!s) s = tern_gguf_put_text(w, "tokenizer.ggml.pre", "llama-bpe");
    if (!s) s = tern_gguf_put_strings(w, "tokenizer.ggml.tokens", token, vocab);
    if (!s) s = tern_gguf_put_i32s(w, "tokenizer.ggml.token_type", type, vocab);
    if (!s) s = tern_gguf_put_strings(w, "tokenizer.ggml.merges", NULL, 0);
    if (!s) s = tern_gguf_put_bool(w, "tokenizer.ggml.add_bos_token", 0);
    free(token);
    free(type);
    free(text);
    return s;
}

static enum tern_status put_keys(const struct tern_model *m, struct tern_gguf_writer *w) {
    const struct tern_hparams *hp = &m->hp;
    const struct {
        const char *key;
        uint32_t value;
    } sizes[] = {
        {"vocab_size", hp->vocab},           {"context_length", hp->context},
        {"embedding_length", hp->hidden},    {"block_count", hp->layers},
        {"feed_forward_length", hp->ffn},    {"rope.dimension_count", hp->head_dim},
        {"attention.head_count", hp->heads}, {"attention.head_count_kv", hp->kv_heads},
    };
    char key[96];
    enum tern_status s = tern_gguf_put_text(w, "general.architecture", hp->arch);
    if (!s) s = tern_gguf_put_text(w, "general.name", m->source);
    if (!s) s = tern_gguf_put_u32(w, "general.file_type", 40);
    for (size_t i = 0; !s && i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(key, sizeof key, "%s.%s", hp->arch, sizes[i].key);
        s = tern_gguf_put_u32(w, key, sizes[i].value);
    }
    snprintf(key, sizeof key, "%s.attention.key_length", hp->arch);
    const int wide = hp->heads * hp->head_dim != hp->hidden;
    if (!s && wide) s = tern_gguf_put_u32(w, key, hp->head_dim);
    snprintf(key, sizeof key, "%s.attention.value_length", hp->arch);
    if (!s && wide) s = tern_gguf_put_u32(w, key, hp->head_dim);
    snprintf(key, sizeof key, "%s.pooling_type", hp->arch);
    if (!s && hp->pooling) s = tern_gguf_put_u32(w, key, hp->pooling);
    snprintf(key, sizeof key, "%s.rope.freq_base", hp->arch);
    if (!s) s = tern_gguf_put_f32(w, key, hp->rope_theta);
    snprintf(key, sizeof key, "%s.attention.layer_norm_rms_epsilon", hp->arch);
    if (!s) s = tern_gguf_put_f32(w, key, hp->eps);
    return s || hp->vocab < 256 ? s : put_vocabulary(w, hp->vocab);
}

static enum tern_status declare(struct job *j, const char *name, uint32_t type, size_t rows, size_t cols,
                                size_t bytes) {
    char full[96];
    snprintf(full, sizeof full, "%s.weight", name);
    j->total += bytes;
    return tern_gguf_put_tensor(j->w, full, type, rows > 1 ? 2 : 1, (const uint64_t[]){cols, rows}, bytes);
}

static enum tern_status write_norm(struct job *j, const struct tern_dense *d) {
    tern_dense_row(d, 0, j->row);
    return emit(j, j->row, d->cols * sizeof *j->row);
}

static void make_table(void *ctx, size_t w, size_t workers) {
    const struct job *j = ctx;
    const size_t cols = j->table->cols;
    float *row = j->row + w * j->widest;
    size_t from, to;
    tern_share(j->rows, 1, w, workers, &from, &to);
    for (size_t r = from; r < to; r++) {
        uint16_t *half = (uint16_t *)(void *)j->packed + r * cols;
        tern_dense_row(j->table, j->first + r, row);
        for (size_t i = 0; i < cols; i++) half[i] = tern_f32_to_f16(row[i]);
    }
}

static enum tern_status write_table(struct job *j, const struct tern_dense *d) {
    const size_t row_bytes = d->cols * sizeof(uint16_t);
    enum tern_status s = TERN_OK;
    j->table = d;
    for (j->first = 0; !s && j->first < d->rows; j->first += j->rows) {
        j->rows = tern_min(j->packed_bytes / row_bytes, d->rows - j->first);
        tern_pool_run(j->pool, make_table, j);
        s = emit(j, j->packed, j->rows * row_bytes);
    }
    return s;
}

static void make_linear(void *ctx, size_t w, size_t workers) {
    const struct job *j = ctx;
    const struct tern_linear *l = j->linear;
    const size_t step = tern_round_up(64, j->format->row_step(l->m, l->k));
    int8_t *trits = j->trits + w * j->trits_stride;
    size_t from, to;
    tern_share(l->m, step, w, workers, &from, &to);
    struct outcome *o = &j->outcome[w];
    o->status = TERN_OK;
    for (size_t r = from; !o->status && r < to; r += step) {
        const size_t end = tern_min(to, r + step);
        o->status = tern_linear_rows(l, r, end, trits, &o->why);
        if (!o->status) j->format->pack(trits, l->m, l->k, r, end, l->scale, j->packed);
    }
}

static enum tern_status write_linear(struct job *j, const struct tern_linear *l) {
    j->linear = l;
    tern_pool_run(j->pool, make_linear, j);
    for (size_t w = 0; w < tern_pool_workers(j->pool); w++)
        if (j->outcome[w].status) return tern_fail(j->e, j->outcome[w].status, "%s", j->outcome[w].why.text);
    return emit(j, j->packed, j->format->bytes(l->m, l->k));
}

/* Visits every tensor in the order of the file: once to declare it (write == 0), once to write its data. */
static enum tern_status tensors(struct job *j, int write) {
    const struct tern_model *m = j->m;
    const struct tern_dense *const tables[] = {&m->embedding, &m->head};
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < 2; i++) {
        const struct tern_dense *t = tables[i];
        if (!t->type) continue;
        s = write ? write_table(j, t)
                  : declare(j, t->name, TERN_GGML_F16, t->rows, t->cols, t->rows * t->cols * 2);
    }
    if (!s)
        s = write ? write_norm(j, &m->output_norm)
                  : declare(j, m->output_norm.name, TERN_GGML_F32, 1, m->hp.hidden, (size_t)m->hp.hidden * 4);
    for (uint32_t y = 0; !s && y < m->hp.layers; y++) {
        for (enum tern_norm n = 0; !s && n < TERN_NORMS; n++) {
            const struct tern_dense *d = tern_norm_of(&m->layer[y], n);
            if (!d->type) continue;
            s = write ? write_norm(j, d) : declare(j, d->name, TERN_GGML_F32, 1, d->cols, d->cols * 4);
        }
        for (enum tern_role r = 0; !s && r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[y], r);
            if (write)
                s = write_linear(j, l);
            else if (!(s = j->format->accepts(l->m, l->k, j->e)))
                s = declare(j, l->name, TERN_GGML_I2_S, l->m, l->k, j->format->bytes(l->m, l->k));
        }
    }
    return s;
}

static enum tern_status allocate(struct job *j) {
    size_t packed = 0, widest = tern_max(j->m->hp.hidden, j->m->hp.ffn);
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        const struct tern_linear *l = tern_role_of(&j->m->layer[0], r);
        packed = tern_max(packed, j->format->bytes(l->m, l->k));
        widest = tern_max(widest, l->k);
    }
    const size_t workers = tern_pool_workers(j->pool);
    j->widest = widest;
    j->trits_stride = widest * 192; /* make_linear takes fewer than 64 + 128 rows at once */
    j->packed_bytes = tern_max(packed, widest * sizeof(uint16_t));
    j->packed = tern_alloc(j->packed_bytes);
    j->trits = tern_alloc(workers * j->trits_stride);
    j->row = tern_alloc(workers * widest * sizeof *j->row);
    j->outcome = tern_alloc(workers * sizeof *j->outcome);
    return j->packed && j->trits && j->row && j->outcome ? TERN_OK : TERN_NO_MEMORY;
}

/* Processors that this process may use, at most 16. */
static size_t processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    return tern_min(tern_max((size_t)CPU_COUNT(&set), 1), 16);
}

enum tern_status tern_synth_write(const struct tern_model *m, const char *path,
                                  void (*progress)(void *ctx, double done), void *ctx, struct tern_error *e) {
    struct job j = {.m = m, .format = tern_format_named("i2s"), .progress = progress, .ctx = ctx, .e = e};
    enum tern_status s = tern_pool_new(processors(), NULL, &j.pool, e);
    if (!s) s = tern_gguf_create(path, &j.w, e);
    if (s) return tern_pool_free(j.pool), s;
    s = put_keys(m, j.w);
    if (!s) s = tensors(&j, 0);
    if (!s) s = allocate(&j);
    if (s == TERN_NO_MEMORY) tern_fail(e, s, "synth: %s: out of memory", path);
    if (!s) s = tensors(&j, 1);
    if (s)
        tern_gguf_abandon(j.w);
    else
        s = tern_gguf_finish(j.w, e);
    tern_pool_free(j.pool);
    tern_free(j.packed);
    tern_free(j.trits);
    tern_free(j.row);
    tern_free(j.outcome);
    return s;
}
