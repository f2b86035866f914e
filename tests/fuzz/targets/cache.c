/* A packed cache: the first byte says how long the parts are and whether the file gets the head that is expected, so that
 * what follows is looked at; the rest is the file. A file that is not as it was written is never a hit, and leaves zeros. */
#include "../frame.h"

#include "base/memory.h"
#include "harness/cache/file.h"
#include "harness/cache/outline.h"

#include <stdlib.h>
#include <string.h>

static const char key[] = "tern packed weights\nmodel 0\n";

static int zeros(const struct tern_cache_part *p) {
    const unsigned char *data = p->data;
    for (size_t i = 0; i < p->bytes; i++)
        if (data[i]) return 0;
    return 1;
}

/* The input behind the head that the reader expects. */
static void write_headed(const char *path, const struct tern_cache_part *part, size_t count,
                         const uint8_t *data, size_t bytes) {
    struct outline o;
    struct file_head h;
    FUZZ_MUST(tern_outline_new(&o, key, part, count));
    memcpy(&h, o.data, sizeof h);
    unsigned char *all = calloc(1, h.file_bytes);
    FUZZ_MUST(all != NULL);
    tern_outline_seal(&o);
    memcpy(all, o.data, o.bytes);
    for (size_t i = 0; i < bytes && i < h.file_bytes; i++) all[(o.bytes - 8 + i) % h.file_bytes] ^= data[i];
    fuzz_write(path, all, h.file_bytes, 0);
    free(all);
    tern_outline_free(&o);
}

void fuzz_on_cache(const uint8_t *data, size_t bytes) {
    static struct tern_pool *pool;
    static unsigned char first[512], second[64];
    struct tern_error e = {""};
    int hit = 0;
    if (!bytes) return;
    if (!pool) FUZZ_MUST(!tern_pool_new(1, NULL, &pool, &e));
    const struct tern_cache_part part[] = {{first, 1 + data[0], 0, 0}, {second, sizeof second, 0, 0}};
    const char *path = fuzz_path("a.pack");
    memset(first, 1, sizeof first);
    if (data[0] & 1)
        write_headed(path, part, 2, data + 1, bytes - 1);
    else
        fuzz_write(path, data + 1, bytes - 1, 0);
    const enum tern_status s = tern_cache_read(path, key, part, 2, pool, &hit, &e);
    fuzz_said(s, &e);
    FUZZ_MUST(!(s && hit));
    if (s == TERN_CHECK_FAILED && hit == 0 && strstr(e.text, "chunk"))
        FUZZ_MUST(zeros(&part[0]) && zeros(&part[1]));
}
