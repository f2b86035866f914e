/* The reciprocals of m80 (kernels/x86/panels/m80.h) are exact for every pair of bytes that share a 16-bit
 * lane. */
#include "base/isa.h"
#include "base/memory.h"
#include "kernels/proof_make.h"
#include "kernels/reference.h"

#include <criterion/criterion.h>
#include <string.h>

enum { BYTES = 243, LANES = 16, K = (BYTES * BYTES + LANES - 1) / LANES * 2, M = 80 };

/* Byte (lane, column) of the packed matrix: columns 2i and 2i + 1 are the two bytes of one pair. */
static unsigned byte_at(size_t lane, size_t column) {
    const size_t pair = (column / 2 * LANES + lane) % (BYTES * BYTES);
    return (unsigned)(column % 2 ? pair / BYTES : pair % BYTES);
}

Test(m80, every_pair_of_bytes_is_divided_exactly) {
    int8_t *trits = tern_alloc((size_t)M * K);
    for (size_t row = 0; row < M; row++) {
        static const unsigned power[5] = {1, 3, 9, 27, 81};
        for (size_t k = 0; k < K; k++)
            trits[row * K + k] = (int8_t)(byte_at(row % LANES, k) / power[row / LANES] % 3) - 1;
    }
    const struct tern_format *f = tern_format_named("m80");
    uint8_t *packed = tern_alloc(f->bytes(M, K));
    f->pack(trits, M, K, 0, M, 1, packed);

    int8_t *q = tern_alloc(tern_token_stride(K));
    int32_t sum = 0, y[M];
    for (size_t k = 0; k < K; k++) sum += q[k] = (int8_t)(1 + (k * 2654435761u >> 13) % 127);
    const struct tern_tokens x = {.n = 1, .k = K, .stride = tern_token_stride(K), .q = q, .sum = &sum};

    size_t count, ran = 0;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (v[i].format != f || v[i].n_min > 1 || v[i].isa & ~tern_isa_detected()) continue;
        struct tern_call c = {.w = {.format = f, .m = M, .k = K, .data = packed}, .x = &x, .y = y, .ldy = M};
        tern_variant_defaults(&v[i], c.param);
        const struct tern_proof p = tern_proof_of(&v[i]);
        c.shared = tern_alloc(tern_proof_shared_bytes(&p, &c) + 1);
        void *local = tern_alloc(tern_proof_local_bytes(&p, &c) + 1);
        tern_proof_prepare(&p, &c, 0, 1);
        tern_proof_run(&p, &c, 0, M, local);
        for (size_t row = 0; row < M; row++)
            cr_assert(y[row] == tern_reference_dot(trits + row * K, q, K), "%s: row %zu", v[i].name, row);
        tern_free(c.shared);
        tern_free(local);
        ran++;
    }
    cr_assert(ran > 0);
    tern_free(trits);
    tern_free(packed);
    tern_free(q);
}
