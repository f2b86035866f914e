/* The tiles of TL1 and TL2: a kernel_config.ini, and the same text as a value. */
#include "../frame.h"

#include "models/load/tl_tiles.h"

#include <stdlib.h>
#include <string.h>

static void look(const struct tern_tl_tiles *t) {
    FUZZ_MUST(t->count <= TERN_TL_SHAPES);
    for (size_t i = 0; i < t->count; i++) {
        const struct tern_tl_tile *tile = tern_tl_tiles_for(t, t->of[i].m, t->of[i].k);
        FUZZ_MUST(tile && tile->rows && tile->cols && tile->inner);
    }
}

void fuzz_on_tiles(const uint8_t *data, size_t bytes) {
    struct tern_tl_tiles t;
    struct tern_error e = {""};
    enum tern_status s = tern_tl_tiles_read(fuzz_file("kernel_config.ini", data, bytes), &t, &e);
    fuzz_said(s, &e);
    if (!s) look(&t);
    char *value = fuzz_text(data, bytes);
    if (!strchr(value, '/') && !strchr(value, '\n')) {
        s = tern_tl_tiles_read(value, &t, &e);
        fuzz_said(s, &e);
        if (!s) look(&t);
    }
    free(value);
}
