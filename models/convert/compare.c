#include "models/convert/compare.h"

#include "base/compiler.h"
#include "base/memory.h"
#include "models/arch.h"
#include "models/dense_pack.h"
#include "models/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 };

static enum tern_status differ(const char *name, const char *why, struct tern_error *e) {
    return tern_fail(e, TERN_UNSUPPORTED, "convert: %s: %s", name, why);
}

static enum tern_status dense_equal(const struct tern_dense *a, const struct tern_dense *b,
                                    struct tern_error *e) {
    if (a->rows != b->rows || a->cols != b->cols || !a->type != !b->type)
        return differ(a->name, "another shape after writing", e);
    float *x = malloc(2 * a->cols * sizeof *x);
    if (!x) return tern_fail(e, TERN_NO_MEMORY, "convert: %s: out of memory", a->name);
    enum tern_status s = TERN_OK;
    for (size_t r = 0; !s && r < a->rows; r++) {
        tern_dense_row(a, r, x);
        tern_dense_row(b, r, x + a->cols);
        if (memcmp(x, x + a->cols, a->cols * sizeof *x) != 0)
            s = differ(a->name, "other values after writing", e);
    }
    free(x);
    return s;
}

/* The output matrix, which was to be rounded. */
static enum tern_status rounded_equal(const struct tern_dense *a, const struct tern_dense *b,
                                      enum tern_dense_type type, struct tern_convert_facts *facts,
                                      struct tern_error *e) {
    if (a->rows != b->rows || a->cols != b->cols || b->type != type)
        return differ(a->name, "another shape after writing", e);
    if (a->type == type) return dense_equal(a, b, e);
    const size_t bytes = (size_t)tern_dense_bytes(b) / b->rows;
    float *x = malloc(2 * a->cols * sizeof *x);
    void *packed = malloc(bytes);
    enum tern_status s =
        x && packed ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "convert: %s: out of memory", a->name);
    for (size_t r = 0; !s && r < a->rows; r++) {
        tern_dense_row(a, r, x);
        tern_dense_row(b, r, x + a->cols);
        tern_dense_pack_row(type, x, a->cols, packed);
        if (memcmp(packed, (const char *)b->data + r * bytes, bytes) != 0)
            s = differ(a->name, "other values after writing", e);
        for (size_t i = 0; i < a->cols; i++) {
            facts->head_change = fmax(facts->head_change, fabs((double)x[i] - (double)x[a->cols + i]));
            facts->head_largest = fmax(facts->head_largest, fabs((double)x[i]));
        }
    }
    free(packed);
    free(x);
    return s;
}

static enum tern_status linear_equal(const struct tern_linear *a, const struct tern_linear *b,
                                     struct tern_error *e) {
    if (a->m != b->m || a->k != b->k || a->plain != b->plain)
        return differ(a->name, "another shape after writing", e);
    if (a->plain) {
        const struct tern_dense x = {.type = a->dense, .rows = a->m, .cols = a->k, .data = a->data},
                                y = {.type = b->dense, .rows = b->m, .cols = b->k, .data = b->data};
        return dense_equal(&x, &y, e);
    }
    if (a->scale != b->scale)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "convert: %s: the type cannot hold the scale %.9g exactly: it would become %.9g",
                         a->name, (double)a->scale, (double)b->scale);
    const size_t step = tern_common_multiple(tern_linear_step(a), tern_linear_step(b));
    const size_t block = tern_min(a->m, step * tern_max(1, ROWS / step));
    int8_t *x = malloc(tern_mul_size(2 * block, a->k));
    enum tern_status s = x ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "convert: %s: out of memory", a->name);
    for (size_t r = 0; !s && r < a->m; r += block) {
        const size_t end = tern_min(a->m, r + block), n = (end - r) * a->k;
        s = tern_linear_rows(a, r, end, x, e);
        if (!s) s = tern_linear_rows(b, r, end, x + n, e);
        if (!s && memcmp(x, x + n, n) != 0) s = differ(a->name, "other trits after writing", e);
    }
    free(x);
    return s;
}

/* bitnet-25 is an early name of bitnet-b1.58. */
static int same_arch(const char *a, const char *b) {
    static const char early[] = "bitnet-25", late[] = "bitnet-b1.58";
    return !strcmp(strcmp(a, early) ? a : late, strcmp(b, early) ? b : late);
}

static int same_hparams(const struct tern_hparams *a, const struct tern_hparams *b) {
    return same_arch(a->arch, b->arch) && a->hidden == b->hidden && a->ffn == b->ffn &&
           a->layers == b->layers && a->heads == b->heads && a->kv_heads == b->kv_heads &&
           a->head_dim == b->head_dim && a->vocab == b->vocab && a->context == b->context &&
           a->rope_theta == b->rope_theta && a->eps == b->eps && a->rope_neox == b->rope_neox &&
           a->sub_norms == b->sub_norms && a->qk_norms == b->qk_norms && a->input_norms == b->input_norms &&
           a->activation == b->activation && a->tied == b->tied && a->bos == b->bos && a->eos == b->eos &&
           a->eot == b->eot && a->pooling == b->pooling;
}

TERN_NO_LOOP_VECTORS
enum tern_status tern_models_equal(const struct tern_model *a, const struct tern_model *b,
                                   enum tern_dense_type head, struct tern_convert_facts *facts,
                                   struct tern_error *e) {
    const struct tern_dense *const ours[] = {&a->embedding, &a->output_norm, &a->head}, *const theirs[] = {
                                                                                            &b->embedding,
                                                                                            &b->output_norm,
                                                                                            &b->head};
    if (!same_hparams(&a->hp, &b->hp)) return differ(a->source, "other hyper-parameters after writing", e);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < 3; i++) {
        const int rounded = head && ours[i] == (a->hp.tied ? &a->embedding : &a->head);
        s = rounded ? rounded_equal(ours[i], theirs[i], head, facts, e) : dense_equal(ours[i], theirs[i], e);
        facts->dense += ours[i]->type != TERN_DENSE_NONE;
    }
    for (uint32_t y = 0; !s && y < a->hp.layers; y++) {
        for (enum tern_norm n = 0; !s && n < TERN_NORMS; n++) {
            const struct tern_dense *d = tern_norm_of(&a->layer[y], n);
            s = dense_equal(d, tern_norm_of(&b->layer[y], n), e);
            facts->dense += d->type != TERN_DENSE_NONE;
        }
        for (enum tern_role r = 0; !s && r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&a->layer[y], r);
            s = linear_equal(l, tern_role_of(&b->layer[y], r), e);
            facts->linears++;
            facts->trits += l->plain ? 0 : (uint64_t)l->m * l->k;
        }
    }
    return s;
}
