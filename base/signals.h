/* Signals that mean a failed read or write, as errors of the program. */
#ifndef TERN_BASE_SIGNALS_H
#define TERN_BASE_SIGNALS_H

#include "base/file.h"

/* For main, before anything else. A write to a closed pipe (SIGPIPE) or beyond the limit of file sizes (SIGXFSZ) fails
 * with EPIPE or EFBIG; only where stdout is the closed pipe, the program ends at once, as it would without this. A read of a mapped file that another program made shorter (SIGBUS) ends the program with
 * one line on stderr and exit code 3. Programs that are started have the usual signals. */
void tern_signals_as_errors(void);

/* Which mappings such a read may be in, so that it can be told from a fault of our own; up to 256 at a time, and more
 * are not watched. The map functions of base/file.h call these. Thread-safe. */
void tern_watch_map(const char *path, const struct tern_map *m);
void tern_forget_map(const struct tern_map *m);

#endif
