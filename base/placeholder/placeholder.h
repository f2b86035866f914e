/* Small files that stand where another file should be: pointers of Git LFS, git-annex and Xet, the text of a symbolic
 * link that was checked out as a file, the web page or the refusal that a download left behind.
 *
 * Sources: the specification of Git LFS; "pointer file" in the internals of git-annex; pointer_file.rs of xet-core. */
#ifndef TERN_BASE_PLACEHOLDER_PLACEHOLDER_H
#define TERN_BASE_PLACEHOLDER_PLACEHOLDER_H

#include "base/status.h"

#include <stddef.h>

/* TERN_OK, or TERN_BAD_INPUT when these bytes, the whole of a file, are such a placeholder: "<what>: <path>: ..." says
 * which, what it points to, and how the file itself is had. */
enum tern_status tern_refuse_placeholder(const char *what, const char *path, const void *data, size_t bytes,
                                         struct tern_error *e);

#endif
