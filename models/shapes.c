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

#define PANEL 64 /* rows; the row step of most layouts divides it */

/* The most panels that one worker gets. */
static size_t widest(size_t m, size_t workers) {
    const size_t panels = (m + PANEL - 1) / PANEL;
    return (panels + workers - 1) / workers;
}

int tern_model_merges_qkv(const struct tern_hparams *hp, size_t workers) {
    static const enum tern_role role[] = {TERN_Q, TERN_K, TERN_V};
    size_t rows = 0, apart = 0;
    if (hp->input_norms) return 0; /* they read different activations */
    for (size_t i = 0; i < 3; i++) {
        size_t m, k;
        tern_role_shape(hp, role[i], &m, &k);
        rows += m;
        apart += widest(m, workers);
    }
    return widest(rows, workers) < apart;
}
