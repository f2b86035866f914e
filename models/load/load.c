#include "models/load/load.h"

#include "models/arch.h"
#include "models/dense_type.h"
#include "models/gguf/file.h"
#include "models/gguf/types.h"
#include "models/keys/keys.h"
#include "models/load/ends.h"
#include "models/load/i2s_layout.h"
#include "models/load/packed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loader {
    const struct tern_gguf *g;
    const char *path;
    const struct tern_load_options *options;
    struct tern_model *m;
    unsigned char *used; /* per tensor of the file: the model has it */
    struct tern_error *e;
};

static enum tern_status bad(const struct loader *l, const char *name, const char *why) {
    return tern_fail(l->e, TERN_BAD_INPUT, "model: %s: %s: %s", l->path, name, why);
}

/* The tensor of this name with `cols` x `rows` elements. */
static enum tern_status find(struct loader *l, const char *name, size_t cols, size_t rows,
                             const struct tern_gguf_tensor **out) {
    const struct tern_gguf_tensor *t = *out = tern_gguf_tensor_named(l->g, name);
    if (!t) return bad(l, name, "the tensor is missing");
    l->used[t - l->g->tensor] = 1;
    if (t->dim[0] == cols && t->dim[1] == rows && t->dim[2] == 1 && t->dim[3] == 1) return TERN_OK;
    return tern_fail(l->e, TERN_BAD_INPUT,
                     "model: %s: %s: is %llux%llux%llux%llu, the model's sizes ask for %zux%zu", l->path,
                     name, (unsigned long long)t->dim[0], (unsigned long long)t->dim[1],
                     (unsigned long long)t->dim[2], (unsigned long long)t->dim[3], cols, rows);
}

static enum tern_status unknown_type(const struct loader *l, const char *name, uint32_t type,
                                     const char *as) {
    return tern_fail(l->e, TERN_UNSUPPORTED, "model: %s: %s: type %u (%s) is not supported as %s", l->path,
                     name, type, tern_ggml_type_name(type), as);
}

static enum tern_status take_dense(struct loader *l, const char *name, size_t rows, size_t cols,
                                   struct tern_dense *out) {
    char full[96];
    const struct tern_gguf_tensor *t;
    snprintf(full, sizeof full, "%s.weight", name);
    const enum tern_status s = find(l, full, cols, rows, &t);
    if (s) return s;
    *out =
        (struct tern_dense){.type = tern_dense_of_ggml(t->type), .rows = rows, .cols = cols, .data = t->data};
    snprintf(out->name, sizeof out->name, "%s", name);
    return out->type ? TERN_OK : unknown_type(l, full, t->type, "a dense tensor");
}

/* |weight| of a dense ternary layer: that of its first weight that is not zero. A layer whose first row is
 * not ternary is plain; the other rows are checked when they are read. */
static enum tern_status take_unit(const struct loader *l, const char *full, struct tern_linear *out) {
    const struct tern_dense d = {.type = out->dense, .rows = out->m, .cols = out->k, .data = out->data};
    float *row = malloc(out->k * sizeof *row);
    int8_t *trits = malloc(out->k);
    enum tern_status s =
        row && trits ? TERN_OK : tern_fail(l->e, TERN_NO_MEMORY, "model: %s: out of memory", l->path);
    for (size_t r = 0; !s && r < out->m && out->unit == 0; r++) {
        tern_dense_row(&d, r, row);
        for (size_t i = 0; i < out->k && out->unit == 0; i++) out->unit = fabsf(row[i]);
    }
    if (!s && !isfinite(out->unit)) s = bad(l, full, "a weight is not finite");
    out->plain = !s && tern_linear_rows(out, 0, 1, trits, NULL) != TERN_OK;
    out->scale = out->plain ? 1 : out->unit;
    free(row);
    free(trits);
    return s;
}

/* Mean |weight| of master weights, summed in double. Source: "The Era of 1-bit LLMs", 2024, equations 1 to 3.
 */
static enum tern_status take_absmean(const struct loader *l, const char *full, struct tern_linear *out) {
    const struct tern_dense d = {.type = out->dense, .rows = out->m, .cols = out->k, .data = out->data};
    float *row = malloc(out->k * sizeof *row);
    if (!row) return tern_fail(l->e, TERN_NO_MEMORY, "model: %s: out of memory", l->path);
    double sum = 0;
    for (size_t r = 0; r < out->m; r++) {
        double part = 0;
        tern_dense_row(&d, r, row);
        for (size_t i = 0; i < out->k; i++) part += fabs((double)row[i]);
        sum += part;
    }
    free(row);
    if (!isfinite(sum)) return bad(l, full, "a weight is not finite");
    const double mean = sum / (double)out->m / (double)out->k;
    out->absmean = 1;
    out->unit = out->scale = (float)(mean > 1e-5 ? mean : 1e-5);
    return TERN_OK;
}

/* uint8 weights of safetensors: their sizes were checked, and the scale is a tensor of its own. */
static enum tern_status take_hfu8(const struct loader *l, const char *full, struct tern_linear *out) {
    char factor[96];
    snprintf(factor, sizeof factor, "%s.scale", out->name);
    if (!tern_gguf_tensor_named(l->g, factor)) return bad(l, full, "packed weights without a weight_scale");
    out->format = &tern_format_hfu8;
    out->scale = 1;
    return TERN_OK;
}

static enum tern_status take_packed(struct loader *l, const char *full, const struct tern_gguf_tensor *t,
                                    struct tern_linear *out) {
    const struct tern_gguf_tensor *side;
    const enum tern_status s =
        tern_packed_decide(l->g, full, t, l->options->i2s, &l->options->tiles, out, &side, l->e);
    if (!s && side) l->used[side - l->g->tensor] = 1;
    return s;
}

/* The optional factor in a tensor of one element beside the weights. */
static enum tern_status take_factor(struct loader *l, const char *name, struct tern_linear *out) {
    char full[96];
    const struct tern_gguf_tensor *t;
    float factor;
    snprintf(full, sizeof full, "%s.scale", name);
    if (!tern_gguf_tensor_named(l->g, full)) return TERN_OK;
    const enum tern_status s = find(l, full, 1, 1, &t);
    if (s) return s;
    if (t->type != TERN_GGML_F32) return unknown_type(l, full, t->type, "a scale");
    memcpy(&factor, t->data, sizeof factor);
    if (!isfinite(factor)) return bad(l, full, "the scale is not finite");
    out->scale *= factor;
    return TERN_OK;
}

/* A scale beside weights that are not packed: nobody says what it means. */
static enum tern_status no_factor(const struct loader *l, const struct tern_linear *out) {
    char full[96];
    snprintf(full, sizeof full, "%s.scale", out->name);
    return tern_gguf_tensor_named(l->g, full)
               ? bad(l, full, "a weight_scale beside weights that are not packed")
               : TERN_OK;
}

static enum tern_status take_linear(struct loader *l, uint32_t layer, enum tern_role r) {
    struct tern_linear *out = tern_role_of(&l->m->layer[layer], r);
    char full[96];
    const struct tern_gguf_tensor *t;
    snprintf(out->name, sizeof out->name, "blk.%u.%s", layer, tern_role_tensor(r));
    snprintf(full, sizeof full, "%s.weight", out->name);
    tern_role_shape(&l->m->hp, r, &out->m, &out->k);
    enum tern_status s = find(l, full, out->k, out->m, &t);
    if (s) return s;
    out->data = t->data;
    out->dense = tern_dense_of_ggml(t->type);
    const struct tern_gguf_folder *folder = l->g->folder;
    const int floats =
        out->dense == TERN_DENSE_F32 || out->dense == TERN_DENSE_F16 || out->dense == TERN_DENSE_BF16;
    if (folder && folder->halves && (r == TERN_Q || r == TERN_K)) out->halves = l->m->hp.head_dim;
    if (folder && t->type == TERN_TYPE_HFU8)
        s = take_hfu8(l, full, out);
    else if (floats)
        s = folder && folder->absmean ? take_absmean(l, full, out) : take_unit(l, full, out);
    else if (out->dense)
        out->plain = 1, out->scale = 1;
    else
        s = take_packed(l, full, t, out);
    if (!s && folder && out->dense) return no_factor(l, out);
    if (!s) s = take_factor(l, out->name, out);
    if (!s && !isfinite(out->scale)) s = bad(l, full, "the scale is not finite");
    return s;
}

static enum tern_status take_layer(struct loader *l, uint32_t layer) {
    char name[64];
    enum tern_status s = TERN_OK;
    for (enum tern_norm n = 0; !s && n < TERN_NORMS; n++) {
        const size_t length = tern_norm_length(&l->m->hp, n);
        snprintf(name, sizeof name, "blk.%u.%s", layer, tern_norm_tensor(n));
        if (length) s = take_dense(l, name, 1, length, tern_norm_of(&l->m->layer[layer], n));
    }
    for (enum tern_role r = 0; !s && r < TERN_ROLES; r++) s = take_linear(l, layer, r);
    return s;
}

/* A tensor without a place (a bias, a norm this graph does not have) means that the result would be wrong. */
static enum tern_status refuse_rest(const struct loader *l) {
    char shown[80];
    for (size_t i = 0; i < l->g->n_tensors; i++)
        if (!l->used[i])
            return tern_fail(l->e, TERN_UNSUPPORTED,
                             "model: %s: %s: the architecture '%s' has no such tensor", l->path,
                             tern_gguf_printable(l->g->tensor[i].name, shown, sizeof shown), l->m->hp.arch);
    return TERN_OK;
}

/* One program wrote all layers, so all that were taken as I2_S of x86 have the same layout. */
static void settle_i2s(struct tern_model *m) {
    double evidence[3];
    const struct tern_format *x86 = tern_format_named("i2s"), *f = tern_i2s_layout_guess(m, evidence);
    for (uint32_t i = 0; f != x86 && i < m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            struct tern_linear *l = tern_role_of(&m->layer[i], r);
            if (l->format == x86 && !f->accepts(l->m, l->k, NULL)) l->format = f;
        }
}

static enum tern_status load(struct loader *l) {
    struct tern_model *m = l->m;
    enum tern_status s = tern_gguf_hparams(l->g, &m->hp, l->e);
    if (!s) s = tern_gguf_check_keys(l->g, "", l->e);
    if (s) return s;
    s = tern_ends_load(l->g, m, l->e);
    if (s) return s;
    m->layer = calloc(m->hp.layers, sizeof *m->layer);
    l->used = calloc(l->g->n_tensors + 1, 1);
    if (!m->layer || !l->used) return tern_fail(l->e, TERN_NO_MEMORY, "model: %s: out of memory", l->path);
    s = take_dense(l, "token_embd", m->hp.vocab, m->hp.hidden, &m->embedding);
    if (!s) s = take_dense(l, "output_norm", 1, m->hp.hidden, &m->output_norm);
    if (!s && !m->hp.tied) s = take_dense(l, "output", m->hp.vocab, m->hp.hidden, &m->head);
    for (uint32_t i = 0; !s && i < m->hp.layers; i++) s = take_layer(l, i);
    if (!s && !l->options->i2s) settle_i2s(m);
    return s ? s : refuse_rest(l);
}

enum tern_status tern_model_load(const struct tern_gguf *g, const char *path,
                                 const struct tern_load_options *o, struct tern_model *m,
                                 struct tern_error *e) {
    struct loader l = {.g = g, .path = path, .options = o, .m = m, .e = e};
    const enum tern_status s = load(&l);
    free(l.used);
    return s;
}
