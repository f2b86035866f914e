#include "kernels/prep/prep.h"
#include "kernels/proof_make.h"

#define TERN_VARIANT(name, ...) tern_run_fn name;
#include "kernels/variants.def"
#undef TERN_VARIANT

/* In the order of the registry. */
static tern_run_fn *const run_of[] = {
#define TERN_VARIANT(name, ...) name,
#include "kernels/variants.def"
#undef TERN_VARIANT
};

struct tern_proof tern_proof_of(const struct tern_variant *v) {
    size_t count;
    return (struct tern_proof){.variant = v, .run = run_of[v - tern_variants(&count)]};
}

const struct tern_variant *tern_proof_variant(const struct tern_proof *p) {
    return p->variant;
}

size_t tern_proof_shared_bytes(const struct tern_proof *p, const struct tern_call *c) {
    return p->variant->prep->shared_bytes(c);
}

size_t tern_proof_local_bytes(const struct tern_proof *p, const struct tern_call *c) {
    return p->variant->prep->local_bytes(c);
}

void tern_proof_prepare(const struct tern_proof *p, const struct tern_call *c, size_t worker,
                        size_t workers) {
    p->variant->prep->run(c, worker, workers);
}

void tern_proof_run(const struct tern_proof *p, const struct tern_call *c, size_t row0, size_t row1,
                    void *local) {
    p->run(c, row0, row1, local);
}
