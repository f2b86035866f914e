#include "base/memory.h"
#include "kernels/half.h"
#include "models/arch.h"
#include "models/gguf.h"
#include "models/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_F32 = 0, TYPE_F16 = 1, TYPE_I2_S = 36 };

struct job {
    const struct tern_model *m;
    const struct tern_format *format;
    struct tern_gguf_writer *w;
    unsigned char *packed; /* one linear layer, the largest */
    int8_t *trits;
    float *row;
    uint16_t *half;
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

/* Text of the byte as byte-level BPE vocabularies write it: printable ones stand for themselves, the others
 * are numbered from U+0100 on. Returns the length in UTF-8. */
static size_t byte_text(int byte, char *out) {
    int shifted = 256;
    for (int b = 0; b <= byte; b++) {
        const int plain = (b > ' ' && b < 127) || (b > 160 && b != 173);
        if (b == byte && plain)
            shifted = b;
        else if (b < byte && !plain)
            shifted++;
    }
    if (shifted < 128) return out[0] = (char)shifted, 1;
    out[0] = (char)(0xc0 | shifted >> 6);
    out[1] = (char)(0x80 | (shifted & 63));
    return 2;
}

/* A vocabulary whose ids 0 to 255 are the bytes; the rest are unused tokens. */
static enum tern_status put_vocabulary(struct tern_gguf_writer *w, size_t vocab) {
    enum { TEXT = 24, NORMAL = 1, UNUSED = 5 };
    struct tern_gguf_string *token = calloc(vocab, sizeof *token);
    int32_t *type = calloc(vocab, sizeof *type);
    char(*text)[TEXT] = calloc(vocab, TEXT);
    enum tern_status s = token && type && text ? TERN_OK : TERN_NO_MEMORY;
    for (size_t i = 0; !s && i < vocab; i++) {
        token[i] =
            (struct tern_gguf_string){text[i], i < 256 ? byte_text((int)i, text[i])
                                                       : (size_t)snprintf(text[i], TEXT, "[unused%zu]", i)};
        type[i] = i < 256 ? NORMAL : UNUSED;
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

static enum tern_status write_table(struct job *j, const struct tern_dense *d) {
    enum tern_status s = TERN_OK;
    for (size_t r = 0; !s && r < d->rows; r++) {
        tern_dense_row(d, r, j->row);
        for (size_t i = 0; i < d->cols; i++) j->half[i] = tern_f32_to_f16(j->row[i]);
        s = emit(j, j->half, d->cols * sizeof *j->half);
    }
    return s;
}

static enum tern_status write_linear(struct job *j, const struct tern_linear *l) {
    const size_t step = tern_round_up(64, j->format->row_step(l->m, l->k));
    enum tern_status s = TERN_OK;
    for (size_t r = 0; !s && r < l->m; r += step) {
        const size_t end = tern_min(l->m, r + step);
        s = tern_linear_rows(l, r, end, j->trits, j->e);
        if (!s) j->format->pack(j->trits, l->m, l->k, r, end, l->scale, j->packed);
    }
    return s ? s : emit(j, j->packed, j->format->bytes(l->m, l->k));
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
                  : declare(j, t->name, TYPE_F16, t->rows, t->cols, t->rows * t->cols * 2);
    }
    if (!s)
        s = write ? write_norm(j, &m->output_norm)
                  : declare(j, m->output_norm.name, TYPE_F32, 1, m->hp.hidden, (size_t)m->hp.hidden * 4);
    for (uint32_t y = 0; !s && y < m->hp.layers; y++) {
        for (enum tern_norm n = 0; !s && n < TERN_NORMS; n++) {
            const struct tern_dense *d = tern_norm_of(&m->layer[y], n);
            if (!d->type) continue;
            s = write ? write_norm(j, d) : declare(j, d->name, TYPE_F32, 1, d->cols, d->cols * 4);
        }
        for (enum tern_role r = 0; !s && r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[y], r);
            if (write)
                s = write_linear(j, l);
            else if (!(s = j->format->accepts(l->m, l->k, j->e)))
                s = declare(j, l->name, TYPE_I2_S, l->m, l->k, j->format->bytes(l->m, l->k));
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
    j->packed = tern_alloc(packed);
    j->trits = tern_alloc(widest * 192); /* write_linear takes fewer than 64 + 128 rows at once */
    j->row = tern_alloc(widest * sizeof *j->row);
    j->half = tern_alloc(widest * sizeof *j->half);
    return j->packed && j->trits && j->row && j->half ? TERN_OK : TERN_NO_MEMORY;
}

enum tern_status tern_synth_write(const struct tern_model *m, const char *path,
                                  void (*progress)(void *ctx, double done), void *ctx, struct tern_error *e) {
    struct job j = {.m = m, .format = tern_format_named("i2s"), .progress = progress, .ctx = ctx, .e = e};
    enum tern_status s = tern_gguf_create(path, &j.w, e);
    if (s) return s;
    s = put_keys(m, j.w);
    if (!s) s = tensors(&j, 0);
    if (!s) s = allocate(&j);
    if (s == TERN_NO_MEMORY) tern_fail(e, s, "synth: %s: out of memory", path);
    if (!s) s = tensors(&j, 1);
    if (s)
        tern_gguf_abandon(j.w);
    else
        s = tern_gguf_finish(j.w, e);
    tern_free(j.packed);
    tern_free(j.trits);
    tern_free(j.row);
    tern_free(j.half);
    return s;
}
