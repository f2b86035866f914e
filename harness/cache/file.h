/* A file of named bytes that can be made again: packed weights, to be read instead of packed at the next
 * start.
 *
 * The file tells its key and carries a checksum for its head and for every megabyte. It is read with large
 * reads into memory that the caller owns (huge pages, touched first by the worker that will use it) rather
 * than mapped: mapped pages would be small ones, and decoding reads all of it for every token. It is replaced
 * as a whole, so that a reader sees an old file or a new one; of two writers at once one gives up. */
#ifndef TERN_HARNESS_CACHE_FILE_H
#define TERN_HARNESS_CACHE_FILE_H

#include "base/pool.h"
#include "base/status.h"

#include <stddef.h>

struct tern_cache_part {
    void *data;
    size_t bytes;
};

/* Fills the parts from the file when its key and its sizes are these. *hit tells whether it did; after a
 * miss their bytes are all zero. A file that is absent or has another key is an ordinary miss (TERN_OK); one
 * that is damaged gives TERN_CHECK_FAILED and one line. */
enum tern_status tern_cache_read(const char *path, const char *key, const struct tern_cache_part *part,
                                 size_t count, struct tern_pool *pool, int *hit, struct tern_error *e);

/* Writes the file, folders included. TERN_SKIPPED when another process is writing it or has just written it;
 * TERN_NO_MEMORY when the file system has too little room. */
enum tern_status tern_cache_write(const char *path, const char *key, const struct tern_cache_part *part,
                                  size_t count, int quiet, struct tern_error *e);

#endif
