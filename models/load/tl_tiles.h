/* The tiles of TL1 and TL2 tensors, as a user names them. They are not in the file: they belong to the
 * build of bitnet.cpp that wrote it (its include/kernel_config.ini). See kernels/formats/file/tl.h for the
 * tiles that are used when none are named. */
#ifndef TERN_MODELS_LOAD_TL_TILES_H
#define TERN_MODELS_LOAD_TL_TILES_H

#include "kernels/format.h"

#include <stddef.h>

enum { TERN_TL_SHAPES = 64 };

struct tern_tl_tiles {
    size_t count; /* 0: none are named */
    struct {
        size_t m, k; /* both 0: of every shape */
        struct tern_tl_tile tile;
    } of[TERN_TL_SHAPES];
};

/* `value` is "BM:BK:bm", one tile for all shapes, or the path of a kernel_config.ini, which has any number
 * of sections with m, k, bm, bk and bmm (the inner rows). TERN_BAD_INPUT, with file and line, for anything
 * else, and for a shape that has two different tiles. */
enum tern_status tern_tl_tiles_read(const char *value, struct tern_tl_tiles *out, struct tern_error *e);

/* The tile of a shape; NULL when the user named none for it. */
const struct tern_tl_tile *tern_tl_tiles_for(const struct tern_tl_tiles *t, size_t m, size_t k);

#endif
