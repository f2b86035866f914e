#define _GNU_SOURCE
#include "reference.h"

#include "base/file.h"
#include "base/isa.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *data_folder(void) {
    return TERN_SOURCE_ROOT "/tests/data";
}

const char *shared_folder(void) {
    static char path[512];
    const char *root = getenv("TERN_SHARED");
    snprintf(path, sizeof path, "%s/vectors", root ? root : TERN_SOURCE_ROOT "/../shared");
    if (access(path, R_OK)) path[0] = 0;
    return path;
}

static char *text_of(const char *folder, const char *name, const char *suffix, size_t *bytes) {
    char path[600];
    char *text = NULL;
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
    if (access(path, R_OK)) return NULL;
    cr_assert(tern_file_read(path, 1u << 24, &text, bytes, NULL) == TERN_OK, "%s", path);
    return text;
}

static int32_t *ids_of(const char *folder, const char *name, const char *suffix, size_t *count) {
    size_t bytes;
    char *text = text_of(folder, name, suffix, &bytes), *at = text, *end;
    int32_t *ids = text ? malloc(bytes * sizeof *ids) : NULL;
    *count = 0;
    while (ids) {
        const long v = strtol(at, &end, 10);
        if (end == at) break;
        ids[(*count)++] = (int32_t)v;
        at = end;
    }
    free(text);
    return ids;
}

void reference_load(struct reference *r, const char *folder, const char *model, const char *name) {
    size_t bytes = 0;
    memset(r, 0, sizeof *r);
    snprintf(r->path, sizeof r->path, "%s/%s.gguf", folder, model);
    r->ids = ids_of(folder, name, "tokens.txt", &r->count);
    r->greedy = ids_of(folder, name, "greedy.txt", &r->greedy_count);
    r->logits = (float *)(void *)text_of(folder, name, "logits.f32", &bytes);
    cr_assert(r->ids && r->logits && r->count, "%s/%s", folder, name);
    r->vocab = bytes / sizeof(float) / r->count;
}

void reference_free(struct reference *r) {
    free(r->ids);
    free(r->greedy);
    free(r->logits);
}

struct tern_model *open_model(const char *path) {
    struct tern_model *m = NULL;
    struct tern_error e = {""};
    cr_assert(tern_model_open(path, &m, &e) == TERN_OK, "%s", e.text);
    return m;
}

struct tern_engine *start(const struct tern_model *m, const struct tern_engine_options *o) {
    struct tern_engine *en = NULL;
    struct tern_error e = {""};
    struct tern_engine_options quiet = *o;
    quiet.quiet = 1;
    cr_assert(tern_engine_new(m, &quiet, &en, &e) == TERN_OK, "%s", e.text);
    return en;
}

float *prompt_logits(struct tern_engine *en, const struct reference *r) {
    float *y = tern_alloc(r->count * r->vocab * sizeof *y);
    struct tern_error e = {""};
    cr_assert(tern_engine_feed(en, r->ids, r->count, 1, y, &e) == TERN_OK, "%s", e.text);
    return y;
}

double largest_difference(const float *a, const float *b, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - b[i]);
        if (!(d <= worst)) worst = d; /* NaN counts as a difference */
    }
    return worst;
}

size_t one_per_format(const struct tern_variant **out, size_t most) {
    size_t count, n = 0;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (v->act != TERN_ACT_I8 || !v->exact || v->rank < 0 || v->n_min > 1) continue;
        if (!tern_variant_fits(v, tern_isa_detected(), 256, 256, 1, NULL)) continue;
        size_t j = 0;
        while (j < n && out[j]->format != v->format) j++;
        if (j == n && n == most) continue;
        if (j == n) n++, out[j] = v;
        if (v->rank > out[j]->rank) out[j] = v;
    }
    return n;
}

void take_unsplit(void) {
    const struct tern_variant *v =
        tern_variant_static(tern_isa_detected(), TERN_ACT_I8, tern_format_named("p64"), 2560, 2560, 1);
    setenv("TERN_KERNEL", v->name, 1);
}
