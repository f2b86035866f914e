#define _GNU_SOURCE
#include "models/hf/hf.h"

#include "base/file.h"
#include "kernels/half.h"
#include "models/gguf/file.h"
#include "models/gguf/types.h"
#include "models/hf/internal.h"
#include "models/hf/json.h"
#include "models/hf/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_BYTES = 128, MAX_CONFIG = 16 << 20 };

int tern_hf_is(const char *path) {
    static const char *const ends[] = {".safetensors", ".safetensors.index.json"};
    struct stat st;
    const size_t n = strlen(path);
    for (size_t i = 0; i < 2; i++) {
        const size_t end = strlen(ends[i]);
        if (n > end && !strcmp(path + n - end, ends[i])) return 1;
    }
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* What the tensors and keys of the tern_gguf point into. `folder` comes first. */
struct hf {
    struct tern_gguf_folder folder;
    struct tern_safetensors *parts;
    unsigned char *keys; /* the metadata, as a GGUF file has them */
    char *names;         /* of the tensors */
    float *scales;
};

static void close_folder(struct tern_gguf_folder *folder) {
    struct hf *hf = (struct hf *)folder;
    tern_safetensors_close(hf->parts);
    free(hf->keys);
    free(hf->names);
    free(hf->scales);
    free(hf);
}

struct taking {
    struct tern_gguf *g;
    struct hf *hf;
    const struct tern_hf_config *c;
    size_t scales;
    struct tern_error *e;
};

static enum tern_status bad(const struct taking *k, const struct tern_safetensor *t, const char *why) {
    char shown[80];
    tern_gguf_printable((struct tern_gguf_string){t->name, strlen(t->name)}, shown, sizeof shown);
    return tern_fail(k->e, TERN_BAD_INPUT, "safetensors: %s: %s: %s",
                     tern_safetensors_shard_path(k->hf->parts, t->shard), shown, why);
}

static int ends_with(const char *text, const char *end) {
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static uint32_t type_id(enum tern_safetensor_type t) {
    static const struct {
        enum tern_safetensor_type from;
        uint32_t id;
    } ids[] = {{TERN_ST_F32, TERN_GGML_F32}, {TERN_ST_F16, TERN_GGML_F16}, {TERN_ST_BF16, TERN_GGML_BF16},
               {TERN_ST_F64, TERN_GGML_F64}, {TERN_ST_I8, TERN_GGML_I8},   {TERN_ST_I16, TERN_GGML_I16},
               {TERN_ST_I32, TERN_GGML_I32}, {TERN_ST_I64, TERN_GGML_I64}};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i].from == t) return ids[i].id;
    return 0xffff0000u + (uint32_t)t;
}

/* One number of any float type, as a factor in k->hf->scales. */
static enum tern_status take_scale(struct taking *k, const struct tern_safetensor *s,
                                   struct tern_gguf_tensor *out) {
    float *factor = &k->hf->scales[k->scales++], value;
    uint16_t half;
    if (s->bytes != tern_safetensor_type_bytes(s->type)) return bad(k, s, "a scale that is not one number");
    memcpy(&half, s->data, sizeof half);
    if (s->type == TERN_ST_F32)
        memcpy(&value, s->data, sizeof value);
    else if (s->type == TERN_ST_F16)
        value = tern_f16_to_f32(half);
    else if (s->type == TERN_ST_BF16)
        memcpy(&value, &(uint32_t){(uint32_t)half << 16}, sizeof value);
    else
        return bad(k, s, "a scale of a type other than F32, F16 and BF16");
    if (!isfinite(value)) return bad(k, s, "the scale is not finite");
    if (k->c->divides && value == 0) return bad(k, s, "the scale divides and is zero");
    *factor = k->c->divides ? (float)(1 / (double)value) : value;
    if (!isfinite(*factor)) return bad(k, s, "the scale is not finite");
    out->type = TERN_GGML_F32;
    out->n_dims = 1;
    out->data = (const unsigned char *)factor;
    out->bytes = sizeof *factor;
    return TERN_OK;
}

static enum tern_status take_tensor(struct taking *k, const struct tern_safetensor *s, char *name,
                                    struct tern_gguf_tensor *out) {
    if (!tern_hf_tensor_name(s->name, name, NAME_BYTES)) snprintf(name, NAME_BYTES, "%s", s->name);
    *out = (struct tern_gguf_tensor){.name = {name, strlen(name)},
                                     .type = type_id(s->type),
                                     .n_dims = s->n_dims ? s->n_dims : 1,
                                     .dim = {1, 1, 1, 1},
                                     .offset = s->offset,
                                     .bytes = s->bytes,
                                     .data = s->data};
    if (ends_with(name, ".scale")) return take_scale(k, s, out);
    for (uint32_t i = 0; i < s->n_dims; i++) out->dim[i] = s->dim[s->n_dims - 1 - i];
    if (s->type != TERN_ST_U8 || s->n_dims != 2) return TERN_OK;
    if (out->dim[1] > INT64_MAX / 4) return bad(k, s, "the dimensions overflow");
    out->dim[1] *= 4; /* four output rows in a byte */
    out->type = TERN_TYPE_HFU8;
    return TERN_OK;
}

static int wanted(const struct tern_hf_config *c, const char *name) {
    if (ends_with(name, "rotary_emb.inv_freq")) return 0; /* follows from the hyper-parameters */
    return !(c->tied && !strcmp(name, "lm_head.weight"));
}

static enum tern_status take_tensors(struct taking *k) {
    struct hf *hf = k->hf;
    const size_t count = tern_safetensors_count(hf->parts);
    hf->names = calloc(count + 1, NAME_BYTES);
    hf->scales = calloc(count + 1, sizeof *hf->scales);
    k->g->tensor = calloc(count + 1, sizeof *k->g->tensor);
    if (!hf->names || !hf->scales || !k->g->tensor)
        return tern_fail(k->e, TERN_NO_MEMORY, "safetensors: %s: out of memory", k->g->path);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < count; i++) {
        const struct tern_safetensor *t = tern_safetensors_at(hf->parts, i);
        if (!wanted(k->c, t->name)) continue;
        s = take_tensor(k, t, hf->names + i * NAME_BYTES, &k->g->tensor[k->g->n_tensors]);
        k->g->n_tensors++;
    }
    return s;
}

static enum tern_status put_keys(struct tern_gguf *g, struct hf *hf, struct tern_hf_config *c,
                                 struct tern_error *e) {
    struct tern_gguf_writer *w = NULL;
    size_t bytes = 0, count = 0;
    const struct tern_safetensor *embedding = tern_safetensors_named(hf->parts, "model.embed_tokens.weight");
    if (!embedding) embedding = tern_safetensors_named(hf->parts, "embed_tokens.weight");
    if (!embedding || embedding->n_dims != 2 || embedding->dim[0] > INT32_MAX)
        return tern_fail(e, TERN_BAD_INPUT,
                         "safetensors: %s: model.embed_tokens.weight: missing or no matrix", g->path);
    c->vocab = embedding->dim[0];
    enum tern_status s = tern_gguf_create_keys(&w);
    if (s) return tern_fail(e, s, "safetensors: %s: out of memory", g->path);
    s = tern_hf_put_config(c, w, e);
    if (!s) s = tern_hf_put_tokenizer(c, w, e);
    if (!s) s = tern_hf_put_lists(c, w, e);
    if (s) {
        tern_gguf_abandon(w);
        return s;
    }
    hf->folder.absmean = c->absmean;
    hf->folder.halves = !strcmp(c->arch, "llama");
    struct taking k = {g, hf, c, 0, e};
    s = take_tensors(&k);
    tern_gguf_take_keys(w, &hf->keys, &bytes, &count);
    return s ? s : tern_gguf_assemble(g, hf->keys, bytes, count, e);
}

enum tern_status tern_hf_open(const char *path, struct tern_gguf **out, struct tern_error *e) {
    *out = NULL;
    struct tern_gguf *g = calloc(1, sizeof *g);
    struct hf *hf = calloc(1, sizeof *hf);
    json_t *config = NULL;
    char *file = NULL;
    if (!g || !hf || !(g->path = strdup(path))) {
        free(g);
        free(hf);
        return tern_fail(e, TERN_NO_MEMORY, "safetensors: %s: out of memory", path);
    }
    hf->folder.close = close_folder;
    g->folder = &hf->folder;
    enum tern_status s = tern_safetensors_open(path, &hf->parts, e);
    if (s) goto done;
    const char *folder = tern_safetensors_folder(hf->parts);
    file = tern_format_text("%s/config.json", folder);
    s = file ? tern_json_read("config", file, MAX_CONFIG, &config, e)
             : tern_fail(e, TERN_NO_MEMORY, "safetensors: %s: out of memory", path);
    struct tern_hf_config c = {
        .path = file, .folder = folder, .root = config, .end = json_array(), .unknown = json_array()};
    if (!s && (!c.end || !c.unknown))
        s = tern_fail(e, TERN_NO_MEMORY, "safetensors: %s: out of memory", path);
    if (!s) s = put_keys(g, hf, &c, e);
    json_decref(c.end);
    json_decref(c.unknown);
done:
    json_decref(config);
    free(file);
    if (s)
        tern_gguf_close(g);
    else
        *out = g;
    return s;
}
