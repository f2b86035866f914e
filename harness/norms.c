#include "harness/internal.h"

static enum tern_status take_norm(const struct tern_dense *d, size_t n, float **at, float **out,
                                  struct tern_error *e) {
    if (d->type == TERN_DENSE_NONE || d->rows * d->cols != n)
        return tern_fail(e, TERN_BAD_INPUT, "engine: %s: a norm of %zu values is missing or has another size",
                         d->name[0] ? d->name : "norm", n);
    const size_t row = d->cols;
    for (size_t r = 0; r < d->rows; r++) tern_dense_row(d, r, *at + r * row);
    *out = *at;
    *at += tern_round_up(n, TERN_LANES);
    return TERN_OK;
}

enum tern_status tern_engine_norms(struct tern_engine *en, struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    size_t one = 0;
    for (enum tern_norm n = 0; n < TERN_NORMS; n++) one += tern_round_up(tern_norm_length(hp, n), TERN_LANES);
    en->norms = tern_alloc((one * hp->layers + tern_round_up(hp->hidden, TERN_LANES)) * sizeof(float));
    en->norm = tern_alloc((size_t)hp->layers * TERN_NORMS * sizeof *en->norm);
    if (!en->norms || !en->norm) return tern_fail(e, TERN_NO_MEMORY, "engine: norms: out of memory");
    float *at = en->norms;
    enum tern_status s = TERN_OK;
    for (uint32_t i = 0; s == TERN_OK && i < hp->layers; i++)
        for (enum tern_norm n = 0; s == TERN_OK && n < TERN_NORMS; n++) {
            const size_t length = tern_norm_length(hp, n);
            if (length)
                s = take_norm(tern_norm_of(&en->model->layer[i], n), length, &at,
                              &en->norm[i * TERN_NORMS + n], e);
        }
    return s == TERN_OK ? take_norm(&en->model->output_norm, hp->hidden, &at, &en->output_norm, e) : s;
}
