/* Whether a large file is still the one that was seen before. */
#ifndef TERN_HARNESS_CACHE_IDENTITY_H
#define TERN_HARNESS_CACHE_IDENTITY_H

#include <stdint.h>

/* Mixes into *h what tells this file from others: its size, the time of its last change, and a sample of its
 * bytes. That is enough to notice another file, not to stop a forger. 0 when the file cannot be read. */
int tern_file_identity(const char *path, uint64_t *h);

#endif
