#include "kernels/dense/f32_ops.h"

#include "kernels/ops_levels.h"

#define LEVEL(name, NAME) extern const struct tern_f32_ops tern_f32_ops_##name;
TERN_F32_LEVELS(LEVEL)
#undef LEVEL

const struct tern_f32_ops *const tern_f32_ops_levels[] = {
#define LEVEL(name, NAME) &tern_f32_ops_##name,
    TERN_F32_LEVELS(LEVEL) NULL
#undef LEVEL
};

const struct tern_f32_ops *tern_f32_ops_for(uint32_t usable) {
    const struct tern_f32_ops *last = NULL;
    for (size_t i = 0; tern_f32_ops_levels[i]; i++)
        if (!(tern_f32_ops_levels[i]->needs & ~usable)) last = tern_f32_ops_levels[i];
    return last;
}
