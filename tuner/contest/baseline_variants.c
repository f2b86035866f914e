#include "tuner/contest/baselines.h"

#include <string.h>

static const struct {
    const char *format, *trick; /* a variant with this in its name is preferred */
} wanted[TERN_BASELINE_VARIANTS] = {
    {"f32", "_openblas_"}, {"i8", "_onednn_"}, {"tq20", ""}, {"tq10", ""}, {"tl2", ""}};

const struct tern_variant *tern_baseline_variant(const struct tern_problem *p, uint32_t usable,
                                                 size_t index) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *best = NULL;
    int preferred = 0;
    if (index >= TERN_BASELINE_VARIANTS) return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (strcmp(v->format->name, wanted[index].format) ||
            !tern_variant_fits(v, usable, p->m, p->k, p->n, NULL))
            continue;
        const int liked = strstr(v->name, wanted[index].trick) != NULL;
        if (best && (liked < preferred || (liked == preferred && v->rank <= best->rank))) continue;
        best = v, preferred = liked;
    }
    return best;
}
