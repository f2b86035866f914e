/* Proofs that an earlier process earned: the same build of the program, on the same machine, at most a week ago.
 *
 * The engine takes them, so that a start need not prove again what the last one has proved. `tern verify`, `tern bench` and
 * `tern tune` never do. */
#ifndef TERN_KERNELS_VERIFY_EARLIER_H
#define TERN_KERNELS_VERIFY_EARLIER_H

#include "base/status.h"

#include <stddef.h>

/* `machine`: text without a space that names the machine and its instructions. Takes the quick proofs that the file has for
 * it, and says how many. A file that is missing, damaged, not ours, or open to the writing of others has none. */
size_t tern_proofs_recall(const char *path, const char *machine);
/* Writes what this process has proved beside what the file had; does nothing when that is nothing new. */
enum tern_status tern_proofs_keep(const char *path, const char *machine, struct tern_error *e);

#endif
