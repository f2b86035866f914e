/* The tiles of TL1 and TL2 tensors as a user names them. They belong to the build of bitnet.cpp that wrote
 * the file (its include/kernel_config.ini) and are not in the file; see kernels/formats/file/tl.h for what is
 * taken without them. */
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

/* From "BM:BK:bm", one tile for all shapes, or from the path of a kernel_config.ini: any number of sections
 * with m, k, bm, bk and bmm (the inner rows). TERN_BAD_INPUT, with file and line, for anything else, and for
 * a shape that is named twice with different tiles. */
enum tern_status tern_tl_tiles_read(const char *value, struct tern_tl_tiles *out, struct tern_error *e);

/* The tile of a shape; NULL when none is named for it. */
const struct tern_tl_tile *tern_tl_tiles_for(const struct tern_tl_tiles *t, size_t m, size_t k);

#endif
