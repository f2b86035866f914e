#include "models/facts.h"

#include "models/arch.h"
#include "models/dense_type.h"

uint64_t tern_dense_bytes(const struct tern_dense *d) {
    return tern_dense_type_bytes(d->type, (uint64_t)d->rows * d->cols);
}

const char *tern_dense_name(enum tern_dense_type t) {
    return tern_dense_kind(t)->name;
}

const char *tern_linear_format(const struct tern_linear *l) {
    if (!l->data) return "synthetic";
    return l->dense ? tern_dense_name(l->dense) : l->format->name;
}

static uint64_t linear_bytes(const struct tern_linear *l) {
    if (!l->data) return 0;
    if (!l->dense) return l->format->bytes(l->m, l->k);
    return tern_dense_bytes(&(struct tern_dense){.type = l->dense, .rows = l->m, .cols = l->k});
}

void tern_model_facts(const struct tern_model *m, struct tern_model_facts *out) {
    const struct tern_dense *head = m->head.type ? &m->head : &m->embedding;
    *out = (struct tern_model_facts){
        .head_weights = (uint64_t)head->rows * head->cols,
        .head_bytes = tern_dense_bytes(head),
        .norm_bytes = tern_dense_bytes(&m->output_norm),
        .embedding_row_bytes = m->embedding.rows ? tern_dense_bytes(&m->embedding) / m->embedding.rows : 0,
    };
    for (uint32_t i = 0; i < m->hp.layers; i++) {
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[i], r);
            out->linear_weights += (uint64_t)l->m * l->k;
            out->linear_bytes += linear_bytes(l);
        }
        for (enum tern_norm n = 0; n < TERN_NORMS; n++)
            out->norm_bytes += tern_dense_bytes(tern_norm_of(&m->layer[i], n));
    }
    out->token_bytes = out->linear_bytes + out->head_bytes + out->norm_bytes + out->embedding_row_bytes;
}
