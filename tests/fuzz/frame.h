/* The frame of the fuzz targets. A target reads bytes as one reader of tern does, and stops the program when the reader
 * breaks a promise of its header; targets.def lists them. Under libFuzzer TERN_FUZZ names the target that runs; without
 * it seeds.c runs each over its corpus. */
#ifndef TERN_TESTS_FUZZ_FRAME_H
#define TERN_TESTS_FUZZ_FRAME_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define FUZZ_TARGET(name) void fuzz_on_##name(const uint8_t *data, size_t bytes);
#include "targets.def"
#undef FUZZ_TARGET

struct fuzz_target {
    const char *name;
    void (*run)(const uint8_t *data, size_t bytes);
};
/* NULL: there is none of that name. */
const struct fuzz_target *fuzz_target_named(const char *name);

/* Says file, line and claim on stderr and aborts when the claim does not hold. */
#define FUZZ_MUST(claim) ((claim) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #claim))
void fuzz_broken(const char *file, int line, const char *claim) __attribute__((noreturn));

/* A refusal comes with one line of text; with TERN_FUZZ_TALK in the environment it is printed. */
void fuzz_said(enum tern_status s, const struct tern_error *e);

/* A folder of this process below TMPDIR (or /tmp), made at the first call and removed at the end. */
const char *fuzz_folder(void);
/* "FOLDER/NAME"; valid until the fourth call after this one. */
const char *fuzz_path(const char *name);
/* Writes the bytes, then `zeros` more, to `path`, replacing what is there. */
void fuzz_write(const char *path, const void *data, size_t bytes, size_t zeros);
/* The same to a file of the folder; returns its path. */
const char *fuzz_file(const char *name, const void *data, size_t bytes);
/* A folder as one input: a line "==> NAME" begins a file, which ends before the next such line. Makes the folder NAME
 * below that of this process anew, with these files, and returns its path. Names that would leave it, and files where a
 * folder is, are left out. */
const char *fuzz_unpack(const char *name, const uint8_t *data, size_t bytes);

/* The bytes as a NUL-terminated text of exactly that length; heap (free()). */
char *fuzz_text(const uint8_t *data, size_t bytes);

#endif
