#include "models/synth/synth.h"

#include "base/hash.h"
#include "base/talk/nearest.h"
#include "models/arch.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed_of(const char *tensor, uint64_t seed) {
    const uint64_t h = tern_hash(tern_hash(TERN_HASH_START, &seed, sizeof seed), tensor, strlen(tensor));
    return h ? h : 1;
}

static struct tern_linear linear(const char *name, size_t m, size_t k, const struct tern_synth_options *o) {
    struct tern_linear l = {.m = m, .k = k, .seed = seed_of(name, o->seed), .zeros = o->zeros};
    snprintf(l.name, sizeof l.name, "%s", name);
    l.scale = (float)(1 / sqrt((o->zeros < 0.99 ? 1 - o->zeros : 0.01) * (double)k));
    return l;
}

static struct tern_dense dense(const char *name, size_t rows, size_t cols, uint64_t seed) {
    struct tern_dense d = {.type = TERN_DENSE_SYNTH, .rows = rows, .cols = cols, .seed = seed};
    snprintf(d.name, sizeof d.name, "%s", name);
    return d;
}

static void fill_layer(struct tern_model *m, uint32_t i, const struct tern_synth_options *o) {
    char name[64];
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t rows, cols;
        tern_role_shape(&m->hp, r, &rows, &cols);
        snprintf(name, sizeof name, "blk.%u.%s", i, tern_role_tensor(r));
        *tern_role_of(&m->layer[i], r) = linear(name, rows, cols, o);
    }
    for (enum tern_norm n = 0; n < TERN_NORMS; n++) {
        const size_t length = tern_norm_length(&m->hp, n);
        snprintf(name, sizeof name, "blk.%u.%s", i, tern_norm_tensor(n));
        if (length) *tern_norm_of(&m->layer[i], n) = dense(name, 1, length, 0);
    }
}

static enum tern_status check(const char *name, const struct tern_synth_options *o, struct tern_error *e) {
    if (!tern_builtin_model(name)) {
        char known[600] = "", meant[96];
        size_t count, at = 0;
        const char *const *names = tern_builtin_names(&count);
        for (size_t i = 0; i < count && at < sizeof known; i++)
            at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", i ? ", " : "", names[i]);
        tern_nearest_text(name, names, count, meant, sizeof meant);
        return tern_fail(e, TERN_BAD_INPUT, "synth: '%.40s' is not a built-in model%s%s there are %s", name,
                         meant, meant[0] ? "" : ";", known);
    }
    if (!(o->zeros >= 0 && o->zeros <= 1))
        return tern_fail(e, TERN_BAD_INPUT, "synth: %s: the share of zeros, %g, is not from 0 to 1", name,
                         o->zeros);
    if (o->layers > 1000) return tern_fail(e, TERN_BAD_INPUT, "synth: %s: more than 1000 layers", name);
    if (o->vocab > 1u << 20) return tern_fail(e, TERN_BAD_INPUT, "synth: %s: more than 2^20 tokens", name);
    return TERN_OK;
}

enum tern_status tern_synth_like(const struct tern_hparams *hp, const struct tern_synth_options *o,
                                 struct tern_model **out, struct tern_error *e) {
    *out = NULL;
    struct tern_model *m = calloc(1, sizeof *m);
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "synth: %s: out of memory", hp->name);
    m->hp = *hp;
    if (o->layers) m->hp.layers = o->layers;
    if (o->vocab) m->hp.vocab = o->vocab;
    m->layer = calloc(m->hp.layers, sizeof *m->layer);
    if (!m->layer) {
        free(m);
        return tern_fail(e, TERN_NO_MEMORY, "synth: %s: out of memory", hp->name);
    }
    snprintf(m->source, sizeof m->source, "synth:%s", hp->name);
    for (uint32_t i = 0; i < m->hp.layers; i++) fill_layer(m, i, o);
    m->embedding = dense("token_embd", m->hp.vocab, m->hp.hidden, seed_of("token_embd", o->seed));
    m->output_norm = dense("output_norm", 1, m->hp.hidden, 0);
    if (!m->hp.tied) m->head = dense("output", m->hp.vocab, m->hp.hidden, seed_of("output", o->seed));
    *out = m;
    return TERN_OK;
}

enum tern_status tern_synth_model(const char *name, const struct tern_synth_options *o,
                                  struct tern_model **out, struct tern_error *e) {
    *out = NULL;
    const enum tern_status s = check(name, o, e);
    if (s) return s;
    return tern_synth_like(tern_builtin_model(name), o, out, e);
}

/* One "key=value" of a spec. */
static int option(char *word, struct tern_synth_options *o) {
    char *value = strchr(word, '='), *end;
    if (!value || value[1] < '0' || value[1] > '9') return 0;
    *value++ = 0;
    errno = 0;
    if (!strcmp(word, "zeros")) {
        o->zeros = strtod(value, &end);
        return !*end;
    }
    const unsigned long long n = strtoull(value, &end, 10);
    if (*end || errno) return 0;
    if (!strcmp(word, "seed")) return o->seed = n, 1;
    if (n < 1 || n > UINT32_MAX) return 0;
    if (!strcmp(word, "layers")) return o->layers = (uint32_t)n, 1;
    if (!strcmp(word, "vocab")) return o->vocab = (uint32_t)n, 1;
    return 0;
}

enum tern_status tern_synth_open(const char *spec, struct tern_model **out, struct tern_error *e) {
    struct tern_synth_options o = {.seed = 1, .zeros = 0.42};
    char text[200];
    *out = NULL;
    if (strlen(spec) >= sizeof text) return tern_fail(e, TERN_BAD_INPUT, "synth: the name is too long");
    snprintf(text, sizeof text, "%s", spec);
    for (char *at = strchr(text, ','), *next; at; at = next) {
        *at++ = 0;
        next = strchr(at, ',');
        char word[200];
        snprintf(word, sizeof word, "%.*s", (int)(next ? next - at : (long)strlen(at)), at);
        if (!option(word, &o))
            return tern_fail(e, TERN_BAD_INPUT,
                             "synth: %s: '%.40s' is not one of layers=N, vocab=N, seed=N, zeros=P", text, at);
    }
    const enum tern_status s = tern_synth_model(text, &o, out, e);
    if (!s) snprintf((*out)->source, sizeof(*out)->source, "synth:%s", spec);
    return s;
}
