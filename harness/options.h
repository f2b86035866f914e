/* Engine options from words and files, for the commands that take them. */
#ifndef TERN_HARNESS_OPTIONS_H
#define TERN_HARNESS_OPTIONS_H

#include "harness/engine.h"

/* "f16", "f32", "q8"; TERN_BAD_INPUT for any other. */
enum tern_status tern_kv_named(const char *word, enum tern_kv_type *out, struct tern_error *e);
/* "auto", "f16", "f32", "q8", "q6_k", "exact2"; TERN_BAD_INPUT for any other. */
enum tern_status tern_head_named(const char *word, enum tern_head_type *out, struct tern_error *e);
/* "i8", "f32"; "auto", "never", "always". TERN_BAD_INPUT for any other word. */
enum tern_status tern_act_named(const char *word, enum tern_act *out, struct tern_error *e);
enum tern_status tern_merge_named(const char *word, enum tern_merge *out, struct tern_error *e);

/* Reads the wisdom of this machine into `w`, with the ranks that are built in; tern_wisdom_free() frees it. `path` NULL means the default file.
 * If the default file cannot be used, `w` has no entries, the reason is in warning[0..warning_bytes), and the call
 * succeeds. */
enum tern_status tern_wisdom_here(const char *path, struct tern_wisdom *w, char *warning,
                                  size_t warning_bytes, struct tern_error *e);

/* `w` without entries, with the built-in ranks for this machine: what is known before anything was tuned. */
enum tern_status tern_wisdom_shipped(struct tern_wisdom *w, struct tern_error *e);

#endif
