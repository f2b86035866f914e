/* Models that were split into several files. The first part has the keys; each part has tensors. Source: the keys
 * "split.*" and the names "PREFIX-00001-of-00003.gguf" of llama.cpp. */
#define _GNU_SOURCE
#include "models/gguf/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAIL = 20, MOST_PARTS = 9999 }; /* bytes of "-00001-of-00003.gguf" */

/* The numbers in the name of a part: 1, or 0 when it is no such name. */
static int name_says(const char *path, unsigned *number, unsigned *count) {
    const size_t n = strlen(path);
    char again[TAIL + 1];
    if (n < TAIL || sscanf(path + n - TAIL, "-%5u-of-%5u.gguf", number, count) != 2) return 0;
    snprintf(again, sizeof again, "-%05u-of-%05u.gguf", *number % 100000, *count % 100000);
    return !strcmp(path + n - TAIL, again);
}

static enum tern_status bad(const struct tern_gguf *g, struct tern_error *e, const char *why) {
    return tern_fail(e, TERN_BAD_INPUT, "gguf: %s: a part of a split model: %s", g->path, why);
}

/* Opens part `number` (from 1) of the model that `g` belongs to. */
static enum tern_status open_part(const struct tern_gguf *g, unsigned number, unsigned count,
                                  struct tern_gguf **out, struct tern_error *e) {
    char *path = strdup(g->path);
    uint64_t no = 0, of = 0;
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", g->path);
    snprintf(path + strlen(path) - TAIL, TAIL + 1, "-%05u-of-%05u.gguf", number, count);
    enum tern_status s = tern_gguf_open_one(path, out, e);
    if (s) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "part %u of %u of a split model", number, count);
        tern_fail_in(e, s, prefix);
    } else if (!tern_gguf_u64(*out, "split.no", &no) || !tern_gguf_u64(*out, "split.count", &of) ||
               no + 1 != number || of != count) {
        s = bad(*out, e, "its keys split.no and split.count say something else than its name");
    }
    if (s && *out) {
        tern_gguf_close(*out);
        *out = NULL;
    }
    free(path);
    return s;
}

/* The tensors of all parts, in the list of the first. */
static enum tern_status join(struct tern_gguf *first, struct tern_error *e) {
    size_t n = first->n_tensors;
    uint64_t wanted;
    for (size_t i = 0; i < first->siblings; i++) n += first->sibling[i]->n_tensors;
    struct tern_gguf_tensor *all = calloc(n + 1, sizeof *all);
    const struct tern_gguf_tensor **by_name = calloc(n + 1, sizeof *by_name);
    if (!all || !by_name) {
        free(all);
        free(by_name);
        return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", first->path);
    }
    memcpy(all, first->tensor, first->n_tensors * sizeof *all);
    size_t at = first->n_tensors;
    for (size_t i = 0; i < first->siblings; i++) {
        const struct tern_gguf *s = first->sibling[i];
        memcpy(all + at, s->tensor, s->n_tensors * sizeof *all);
        at += s->n_tensors;
    }
    free(first->tensor);
    free(first->by_name);
    first->tensor = all;
    first->by_name = by_name;
    first->n_tensors = n;
    if (tern_gguf_u64(first, "split.tensors.count", &wanted) && wanted != n)
        return tern_fail(e, TERN_BAD_INPUT,
                         "gguf: %s: split.tensors.count is %llu, but the parts hold %zu tensors", first->path,
                         (unsigned long long)wanted, n);
    return tern_gguf_index(first, e);
}

static enum tern_status open_all(struct tern_gguf *named, unsigned number, unsigned count,
                                 struct tern_gguf **out, struct tern_error *e) {
    struct tern_gguf *first = number == 1 ? named : NULL;
    enum tern_status s = first ? TERN_OK : open_part(named, 1, count, &first, e);
    if (!s && !(first->sibling = calloc(count, sizeof *first->sibling)))
        s = tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", named->path);
    for (unsigned i = 2; !s && i <= count; i++) {
        struct tern_gguf **slot = &first->sibling[first->siblings];
        s = i == number ? (*slot = named, TERN_OK) : open_part(named, i, count, slot, e);
        if (!s) first->siblings++;
        if (!s && i == number) named = NULL; /* its sibling owns it now */
    }
    if (!s) s = join(first, e);
    if (s && named != first) tern_gguf_close(named);
    if (s)
        tern_gguf_close(first);
    else
        *out = first;
    return s;
}

enum tern_status tern_gguf_open(const char *path, struct tern_gguf **out, struct tern_error *e) {
    struct tern_gguf *g;
    uint64_t no = 0, count = 0;
    unsigned number, of;
    *out = NULL;
    enum tern_status s = tern_gguf_open_one(path, &g, e);
    if (s) return s;
    if (!tern_gguf_u64(g, "split.count", &count) || count <= 1) return *out = g, TERN_OK;
    if (count > MOST_PARTS)
        s = bad(g, e, "split.count is above 9999");
    else if (!name_says(path, &number, &of))
        s = bad(g, e, "its name does not end in -00001-of-00002.gguf, so the other parts cannot be found");
    else if (!tern_gguf_u64(g, "split.no", &no) || no + 1 != number || of != count)
        s = bad(g, e, "its keys split.no and split.count say something else than its name");
    if (!s) return open_all(g, number, of, out, e);
    tern_gguf_close(g);
    return s;
}
