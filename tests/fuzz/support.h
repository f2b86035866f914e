/* What the fuzz targets share: bytes as a file, and a model used in every way that reads its file. */
#ifndef TERN_TESTS_FUZZ_SUPPORT_H
#define TERN_TESTS_FUZZ_SUPPORT_H

#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Writes the bytes, then `zeros` more, to `path`, replacing what is there. */
void fuzz_write(const char *path, const void *data, size_t bytes, size_t zeros);
/* A folder of this process below /tmp (or TMPDIR), made at the first call. */
const char *fuzz_folder(void);
/* "FOLDER/NAME"; valid until the next call. */
const char *fuzz_path(const char *name);

/* Opens the model and reads rows of everything; a refusal must come with one line of text. */
void fuzz_model(const char *path);

#endif
