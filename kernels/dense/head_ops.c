#include "kernels/dense/head_ops.h"

#include "kernels/ops_levels.h"

#define LEVEL(name, NAME) extern const struct tern_head_ops tern_head_ops_##name;
TERN_HEAD_LEVELS(LEVEL)
#undef LEVEL

const struct tern_head_ops *const tern_head_ops_levels[] = {
#define LEVEL(name, NAME) &tern_head_ops_##name,
    TERN_HEAD_LEVELS(LEVEL) NULL
#undef LEVEL
};

const struct tern_head_ops *tern_head_ops_for(uint32_t usable) {
    const struct tern_head_ops *last = NULL;
    for (size_t i = 0; tern_head_ops_levels[i]; i++)
        if (!(tern_head_ops_levels[i]->needs & ~usable)) last = tern_head_ops_levels[i];
    return last;
}

size_t tern_rows_bytes(enum tern_rows type, size_t k) {
    switch (type) {
    case TERN_ROWS_F16:
        return 2 * k;
    case TERN_ROWS_Q8:
        return k / 32 * 34;
    case TERN_ROWS_Q6_K:
        return k / 256 * 210;
    default:
        return 4 * k;
    }
}
