#include "support.h"

#include "base/file.h"
#include "models/gguf/gguf.h"
#include "models/synth/synth.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *shared_file(const char *name) {
    static char path[1024];
    const char *root = getenv("TERN_SHARED");
    if (root)
        snprintf(path, sizeof path, "%s/%s", root, name);
    else
        snprintf(path, sizeof path, "%s/../shared/%s", TERN_SOURCE_ROOT, name);
    if (access(path, R_OK)) cr_skip_test("%s is not there (set TERN_SHARED)", path);
    return path;
}

char *scratch_file(void) {
    const char *folder = getenv("TMPDIR");
    char *path = tern_format_text("%s/tern-test-XXXXXX", folder ? folder : "/tmp");
    const int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    return path;
}

void drop_scratch(char *path) {
    unlink(path);
    free(path);
}

void write_file(const char *path, const void *data, size_t bytes) {
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(data, 1, bytes, f) == bytes && !fclose(f));
}

unsigned char *slurp(const char *path, size_t *bytes) {
    char *text;
    cr_assert(!tern_file_read(path, 1u << 28, &text, bytes, NULL));
    return (unsigned char *)text;
}

char *small_model(void) {
    char *path = scratch_file();
    struct tern_model *m;
    cr_assert(!tern_model_open("synth:micro", &m, NULL));
    cr_assert(!tern_synth_write(m, path, NULL, NULL, NULL));
    tern_model_close(m);
    return path;
}

static void put(struct blob *b, const void *data, size_t bytes) {
    cr_assert(b->bytes + bytes <= sizeof b->data);
    memcpy(b->data + b->bytes, data, bytes);
    b->bytes += bytes;
}

void put_u32(struct blob *b, uint32_t v) {
    put(b, &v, sizeof v);
}

void put_u64(struct blob *b, uint64_t v) {
    put(b, &v, sizeof v);
}

void put_text(struct blob *b, const char *text) {
    put_u64(b, strlen(text));
    put(b, text, strlen(text));
}

struct blob header(uint64_t tensors, uint64_t keys) {
    struct blob b = {.bytes = 0};
    put(&b, "GGUF", 4);
    put_u32(&b, 3);
    put_u64(&b, tensors);
    put_u64(&b, keys);
    return b;
}

void put_tensor(struct blob *b, const char *name, uint64_t k, uint64_t m, uint32_t type, uint64_t offset) {
    put_text(b, name);
    put_u32(b, 2);
    put_u64(b, k);
    put_u64(b, m);
    put_u32(b, type);
    put_u64(b, offset);
}

void put_data(struct blob *b, size_t data) {
    b->bytes = (b->bytes + 31) / 32 * 32 + data;
    cr_assert(b->bytes <= sizeof b->data);
}

enum tern_status open_blob(const struct blob *b, struct tern_error *e) {
    char *path = scratch_file();
    struct tern_gguf *g;
    write_file(path, b->data, b->bytes);
    e->text[0] = 0;
    const enum tern_status s = tern_gguf_open(path, &g, e);
    tern_gguf_close(g);
    drop_scratch(path);
    return s;
}
