#include "kernels/dense/attend.h"

#include "kernels/ops_levels.h"

#define LEVEL(name, NAME) extern const struct tern_attend_ops tern_attend_ops_##name;
TERN_ATTEND_LEVELS(LEVEL)
#undef LEVEL

const struct tern_attend_ops *const tern_attend_ops_levels[] = {
#define LEVEL(name, NAME) &tern_attend_ops_##name,
    TERN_ATTEND_LEVELS(LEVEL) NULL
#undef LEVEL
};

const struct tern_attend_ops *tern_attend_ops_for(uint32_t usable) {
    const struct tern_attend_ops *last = NULL;
    for (size_t i = 0; tern_attend_ops_levels[i]; i++)
        if (!(tern_attend_ops_levels[i]->needs & ~usable)) last = tern_attend_ops_levels[i];
    return last;
}
