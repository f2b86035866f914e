/* The weights of the linear layers as the engine keeps them. Private to harness/. */
#ifndef TERN_HARNESS_PACKED_H
#define TERN_HARNESS_PACKED_H

#include "harness/plan/plan.h"
#include "kernels/dense/head_ops.h"

struct tern_engine;

/* One projection of one layer. */
struct packed {
    const struct tern_linear *source[3]; /* of the projection's roles */
    const struct projection *projection;
    struct tern_matrix w;
    /* A layer that is not ternary is a projection of its own. w.format is NULL, and w.data holds dense rows
     * (kernels/dense/head_ops.h), which multiply unquantised activations. */
    int plain;
    enum tern_rows rows;
    size_t row_bytes;
};

/* In the order of the plan's projections. */
struct packed_layer {
    struct packed of[TERN_ROLES];
};

/* load.c: finds what each projection of each layer is packed from. Needs the plan. */
enum tern_status tern_engine_list(struct tern_engine *en, struct tern_error *e);
size_t tern_packed_bytes(const struct packed *p);
/* Packs all of them, on all threads, or reads them from the packed cache; fills the head and the norms. */
enum tern_status tern_engine_load(struct tern_engine *en, struct tern_error *e);

/* pack.c: worker w's share of one of them. */
enum tern_status tern_pack_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                 size_t workers, struct tern_error *e);

#endif
