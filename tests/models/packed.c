/* Which layout a tensor has when its type id does not say: I2_S in three layouts, TL1 with its scale behind
 * it. */
#include "models/arch.h"
#include "models/gguf.h"
#include "models/i2s_layout.h"
#include "support.h"

#include "base/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TL1 = 38 };

/* Zeros whose share depends on the hidden unit, the same in `up` (rows) and `down` (columns), as training
 * leaves them. */
static void structured_trits(const struct tern_linear *l, int units_are_rows, int8_t *trits, uint64_t seed) {
    struct tern_random r = {seed};
    for (size_t i = 0; i < l->m * l->k; i++) {
        const size_t unit = units_are_rows ? i / l->k : i % l->k;
        struct tern_random of_unit = {unit};
        const uint32_t zeros = 30 + tern_random_below(&of_unit, 30); /* 30 to 60 % */
        const uint32_t u = tern_random_below(&r, 200);
        trits[i] = u < 2 * zeros ? 0 : u % 2 ? 1 : -1;
    }
}

/* Copies the small model with every packed layer packed again as `format` under type id `type`. `structured`:
 * units of the feed-forward block differ. `side`: the last 32 bytes of a tensor become a tensor of their own,
 * NAME_scale. */
static char *repacked(const char *format, uint32_t type, int structured, int side) {
    char *from = small_model(), *path = scratch_file();
    struct tern_model *m;
    struct tern_gguf_writer *w;
    const struct tern_format *f = tern_format_named(format);
    cr_assert(!tern_model_open(from, &m, NULL) && !tern_gguf_create(path, &w, NULL));
    const struct tern_gguf *g = m->file;
    for (size_t i = 0; i < tern_gguf_value_count(g); i++)
        cr_assert(!tern_gguf_put_value(w, tern_gguf_value_at(g, i)));
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
            const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
            char name[64], beside[80];
            const struct tern_linear *l = NULL;
            tern_gguf_printable(t->name, name, sizeof name);
            snprintf(beside, sizeof beside, "%s_scale", name);
            for (size_t at = 0; at < m->hp.layers * TERN_ROLES; at++) {
                const struct tern_linear *x =
                    tern_role_of(&m->layer[at / TERN_ROLES], (enum tern_role)(at % TERN_ROLES));
                if (x->data == t->data) l = x;
            }
            const size_t bytes = l ? f->bytes(l->m, l->k) : t->bytes, own = l && side ? bytes - 32 : bytes;
            if (!write) {
                cr_assert(!tern_gguf_put_tensor(w, name, l ? type : t->type, t->n_dims, t->dim, own));
                if (own != bytes) cr_assert(!tern_gguf_put_tensor(w, beside, 0, 1, (const uint64_t[]){1}, 4));
                continue;
            }
            if (!l) {
                cr_assert(!tern_gguf_write(w, t->data, t->bytes, NULL));
                continue;
            }
            int8_t *trits = malloc(l->m * l->k);
            uint8_t *packed = calloc(bytes, 1);
            cr_assert(!tern_linear_rows(l, 0, l->m, trits, NULL));
            if (structured && (strstr(name, "ffn_up") || strstr(name, "ffn_down")))
                structured_trits(l, strstr(name, "ffn_up") != NULL, trits, i);
            f->pack(trits, l->m, l->k, 0, l->m, l->scale, packed);
            cr_assert(!tern_gguf_write(w, packed, own, NULL));
            if (own != bytes) cr_assert(!tern_gguf_write(w, packed + own, 4, NULL));
            free(packed);
            free(trits);
        }
    cr_assert(!tern_gguf_finish(w, NULL));
    tern_model_close(m);
    drop_scratch(from);
    return path;
}

static void has_layout(char *path, const char *option, const char *want) {
    char source[512];
    struct tern_model *m;
    struct tern_error e = {0};
    snprintf(source, sizeof source, "%s%s", path, option);
    cr_assert(!tern_model_open(source, &m, &e), "%s", e.text);
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *l = tern_role_of(&m->layer[i], r);
            cr_assert_str_eq(l->format->name, want, "%s", l->name);
        }
    tern_model_close(m);
    drop_scratch(path);
}

Test(packed, the_layout_of_i2s_is_the_one_in_which_hidden_units_agree_between_layers) {
    has_layout(repacked("i2s", 36, 1, 0), "", "i2s");
    has_layout(repacked("i2sarm", 36, 1, 0), "", "i2sarm");
    has_layout(repacked("i2s4", 36, 1, 0), "", "i2s4");
}

Test(packed, without_evidence_i2s_is_the_layout_of_x86) {
    has_layout(repacked("i2s", 36, 0, 0), "", "i2s");
    has_layout(repacked("i2sarm", 36, 0, 0), "", "i2s");
}

Test(packed, the_user_may_name_the_layout_of_i2s) {
    has_layout(repacked("i2sarm", 36, 0, 0), ",i2s=arm", "i2sarm");
    has_layout(repacked("i2s4", 36, 0, 0), ",i2s=rows4", "i2s4");
    has_layout(repacked("i2sarm", 36, 1, 0), ",i2s=x86", "i2s"); /* against the evidence */
}

Test(packed, a_layout_that_does_not_exist_is_bad_input) {
    struct tern_model *m;
    struct tern_error e = {0};
    cr_assert_eq(tern_model_open("model.gguf,i2s=mips", &m, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "i2s=mips") && strstr(e.text, "x86, arm or rows4"), "%s", e.text);
}

Test(packed, every_format_of_a_gguf_file_is_recognised) {
    static const struct {
        const char *format;
        uint32_t type;
    } known[] = {{"tq10", 34},   {"tq20", 35},   {"tl1", 38},      {"tl2", 39},
                 {"vlut2", 40},  {"q20g64", 42}, {"vlut1", 45},    {"q20g128", 42},
                 {"iq1bn", 134}, {"iq2bn", 135}, {"q20g128", 142}, {"iq2bnr4", 335}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        has_layout(repacked(known[i].format, known[i].type, 0, 0), "", known[i].format);
}

Test(packed, tl1_may_keep_its_scale_in_a_tensor_behind_it) {
    struct tern_model *a, *b;
    char *from = small_model(), *path = repacked("tl1", TL1, 0, 1);
    struct tern_error e = {0};
    cr_assert(!tern_model_open(from, &a, &e) && !tern_model_open(path, &b, &e), "%s", e.text);
    cr_assert_str_eq(b->layer->up.format->name, "tl1");
    cr_assert(a->layer->up.scale == b->layer->up.scale && a->layer->down.scale == b->layer->down.scale);
    tern_model_close(a);
    tern_model_close(b);
    drop_scratch(from);
    drop_scratch(path);
}
