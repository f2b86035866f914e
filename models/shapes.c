/* The distinct shapes of a model's linear layers. */
#include "models/arch.h"

#include <stdio.h>
#include <string.h>

size_t tern_model_shapes(const struct tern_hparams *hp, struct tern_shape *out, size_t max) {
    size_t n = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t m, k, i = 0;
        tern_role_shape(hp, r, &m, &k);
        while (i < n && (out[i].m != m || out[i].k != k)) i++;
        if (i == max) continue;
        if (i == n) out[n++] = (struct tern_shape){.m = m, .k = k};
        const size_t at = strlen(out[i].roles);
        snprintf(out[i].roles + at, sizeof out[i].roles - at, "%s%s", at ? " " : "", tern_role_name(r));
        out[i].calls += hp->layers;
    }
    return n;
}
