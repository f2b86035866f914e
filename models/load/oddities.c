#include "models/load/oddities.h"

#include "models/arch.h"
#include "models/facts.h"
#include "models/gguf/file.h"
#include "models/gguf/types.h"
#include "models/keys/keys.h"

#include <stdio.h>

struct listener {
    void (*say)(void *ctx, const char *line);
    void *ctx;
};

static void say(const struct listener *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(const struct listener *l, const char *fmt, ...) {
    char line[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    l->say(l->ctx, line);
}

/* Keys that files in the wild leave out, and what a reader then takes. */
static void missing_keys(const struct tern_gguf *g, const struct listener *l) {
    static const struct {
        const char *key, *instead;
        int of_arch;
    } keys[] = {
        {"attention.head_count_kv", "taken as head_count", 1},
        {"attention.layer_norm_rms_epsilon", "the architecture's default is used", 1},
        {"rope.freq_base", "the architecture's default is used", 1},
        {"rope.dimension_count", "taken as the size of a head", 1},
        {"vocab_size", "taken from the embedding", 1},
        {"tokenizer.ggml.tokens", "the file has no vocabulary: token ids only", 0},
        {"tokenizer.ggml.pre", "the way to split words must be guessed", 0},
        {"tokenizer.ggml.bos_token_id", "no token begins a text", 0},
        {"tokenizer.ggml.eos_token_id", "no token ends a text", 0},
        {"tokenizer.ggml.add_bos_token", "decided by the kind of tokenizer", 0},
    };
    struct tern_gguf_string arch = {"", 0};
    char shown[40], full[128];
    tern_gguf_text(g, "general.architecture", &arch);
    tern_gguf_printable(arch, shown, sizeof shown);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].of_arch)
            snprintf(full, sizeof full, "%s.%s", shown, keys[i].key);
        else
            snprintf(full, sizeof full, "%s", keys[i].key);
        if (!tern_gguf_find(g, full)) say(l, "no %s: %s", full, keys[i].instead);
    }
}

static void say_unknown(void *ctx, const char *name) {
    say(ctx, "unknown key %s: ignored", name);
}

static void head(const struct tern_gguf *g, const struct listener *l) {
    const struct tern_gguf_tensor *a = tern_gguf_tensor_named(g, "token_embd.weight");
    const struct tern_gguf_tensor *b = tern_gguf_tensor_named(g, "output.weight");
    const struct tern_ggml_type *type = a && b && a->type == b->type ? tern_ggml_type_of(a->type) : NULL;
    if (!type || memcmp(a->dim, b->dim, sizeof a->dim) != 0) return;
    const uint64_t bytes = tern_ggml_bytes(type, a); /* both were checked to lie in the file */
    if (!memcmp(a->data, b->data, (size_t)bytes))
        say(l, "output.weight repeats token_embd.weight: %llu bytes could be saved",
            (unsigned long long)bytes);
}

static void vocabulary(const struct tern_gguf *g, const struct tern_model *m, const struct listener *l) {
    char full[96];
    uint64_t key;
    const struct tern_gguf_value *tokens = tern_gguf_find(g, "tokenizer.ggml.tokens");
    if (tokens && tokens->type == TERN_GGUF_ARRAY && tokens->count < m->hp.vocab)
        say(l, "%llu tokens, but the embedding has %u rows: the rest are padding",
            (unsigned long long)tokens->count, m->hp.vocab);
    snprintf(full, sizeof full, "%s.vocab_size", m->hp.arch);
    if (tern_gguf_u64(g, full, &key) && key != m->hp.vocab)
        say(l, "%s is %llu, but the embedding has %u rows: the rows count", full, (unsigned long long)key,
            m->hp.vocab);
}

static void layers(const struct tern_gguf *g, const struct tern_model *m, const struct listener *l) {
    const char *first = tern_linear_format(&m->layer[0].q);
    size_t tiled = 0, others = 0, dense = 0, master = 0, plain = 0, factors = 0, odd_scale = 0;
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *w = tern_role_of(&m->layer[i], r);
            char name[96];
            snprintf(name, sizeof name, "%s.scale", w->name);
            others += strcmp(first, tern_linear_format(w)) != 0;
            dense += w->dense && !w->plain && !w->absmean;
            master += w->absmean != 0;
            plain += w->plain != 0;
            tiled += !w->dense && !w->tile.rows &&
                     (w->format == &tern_format_tl1 || w->format == &tern_format_tl2);
            factors += !tern_gguf_is_folder(g) && tern_gguf_tensor_named(g, name) != NULL;
            odd_scale += !(w->scale > 0);
        }
    if (others) say(l, "%zu linear layers are not in %s like the first", others, first);
    if (tiled)
        say(l,
            "%zu linear layers are cut in tiles that are not in the file: those published for their shapes "
            "are "
            "taken; FILE,tl=kernel_config.ini names others",
            tiled);
    if (dense) say(l, "%zu linear layers hold ternary values in a dense type", dense);
    if (master)
        say(l, "%zu linear layers hold master weights: trits and scale follow from them (absmean)", master);
    if (plain) say(l, "%zu linear layers are not ternary", plain);
    if (factors)
        say(l, "%zu linear layers have a scale tensor beside them, which multiplies theirs", factors);
    if (odd_scale) say(l, "%zu linear layers have a scale that is not above zero", odd_scale);
}

/* Bytes behind the last tensor, when its size is known and they are more than padding. */
static void spare(const struct tern_gguf *g, const struct tern_model *m, const struct listener *l) {
    uint64_t end = 0;
    for (size_t i = 0; i < g->n_tensors; i++) {
        const struct tern_gguf_tensor *t = &g->tensor[i];
        const struct tern_ggml_type *type = tern_ggml_type_of(t->type);
        if (type && t->offset + tern_ggml_bytes(type, t) > end) end = t->offset + tern_ggml_bytes(type, t);
    }
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *w = tern_role_of(&m->layer[i], r);
            if (w->dense) continue;
            const uint64_t at = (uint64_t)((const unsigned char *)w->data - g->map.data);
            if (at + w->format->bytes(w->m, w->k) > end) end = at + w->format->bytes(w->m, w->k);
        }
    if (g->map.bytes >= end + g->alignment)
        say(l, "%llu bytes behind the last tensor", (unsigned long long)(g->map.bytes - end));
}

void tern_model_oddities(const struct tern_gguf *g, const struct tern_model *m,
                         void (*callback)(void *, const char *), void *ctx) {
    const struct listener l = {callback, ctx};
    if (!tern_gguf_is_folder(g) && g->version != 3) say(&l, "GGUF version %u, not 3", g->version);
    missing_keys(g, &l);
    tern_gguf_unknown_keys(g, say_unknown, (void *)(uintptr_t)&l);
    head(g, &l);
    if (!m) return;
    if (!strcmp(m->hp.arch, "bitnet-25")) say(&l, "architecture bitnet-25: an early name of bitnet-b1.58");
    vocabulary(g, m, &l);
    layers(g, m, &l);
    if (!tern_gguf_is_folder(g) && tern_gguf_parts(g) == 1) spare(g, m, &l);
}
