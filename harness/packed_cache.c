/* What the packed cache of an engine is called, when it is still true, and of which parts it consists. */
#define _GNU_SOURCE
#include "harness/internal.h"

#include "base/file.h"
#include "base/hash.h"
#include "harness/cache/file.h"
#include "harness/cache/identity.h"
#include "pack_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_OF(word) #word
#define TEXT(word)    TEXT_OF(word)

static uint64_t hash_text(uint64_t h, const char *text) {
    return tern_hash(h, text, strlen(text) + 1);
}

/* Where the trits of a linear layer come from. */
static uint64_t hash_source(uint64_t h, const struct tern_linear *l) {
    const uint64_t facts[] = {l->m,      l->k,         (uint64_t)l->dense, (uint64_t)l->absmean,
                              l->halves, l->tile.rows, l->tile.cols,       l->tile.inner};
    const float factors[] = {l->scale, l->unit};
    h = hash_text(h, l->format ? l->format->name : "");
    h = tern_hash(h, facts, sizeof facts);
    return tern_hash(h, factors, sizeof factors);
}

/* Everything that decides the bytes besides the file: which matrices are packed together and how, formats,
 * shapes and scales. */
static uint64_t hash_layout(const struct tern_engine *en) {
    const struct tern_hparams *hp = &en->model->hp;
    uint64_t h = TERN_HASH_START;
    const uint64_t size[] = {hp->layers,
                             hp->hidden,
                             hp->ffn,
                             hp->vocab,
                             en->plan.projections,
                             en->head.rows,
                             (uint64_t)en->head.two_stages,
                             (uint64_t)en->head.scan.bits,
                             en->head.scan.block,
                             (uint64_t)en->head.scan.in_place,
                             en->head.source != NULL,
                             (uint64_t)en->head.in_file};
    h = tern_hash(h, size, sizeof size);
    for (uint32_t i = 0; i < hp->layers; i++)
        for (size_t j = 0; j < en->plan.projections; j++) {
            const struct packed *p = &en->layer[i].of[j];
            const uint64_t shape[] = {p->w.m, p->w.k, p->projection->roles, p->projection->pair};
            h = tern_hash(h, shape, sizeof shape);
            const uint64_t rows = p->rows;
            h = hash_text(h, p->plain ? "rows" : p->w.format->name);
            if (p->plain) h = tern_hash(h, &rows, sizeof rows);
            for (size_t r = 0; r < p->projection->roles; r++) {
                const uint64_t role = p->projection->role[r];
                h = hash_source(tern_hash(h, &role, sizeof role), p->source[r]);
            }
        }
    return h;
}

/* Name and key of this engine's cache; 0 when it has none. A checkpoint of safetensors has none: it is many
 * files, and what they say is read from several of them. */
static int identify(struct tern_engine *en) {
    const char *path = tern_model_path(en->model);
    if (!path && en->model->file) return 0;
    const uint64_t layout = hash_layout(en);
    uint64_t content = hash_text(TERN_HASH_START, path ? "" : en->model->source);
    char *full = path ? realpath(path, NULL) : strdup(en->model->source);
    const int ok = full && (!path || tern_file_identity(path, &content));
    if (ok) {
        const uint64_t name = tern_hash(hash_text(TERN_HASH_START, full), &layout, sizeof layout);
        en->cache_path = tern_format_text("%s/%016" PRIx64 ".pack", en->cache_folder, name);
        en->cache_key = tern_format_text("tern packed weights\nmodel %016" PRIx64 "\nlayout %016" PRIx64
                                         "\ncode %s\nversion %s\n",
                                         content, layout, TEXT(TERN_PACK_KEY), TERN_VERSION);
    }
    free(full);
    return en->cache_path && en->cache_key;
}

int tern_engine_cache_there(struct tern_engine *en) {
    const int there = en->cache_folder && identify(en) && access(en->cache_path, R_OK) == 0;
    free(en->cache_path);
    free(en->cache_key);
    en->cache_path = en->cache_key = NULL;
    return there;
}

/* Huge pages or not, a thread reads mapped pages as fast as its own; but they lie where they were first written, which
 * is wrong for the workers of another memory node. */
static int are_near(void) {
    const struct tern_machine *m;
    return tern_machine_get(&m, NULL) == TERN_OK && m->numa_nodes <= 1;
}

/* Heap; NULL without memory. */
static struct tern_cache_part *parts(struct tern_engine *en, size_t *count) {
    struct tern_cache_part *p = malloc((2 + TERN_EXACT_PARTS) * sizeof *p);
    size_t n = 0;
    const int near = are_near();
    if (!p) return NULL;
    p[n++] = (struct tern_cache_part){en->body.data, en->body.bytes, 1, near};
    if (en->head.pages.data)
        p[n++] = (struct tern_cache_part){en->head.pages.data, en->head.pages.bytes, 1, near};
    if (en->head.exact) {
        struct tern_exact_part part[TERN_EXACT_PARTS];
        const size_t has = tern_exact_parts(en->head.exact, part);
        for (size_t i = 0; i < has; i++)
            p[n++] = (struct tern_cache_part){part[i].data, part[i].bytes, part[i].pages, near};
    }
    *count = n;
    return p;
}

int tern_engine_cache_read(struct tern_engine *en) {
    size_t count;
    int hit = 0;
    struct tern_error why = {""};
    if (!en->cache_folder || !identify(en)) return 0;
    struct tern_cache_part *p = parts(en, &count);
    if (p && tern_cache_read(en->cache_path, en->cache_key, p, count, en->pool, &hit, &why) != TERN_OK) {
        char *text = en->facts.warning;
        const size_t at = strlen(text);
        snprintf(text + at, sizeof en->facts.warning - at, "%s%s", at ? "; " : "", why.text);
    }
    free(p);
    return hit;
}

enum tern_status tern_engine_keep(struct tern_engine *en, struct tern_error *e) {
    if (!en->cache_path || !en->cache_key || en->facts.from_cache) return TERN_OK;
    size_t count;
    struct tern_cache_part *p = parts(en, &count);
    if (!p) return tern_fail(e, TERN_NO_MEMORY, "cache: out of memory");
    const enum tern_status s = tern_cache_write(en->cache_path, en->cache_key, p, count, en->quiet, e);
    free(p);
    return s == TERN_SKIPPED ? TERN_OK : s;
}
