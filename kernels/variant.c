#include "kernels/variant.h"

#include "base/expression.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/pool.h"
#include "kernels/code_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERN_VARIANT(name, op, act, format, isa, row_step, k_step, n_min, n_max, rank, exact, prep, space)   \
    extern const struct tern_prep tern_prep_##prep;                                                          \
    extern const struct tern_space tern_space_##space;
#include "kernels/variants.def"
#undef TERN_VARIANT

#define TOKENS_MAX 65536

static const struct tern_variant table[] = {
#define TERN_VARIANT(name, op, act, format, isa, row_step, k_step, n_min, n_max, rank, exact, prep, space)   \
    {#name,                                                                                                  \
     TERN_##op,                                                                                              \
     TERN_ACT_##act,                                                                                         \
     &tern_format_##format,                                                                                  \
     TERN_NEEDS_##isa,                                                                                       \
     row_step,                                                                                               \
     k_step,                                                                                                 \
     n_min,                                                                                                  \
     n_max,                                                                                                  \
     rank,                                                                                                   \
     exact,                                                                                                  \
     &tern_prep_##prep,                                                                                      \
     &tern_space_##space,                                                                                    \
     TERN_CODE_KEY_##isa},
#include "kernels/variants.def"
#undef TERN_VARIANT
};

#define N_VARIANTS (sizeof table / sizeof *table)

const char *tern_act_name(enum tern_act act) {
    static const char *const names[] = {"i8", "f32", "b1"};
    return names[act];
}

const struct tern_variant *tern_variants(size_t *count) {
    *count = N_VARIANTS;
    return table;
}

const struct tern_variant *tern_variant_named(const char *name) {
    for (size_t i = 0; i < N_VARIANTS; i++)
        if (!strcmp(name, table[i].name)) return &table[i];
    return NULL;
}

size_t tern_variant_k_max(const struct tern_variant *v) {
    return v->format->k_max ? v->format->k_max : TERN_K_MAX;
}

int tern_variant_fits(const struct tern_variant *v, uint32_t usable, size_t m, size_t k, size_t n,
                      const char **why) {
    if (!v->format->binary) return tern_variant_fits_signs(v, usable, m, k, n, why);
    if (why) *why = "its format holds only -1 and +1";
    return 0;
}

int tern_variant_fits_signs(const struct tern_variant *v, uint32_t usable, size_t m, size_t k, size_t n,
                            const char **why) {
    const char *reason = NULL;
    if ((v->isa & usable) != v->isa)
        reason = "the CPU or TERN_ISA lacks its instructions";
    else if (n < v->n_min || n > v->n_max)
        reason = "not made for this number of tokens";
    else if (k % v->k_step)
        reason = "K is not a multiple of its step";
    else if (v->isa && v->act != TERN_ACT_F32 && k > tern_variant_k_max(v))
        reason = "K is longer than its 32-bit sums allow";
    else if (v->format->accepts(m, k, NULL) != TERN_OK)
        reason = "its format does not accept this shape";
    if (why) *why = reason;
    return reason == NULL;
}

void tern_variant_defaults(const struct tern_variant *v, int param[TERN_MAX_PARAMS]) {
    memset(param, 0, TERN_MAX_PARAMS * sizeof *param);
    for (size_t i = 0; i < v->space->count; i++)
        param[i] = v->space->params[i].values[v->space->params[i].init];
}

void tern_variant_params_text(const struct tern_variant *v, const int *param, char *out, size_t out_bytes) {
    size_t at = 0;
    snprintf(out, out_bytes, "-");
    for (size_t i = 0; i < v->space->count && at < out_bytes; i++)
        at += (size_t)snprintf(out + at, out_bytes - at, "%s%s=%d", i ? " " : "", v->space->params[i].name,
                               param[i]);
    if (param[TERN_P_SPLIT] == TERN_SPLIT_K && at < out_bytes)
        snprintf(out + at, out_bytes - at, "%ssplit=k", at ? " " : "");
}

int tern_space_allows(const struct tern_space *s, const int *param, size_t m, size_t k, size_t n,
                      const struct tern_constraint **broken) {
    struct tern_name name[TERN_MAX_PARAMS + 3] = {{"m", (int64_t)m}, {"k", (int64_t)k}, {"n", (int64_t)n}};
    for (size_t i = 0; i < s->count; i++) name[3 + i] = (struct tern_name){s->params[i].name, param[i]};
    for (size_t i = 0; i < s->constraints; i++) {
        int64_t kept;
        *broken = &s->constraint[i];
        if (tern_expression(s->constraint[i].must, name, 3 + s->count, &kept, NULL) || !kept) return 0;
    }
    return 1;
}

static const struct tern_param *param_named(const struct tern_space *s, const char *name, size_t bytes,
                                            size_t *at) {
    for (*at = 0; *at < s->count; ++*at)
        if (strlen(s->params[*at].name) == bytes && !memcmp(s->params[*at].name, name, bytes))
            return &s->params[*at];
    return NULL;
}

static int is_value(const struct tern_param *p, long v) {
    for (size_t i = 0; i < p->count; i++)
        if (p->values[i] == v) return 1;
    return 0;
}

static int is_split(const char *word, size_t bytes, int *split) {
    static const char *const text[] = {"split=rows", "split=k"};
    for (int i = TERN_SPLIT_ROWS; i <= TERN_SPLIT_K; i++)
        if (strlen(text[i]) == bytes && !memcmp(word, text[i], bytes)) return *split = i, 1;
    return 0;
}

enum tern_status tern_variant_params_parse(const struct tern_variant *v, const char *text, int *param,
                                           struct tern_error *e) {
    tern_variant_defaults(v, param);
    if (!strcmp(text, "-")) return TERN_OK;
    for (const char *p = text; *p;) {
        const size_t word = strcspn(p, " "), name = strcspn(p, "= ");
        size_t at;
        if (is_split(p, word, &param[TERN_P_SPLIT])) {
            p += word;
            p += strspn(p, " ");
            continue;
        }
        const struct tern_param *known = param_named(v->space, p, name, &at);
        char *end = NULL;
        const long value = known && name < word ? strtol(p + name + 1, &end, 10) : 0;
        if (!known || end != p + word || !is_value(known, value))
            return tern_fail(e, TERN_BAD_INPUT, "%s: '%.*s': not a parameter or not one of its values",
                             v->name, (int)tern_min(word, 64), p);
        param[at] = (int)value;
        p += word;
        p += strspn(p, " ");
    }
    return TERN_OK;
}

const struct tern_variant *tern_variant_static(uint32_t usable, enum tern_act act,
                                               const struct tern_format *format, size_t m, size_t k,
                                               size_t n) {
    const struct tern_variant *best = NULL;
    for (size_t i = 0; i < N_VARIANTS; i++) {
        const struct tern_variant *v = &table[i];
        if (v->act != act || v->rank < 0 || (act != TERN_ACT_F32 && !v->exact)) continue;
        if (format ? v->format != format : v->format->binary)
            continue; /* a binary layout must be asked for */
        if (!tern_variant_fits_signs(v, usable, m, k, n, NULL)) continue;
        if (!best || v->rank > best->rank) best = v;
    }
    return best;
}

const char *tern_variant_code_key(const struct tern_variant *v) {
    return v->code;
}

void tern_variant_share(const struct tern_variant *v, size_t m, size_t w, size_t workers, size_t *from,
                        size_t *to) {
    tern_share(m, v->row_step, w, workers, from, to);
}
