/* Which layout a tensor has when its type id does not say: I2_S in three layouts, TL1 with its scale behind
 * it. */
#include "models/arch.h"
#include "models/gguf/gguf.h"
#include "models/load/i2s_layout.h"
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
 * units of the feed-forward block differ. `pack`: instead of the format's own; NULL: that. `side`: the last
 * 32 bytes of a tensor become a tensor of their own, NAME_scale. */
typedef void pack_fn(const int8_t *trits, size_t m, size_t k, float scale, uint8_t *out);

static char *repacked_by(pack_fn *pack, const char *format, uint32_t type, int structured, int side) {
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
            if (pack)
                pack(trits, l->m, l->k, l->scale, packed);
            else
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

static char *repacked(const char *format, uint32_t type, int structured, int side) {
    return repacked_by(NULL, format, type, structured, side);
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

/* ---- TL1 and TL2 as docs/formats.md draws them, byte after byte, in tiles that nobody published */

static const struct own_tile {
    size_t m, k;
    struct tern_tl_tile one, two;
} own_tiles[] = {{256, 256, {64, 64, 32}, {64, 96, 32}},
                 {128, 256, {64, 32, 64}, {128, 192, 32}},
                 {768, 256, {192, 128, 64}, {96, 96, 32}},
                 {256, 768, {128, 48, 32}, {64, 384, 32}}};

static struct tern_tl_tile own_tile(int two, size_t m, size_t k) {
    for (size_t i = 0; i < 4; i++)
        if (own_tiles[i].m == m && own_tiles[i].k == k) return two ? own_tiles[i].two : own_tiles[i].one;
    cr_assert(0, "%zux%zu", m, k);
    return own_tiles[0].one;
}

static uint8_t two_pairs(const int8_t *w) {
    return (uint8_t)((3 * w[0] + w[1] + 4) * 16 + 3 * w[2] + w[3] + 4);
}

static void write_tl1(const int8_t *w, size_t m, size_t k, float scale, uint8_t *out) {
    const struct tern_tl_tile t = own_tile(0, m, k);
    const size_t by = 256 / t.inner;
    for (size_t R = 0; R < m; R += t.rows)
        for (size_t C = 0; C < k; C += t.cols)
            for (size_t r = R; r < R + t.rows; r += t.inner)
                for (size_t c = C; c < C + t.cols; c += by)
                    for (size_t r16 = r; r16 < r + t.inner; r16 += 16)
                        for (size_t c4 = c; c4 < c + by; c4 += 4)
                            for (size_t i = 0; i < 16; i++) *out++ = two_pairs(w + (r16 + i) * k + c4);
    memcpy(out, &scale, sizeof scale);
}

static const size_t lane_row[4] = {0, 16, 8, 24}; /* eight rows from each, in this order */

static int triple_of(const int8_t *w) {
    return 9 * w[0] + 3 * w[1] + w[2];
}

static void write_tl2(const int8_t *w, size_t m, size_t k, float scale, uint8_t *out) {
    const struct tern_tl_tile t = own_tile(1, m, k);
    const size_t three = k / t.cols * t.cols;
    uint8_t *const begin = out;
    for (size_t R = 0; R < m; R += t.rows)
        for (size_t C = 0; C < three; C += t.cols)
            for (size_t r = R; r < R + t.rows; r += 32)
                for (size_t c = C; c < C + t.cols; c += 6)
                    for (size_t i = 0; i < 32; i++) {
                        const int8_t *at = w + (r + lane_row[i / 8] + i % 8) * k + c;
                        *out++ = (uint8_t)(abs(triple_of(at)) * 16 + abs(triple_of(at + 3)));
                    }
    for (size_t R = 0; R < m; R += t.rows)
        for (size_t C = 0; C < three; C += t.cols)
            for (size_t r = R; r < R + t.rows; r += 32)
                for (size_t c = C; c < C + t.cols; c += 24)
                    for (size_t i = 0; i < 16; i++) {
                        unsigned word = 0;
                        for (size_t n = 0; n < 8; n++) {
                            word |= (unsigned)(triple_of(w + (r + i) * k + c + 3 * n) < 0) << (15 - 2 * n);
                            word |= (unsigned)(triple_of(w + (r + 16 + i) * k + c + 3 * n) < 0)
                                    << (14 - 2 * n);
                        }
                        *out++ = (uint8_t)word;
                        *out++ = (uint8_t)(word >> 8);
                    }
    for (size_t R = 0; R < m; R += t.rows)
        for (size_t C = three; C < k; C += 32)
            for (size_t r = R; r < R + t.rows; r += 32)
                for (size_t c = C; c < C + 32; c += 4)
                    for (size_t i = 0; i < 32; i++)
                        *out++ = two_pairs(w + (r + lane_row[i / 8] + i % 8) * k + c);
    const size_t bytes = tern_format_named("tl2")->bytes(m, k);
    memcpy(begin + bytes - 32, &scale, sizeof scale);
}

/* A kernel_config.ini of the tiles above. */
static char *own_ini(int two) {
    char *path = scratch_file();
    FILE *f = fopen(path, "w");
    cr_assert(f != NULL);
    for (size_t i = 0; i < 4; i++) {
        const struct own_tile *o = &own_tiles[i];
        const struct tern_tl_tile t = two ? o->two : o->one;
        fprintf(f, "[Kernels_%zu]\nm = %zu\nk = %zu\nbm = %zu\nbk = %zu\nbmm = %zu\n\n", i, o->m, o->k,
                t.rows, t.cols, t.inner);
    }
    cr_assert(!fclose(f));
    return path;
}

/* Layers whose trits are those of the small model; all must have its scale. */
static size_t layers_alike(const char *source) {
    char *from = small_model();
    struct tern_model *a, *b;
    struct tern_error e = {0};
    size_t same = 0;
    cr_assert(!tern_model_open(from, &a, &e) && !tern_model_open(source, &b, &e), "%s", e.text);
    for (uint32_t i = 0; i < a->hp.layers; i++)
        for (enum tern_role r = 0; r < TERN_ROLES; r++) {
            const struct tern_linear *x = tern_role_of(&a->layer[i], r), *y = tern_role_of(&b->layer[i], r);
            int8_t *u = malloc(x->m * x->k), *v = malloc(x->m * x->k);
            cr_assert(!tern_linear_rows(x, 0, x->m, u, &e), "%s", e.text);
            for (size_t at = 0, step = tern_linear_step(y), n; at < y->m; at += n) { /* and in pieces */
                n = at + step < y->m ? step : y->m - at;
                cr_assert(!tern_linear_rows(y, at, at + n, v + at * y->k, &e), "%s", e.text);
            }
            cr_assert(x->scale == y->scale);
            same += !memcmp(u, v, x->m * x->k);
            free(u), free(v);
        }
    tern_model_close(a);
    tern_model_close(b);
    drop_scratch(from);
    return same;
}

Test(packed, tiles_of_tl_files_come_from_a_kernel_config_ini) {
    for (int two = 0; two < 2; two++) {
        char source[600], *ini = own_ini(two);
        char *path = repacked_by(two ? write_tl2 : write_tl1, two ? "tl2" : "tl1", two ? 39 : 38, 0, 0);
        snprintf(source, sizeof source, "%s,tl=%s", path, ini);
        cr_assert_eq(layers_alike(source), 2 * TERN_ROLES, "%s", two ? "tl2" : "tl1");
        cr_assert_lt(layers_alike(path), 2 * TERN_ROLES); /* the published tiles are others */
        drop_scratch(path);
        drop_scratch(ini);
    }
}

static void refused(const char *path, const char *option, const char *why) {
    char source[900];
    struct tern_model *m;
    struct tern_error e = {0};
    snprintf(source, sizeof source, "%s,tl=%s", path, option);
    cr_assert_eq(tern_model_open(source, &m, &e), TERN_BAD_INPUT, "%s: %s", option, e.text);
    cr_assert(strstr(e.text, why) && !strchr(e.text, '\n'), "%s: %s", option, e.text);
}

Test(packed, tiles_that_do_not_fit_are_refused_in_one_line) {
    char *path = repacked("tl1", TL1, 0, 0);
    refused(path, "160:64:32", "tiles of 160x64 with 32 inner rows do not divide it");
    refused(path, "64:100:32", "do not divide");
    refused(path, "64:64:48", "do not divide");
    refused(path, "64:64", "neither BM:BK:bm nor");
    refused(path, "0:64:32", "neither BM:BK:bm nor");
    refused(path, "99999999999999999999:64:32", "neither BM:BK:bm nor");
    refused(path, "", "neither BM:BK:bm nor");
    refused(path, "/nowhere/kernel_config.ini", "/nowhere/kernel_config.ini");
    drop_scratch(path);
}

Test(packed, a_kernel_config_ini_that_is_damaged_is_refused_with_its_line) {
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "names no shape"},
        {"m = 1\n", "line 1: a value before the first section"},
        {"[a]\nm = 256\nk = 256\nbm = 64\nbmm = 32\n", "the section before it has no bk"},
        {"[a]\nm = 256\nm = 256\n", "line 3: a key that the section has already"},
        {"[a]\nm = 256x\n", "line 2: not a number"},
        {"[a]\nm = -1\n", "line 2: not a number"},
        {"[a]\nm = 99999999999\n", "line 2: not a number"},
        {"[a\n", "line 1: a section without"},
        {"[a]\nwhat\n", "line 2: neither"},
        {"[a]\nbn = 3\n", "line 2: the keys are"},
        {"[a]\nm=8\nk=8\nbm=8\nbk=8\nbmm=8\n[b]\nm=8\nk=8\nbm=8\nbk=4\nbmm=8\n", "names a shape again"},
        {"# of another model\n[a]\nM = 8\nK : 8\nBM=8\nBK=8\nbmm=8\n; end", "have none for it"}};
    char *path = repacked("tl1", TL1, 0, 0), *ini = scratch_file();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file(ini, bad[i].text, strlen(bad[i].text));
        refused(path, ini, bad[i].why);
    }
    write_file(ini, "[a]\0b", 5);
    refused(path, ini, "not a text");
    drop_scratch(path);
    drop_scratch(ini);
}

/* The tiles that the README of the vectors names for the file of bitnet.cpp's own packing. */
Test(packed, the_reference_tl2_file_reads_with_its_tiles_and_not_with_others) {
    static const char tiles[] = "[Kernels_0]\nm = 256\nk = 256\nbm = 128\nbk = 96\nbmm = 32\n"
                                "[Kernels_1]\nm = 128\nk = 256\nbm = 128\nbk = 96\nbmm = 32\n"
                                "[Kernels_2]\nm = 768\nk = 256\nbm = 256\nbk = 96\nbmm = 32\n"
                                "[Kernels_3]\nm = 256\nk = 768\nbm = 128\nbk = 192\nbmm = 32\n";
    char path[1024], source[2200], *ini = scratch_file();
    struct tern_model *want, *m;
    struct tern_error e = {0};
    snprintf(path, sizeof path, "%s", shared_file("vectors/micro-bitnet-b1.58.TL2.gguf"));
    cr_assert(!tern_model_open(shared_file("vectors/micro-bitnet-b1.58.I2_S.gguf"), &want, &e), "%s", e.text);
    write_file(ini, tiles, sizeof tiles - 1);
    for (int wrong = 0; wrong < 2; wrong++) {
        size_t same = 0;
        snprintf(source, sizeof source, "%s,tl=%s", path, wrong ? "64:192:32" : ini);
        cr_assert(!tern_model_open(source, &m, &e), "%s", e.text);
        for (size_t i = 0; i < (size_t)m->hp.layers * TERN_ROLES; i++) {
            const enum tern_role r = (enum tern_role)(i % TERN_ROLES);
            const struct tern_linear *x = tern_role_of(&want->layer[i / TERN_ROLES], r),
                                     *y = tern_role_of(&m->layer[i / TERN_ROLES], r);
            int8_t *u = malloc(x->m * x->k), *v = malloc(x->m * x->k);
            cr_assert(!tern_linear_rows(x, 0, x->m, u, &e), "%s", e.text);
            const int read = !tern_linear_rows(y, 0, y->m, v, &e);
            cr_assert(read || wrong, "%s", e.text);
            same += read && !memcmp(u, v, x->m * x->k);
            free(u), free(v);
        }
        cr_assert(wrong ? same == 0 : same == (size_t)m->hp.layers * TERN_ROLES, "%zu", same);
        tern_model_close(m);
    }
    tern_model_close(want);
    drop_scratch(ini);
}
