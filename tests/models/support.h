/* What the tests of the models room share: the folder of reference files, scratch files, a hand-made GGUF. */
#ifndef TERN_TESTS_MODELS_SUPPORT_H
#define TERN_TESTS_MODELS_SUPPORT_H

#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

/* Path of a file below the shared folder ("vectors/x.gguf"), valid until the next call. Skips the test when
 * it is not there. TERN_SHARED names the folder; without it, ../shared beside the source tree. */
const char *shared_file(const char *name);

/* A new empty file; removed by drop_scratch. Heap. */
char *scratch_file(void);
void drop_scratch(char *path);
void write_file(const char *path, const void *data, size_t bytes);
/* Whole file, heap. */
unsigned char *slurp(const char *path, size_t *bytes);

/* The small synthetic model, written to a scratch file. */
char *small_model(void);

/* A GGUF put together by hand, field by field, so that it can be wrong. */
struct blob {
    unsigned char data[4096];
    size_t bytes;
};
void put_u32(struct blob *b, uint32_t v);
void put_u64(struct blob *b, uint64_t v);
void put_text(struct blob *b, const char *text);
/* Magic, version 3, counts. */
struct blob header(uint64_t tensors, uint64_t keys);
/* A tensor entry; dims end at the first 0. */
void put_tensor(struct blob *b, const char *name, uint64_t k, uint64_t m, uint32_t type, uint64_t offset);
/* Zeros up to a multiple of 32 and then `data` more. */
void put_data(struct blob *b, size_t data);

/* Writes the blob to a scratch file and opens it; the status and text of the attempt. */
enum tern_status open_blob(const struct blob *b, struct tern_error *e);

#endif
