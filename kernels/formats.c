#include "kernels/format.h"

#include <string.h>

static const struct tern_format *const list[] = {
#define TERN_FORMAT(name) &tern_format_##name,
#include "kernels/formats.def"
#undef TERN_FORMAT
};

#define N_FORMATS (sizeof list / sizeof *list)

const struct tern_format *const *tern_formats(size_t *count) {
    *count = N_FORMATS;
    return list;
}

const struct tern_format *tern_format_named(const char *name) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (!strcmp(name, list[i]->name)) return list[i];
    return NULL;
}
