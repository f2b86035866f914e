/* The packed cache on disk: packed weights that the next start reads instead of packing them again.
 *
 * The file holds its key, and checksums of its head and of every megabyte. Large parts are mapped: they need no memory
 * besides the page cache, and fresh memory costs more than anything else at a start (on a virtual machine whose host
 * takes free pages back up to 3 seconds per GB). They begin at multiples of 2 MB, so that a file system with large
 * folios has huge pages for them. The file is replaced as a whole, so a reader sees the
 * old file or the new one. Of two writers at once one gives up. */
#ifndef TERN_HARNESS_CACHE_FILE_H
#define TERN_HARNESS_CACHE_FILE_H

#include "base/pool.h"
#include "base/status.h"

#include <stddef.h>

struct tern_cache_part {
    void *data;
    size_t bytes;
    int pages;  /* data has memory of tern_pages_get() for itself: the part begins where it can be mapped */
    int mapped; /* such a part is mapped, not read: its bytes cannot be written then */
};

/* Fills the parts from the file if its key and the sizes of its parts are the same. *hit tells whether it
 * did; after a miss all bytes of the parts are zero. A file that is absent or has another key is an ordinary
 * miss (TERN_OK). A file that is damaged, or that another user can have written (base/file.h), gives
 * TERN_CHECK_FAILED and one line of text. */
enum tern_status tern_cache_read(const char *path, const char *key, const struct tern_cache_part *part,
                                 size_t count, struct tern_pool *pool, int *hit, struct tern_error *e);

/* Writes the file, and its folders if they are missing. TERN_SKIPPED: another process is writing it or has just
 * written it. TERN_NO_MEMORY: the file system has too little room. TERN_IO: other users can write to its folder. */
enum tern_status tern_cache_write(const char *path, const char *key, const struct tern_cache_part *part,
                                  size_t count, int quiet, struct tern_error *e);

#endif
