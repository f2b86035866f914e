#define _GNU_SOURCE
#include "models/convert/convert.h"

#include "base/file.h"
#include "base/memory.h"
#include "kernels/half.h"
#include "models/arch.h"
#include "models/convert/compare.h"
#include "models/convert/hf.h"
#include "models/dense_pack.h"
#include "models/dense_type.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/gguf/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct job {
    const struct tern_model *m;
    const struct tern_convert_type *type;
    const struct tern_format *format; /* NULL for dense types */
    const struct tern_convert_options *o;
    struct tern_convert_facts *facts;
    struct tern_gguf_writer *w;
    uint64_t done, total;
    struct tern_error *e;
};

static enum tern_status stored(const struct job *j, const char *name, enum tern_status s) {
    if (s == TERN_NO_MEMORY) return tern_fail(j->e, s, "convert: %s: out of memory", name);
    return s ? tern_fail(j->e, s, "convert: %s: the name appears twice", name) : TERN_OK;
}

static enum tern_status emit(struct job *j, const char *what, const void *data, size_t bytes) {
    j->done += bytes;
    if (j->o->progress) j->o->progress(j->o->ctx, (double)j->done / (double)j->total, what);
    return tern_gguf_write(j->w, data, bytes, j->e);
}

static enum tern_status put_keys(struct job *j) {
    static const char *const ours = "general.file_type";
    const struct tern_gguf *g = j->m->file;
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < tern_gguf_value_count(g); i++) {
        const struct tern_gguf_value *v = tern_gguf_value_at(g, i);
        char shown[80];
        if (v->key.bytes == strlen(ours) && !memcmp(v->key.data, ours, v->key.bytes)) continue;
        s = stored(j, tern_gguf_printable(v->key, shown, sizeof shown), tern_gguf_put_value(j->w, v));
    }
    if (s || j->type->file_type == UINT32_MAX) return s;
    return stored(j, ours, tern_gguf_put_u32(j->w, ours, j->type->file_type));
}

static enum tern_status declare(struct job *j, const char *name, uint32_t type, size_t rows, size_t cols,
                                size_t bytes) {
    char full[96];
    snprintf(full, sizeof full, "%s.weight", name);
    j->total += bytes;
    return stored(
        j, full,
        tern_gguf_put_tensor(j->w, full, type, rows > 1 ? 2 : 1, (const uint64_t[]){cols, rows}, bytes));
}

static uint16_t bf16_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)(bits >>
                      16); /* exact where it is used: the rest of the bits is zero, or the comparison fails */
}

/* ---- dense tensors: in the type they have, but norms always in f32, as every reader of GGUF expects, and
 * bf16 tables of safetensors in f16 where that is exact. */

static int exact_in_f16(const struct tern_dense *d) {
    int exact = 1;
    float *row = malloc(d->cols * sizeof *row);
    for (size_t r = 0; row && exact && r < d->rows; r++) {
        tern_dense_row(d, r, row);
        for (size_t i = 0; exact && i < d->cols; i++)
            exact = tern_f16_to_f32(tern_f32_to_f16(row[i])) == row[i];
    }
    exact &= row != NULL;
    free(row);
    return exact;
}

static enum tern_dense_type target_of(const struct job *j, const struct tern_dense *d) {
    const struct tern_gguf *g = j->m->file;
    if (j->o->head && d == (j->m->hp.tied ? &j->m->embedding : &j->m->head)) return j->o->head;
    if (d->rows == 1) return TERN_DENSE_F32;
    return tern_gguf_is_folder(g) && d->type == TERN_DENSE_BF16 && exact_in_f16(d) ? TERN_DENSE_F16 : d->type;
}

static enum tern_status put_dense(struct job *j, const struct tern_dense *d, int write) {
    const struct tern_dense as = {.type = target_of(j, d), .rows = d->rows, .cols = d->cols};
    const size_t bytes = (size_t)tern_dense_bytes(&as), block = tern_dense_block(as.type);
    if (as.type != d->type && d->cols % block)
        return tern_fail(j->e, TERN_UNSUPPORTED,
                         "convert: %s: rows of %zu are no multiple of the %zu values of a block", d->name,
                         d->cols, block);
    if (!write) return declare(j, d->name, tern_dense_kind(as.type)->ggml, d->rows, d->cols, bytes);
    if (as.type == d->type) return emit(j, d->name, d->data, bytes);
    float *row = malloc(d->cols * sizeof *row);
    void *packed = malloc(bytes / d->rows);
    enum tern_status s = row && packed ? TERN_OK : stored(j, d->name, TERN_NO_MEMORY);
    for (size_t r = 0; !s && r < d->rows; r++) {
        tern_dense_row(d, r, row);
        tern_dense_pack_row(as.type, row, d->cols, packed);
        s = emit(j, d->name, packed, bytes / d->rows);
    }
    free(packed);
    free(row);
    return s;
}

/* ---- linear layers */

/* Whether the scale goes to a tensor of its own, and 1 is packed in its place: when the format keeps no
 * scale, or when it would round this one and the user asked for the tensor. */
static int scale_apart(const struct job *j, const struct tern_linear *l) {
    if (l->plain) return 0;
    if (j->format && !j->format->scale) return 1;
    if (!j->o->side_scale) return 0;
    if (j->type->dense == TERN_DENSE_F32) return 0;
    if (j->type->dense == TERN_DENSE_F16) return tern_f16_to_f32(tern_f32_to_f16(l->scale)) != l->scale;
    if (j->type->dense == TERN_DENSE_BF16) {
        uint32_t bits;
        memcpy(&bits, &l->scale, sizeof bits);
        return (bits & 0xffff) != 0;
    }
    /* Block formats of ggml and IQ1_BN keep f16, the others f32. */
    static const char *const halves[] = {"tq10", "tq20", "q10", "q20g64", "q20g128", "iq1bn"};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        if (!strcmp(j->format->name, halves[i]))
            return tern_f16_to_f32(tern_f32_to_f16(l->scale)) != l->scale;
    return 0;
}

static size_t linear_bytes(const struct job *j, const struct tern_linear *l) {
    if (j->format && !l->plain) return j->format->bytes(l->m, l->k);
    return (size_t)tern_dense_bytes(
        &(struct tern_dense){.type = l->plain ? l->dense : j->type->dense, .rows = l->m, .cols = l->k});
}

static enum tern_status declare_linear(struct job *j, const struct tern_linear *l) {
    char full[96];
    if (l->plain) {
        if (l->halves)
            return tern_fail(j->e, TERN_UNSUPPORTED,
                             "convert: %s: a dense layer whose rows would have to move", l->name);
        return declare(j, l->name, tern_dense_kind(l->dense)->ggml, l->m, l->k, linear_bytes(j, l));
    }
    struct tern_error why = {{0}};
    if (j->format && j->format->accepts(l->m, l->k, &why))
        return tern_fail(j->e, TERN_UNSUPPORTED, "convert: %s: %s", l->name, why.text);
    enum tern_status s = declare(j, l->name, j->type->id, l->m, l->k, linear_bytes(j, l));
    if (s || !scale_apart(j, l)) return s;
    snprintf(full, sizeof full, "%s.scale", l->name);
    j->total += 4;
    j->facts->side_scales++;
    return stored(j, full, tern_gguf_put_tensor(j->w, full, TERN_GGML_F32, 1, (const uint64_t[]){1}, 4));
}

static int has_zero(const int8_t *t, size_t n) {
    return memchr(t, 0, n) != NULL;
}

static void to_dense(const struct job *j, const struct tern_linear *l, float scale, const int8_t *t,
                     void *out) {
    for (size_t i = 0; i < l->m * l->k; i++) {
        const float w = (float)t[i] * scale;
        if (j->type->dense == TERN_DENSE_F32)
            ((float *)out)[i] = w;
        else
            ((uint16_t *)out)[i] = j->type->dense == TERN_DENSE_F16 ? tern_f32_to_f16(w) : bf16_of(w);
    }
}

static enum tern_status write_linear(struct job *j, const struct tern_linear *l) {
    const size_t bytes = linear_bytes(j, l);
    if (l->plain) return emit(j, l->name, l->data, bytes);
    const float scale = scale_apart(j, l) ? 1 : l->scale;
    int8_t *trits = tern_alloc(tern_mul_size(l->m, l->k));
    void *packed = tern_alloc(bytes);
    enum tern_status s = trits && packed ? TERN_OK : stored(j, l->name, TERN_NO_MEMORY);
    if (!s) s = tern_linear_rows(l, 0, l->m, trits, j->e);
    if (!s && j->format && j->format->binary && has_zero(trits, l->m * l->k))
        s = tern_fail(j->e, TERN_UNSUPPORTED, "convert: %s: has zeros, %s holds only -1 and +1", l->name,
                      j->format->name);
    if (!s && j->format)
        j->format->pack(trits, l->m, l->k, 0, l->m, scale, packed);
    else if (!s)
        to_dense(j, l, scale, trits, packed);
    if (!s) s = emit(j, l->name, packed, bytes);
    if (!s && scale_apart(j, l)) s = emit(j, l->name, &l->scale, 4);
    tern_free(trits);
    tern_free(packed);
    return s;
}

/* Every tensor in the order of the new file: once to declare it, once to write it. */
static enum tern_status tensors(struct job *j, int write) {
    const struct tern_model *m = j->m;
    const struct tern_dense *const outer[] = {&m->embedding, &m->output_norm, &m->head};
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < 3; i++)
        if (outer[i]->type) s = put_dense(j, outer[i], write);
    for (uint32_t y = 0; !s && y < m->hp.layers; y++) {
        for (enum tern_norm n = 0; !s && n < TERN_NORMS; n++) {
            const struct tern_dense *d = tern_norm_of(&m->layer[y], n);
            if (d->type) s = put_dense(j, d, write);
        }
        for (enum tern_role r = 0; !s && r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[y], r);
            s = write ? write_linear(j, l) : declare_linear(j, l);
        }
    }
    return s;
}

/* Reads the new file back; `layout` because I2_S does not say which it has. */
static enum tern_status check(void *ctx, const char *path, struct tern_error *e) {
    struct job *j = ctx;
    struct tern_model *copy = NULL;
    char *source = j->type->layout ? tern_format_text("%s,i2s=%s", path, j->type->layout) : strdup(path);
    enum tern_status s = source ? tern_model_open(source, &copy, e) : stored(j, path, TERN_NO_MEMORY);
    if (!s) s = tern_models_equal(j->m, copy, j->o->head, j->facts, e);
    tern_model_close(copy);
    free(source);
    return s;
}

static enum tern_status write_gguf(struct job *j, const char *path) {
    enum tern_status s = tern_gguf_create(path, &j->w, j->e);
    if (s) return s;
    s = put_keys(j);
    if (!s) s = tensors(j, 0);
    if (!s) s = tensors(j, 1);
    if (!s) return tern_gguf_finish_checked(j->w, check, j, j->e);
    tern_gguf_abandon(j->w);
    return s;
}

enum tern_status tern_convert(const char *source, const char *out, const struct tern_convert_options *o,
                              struct tern_convert_facts *facts, struct tern_error *e) {
    struct stat there;
    struct tern_model *m = NULL;
    *facts = (struct tern_convert_facts){0};
    enum tern_status s = tern_model_open(source, &m, e);
    if (s) return s;
    struct job j = {
        .m = m, .type = o->type ? o->type : tern_convert_type_named("i2s"), .o = o, .facts = facts, .e = e};
    if (j.type->format) j.format = tern_format_named(j.type->format);
    if (!m->file) {
        s = tern_fail(e, TERN_BAD_INPUT, "convert: %s: not a file; tern synth writes synthetic models",
                      source);
        goto done;
    }
    if (j.type->folder && o->head) {
        s = tern_fail(e, TERN_UNSUPPORTED,
                      "convert: %s: the output matrix of a folder of safetensors stays as it is", out);
        goto done;
    }
    if (j.type->folder) {
        s = tern_convert_to_hf(m, out, o, facts, e);
        goto done;
    }
    if (!stat(out, &there) && !S_ISREG(there.st_mode)) {
        s = tern_fail(e, TERN_BAD_INPUT, "convert: %s: is there, and not a regular file", out);
        goto done;
    }
    s = write_gguf(&j, out);
    if (!s && j.type->layout && strcmp(j.type->layout, "x86") != 0)
        snprintf(facts->note, sizeof facts->note,
                 "a file does not say which layout its I2_S has: read this one with --i2s-layout %s",
                 j.type->layout);
done:
    tern_model_close(m);
    return s;
}
