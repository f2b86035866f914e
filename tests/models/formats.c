/* Every packed tensor of the reference files, byte by byte: it unpacks to the ground truth (trits and scale),
 * and the ground truth packs to its bytes. The formats are named here, so that nothing depends on how the
 * loader decides. */
#include "kernels/format.h"

#include "models/gguf/gguf.h"
#include "support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of NAME.trits.tsv. */
struct truth {
    char tensor[64];
    size_t m, k, offset;
    double scale;
    uint32_t crc;
};

enum { TRUTHS = 32 };

static size_t read_truths(const char *name, struct truth *out) {
    char path[256];
    size_t bytes, n = 0;
    snprintf(path, sizeof path, "vectors/%s.trits.tsv", name);
    char *table = (char *)slurp(shared_file(path), &bytes);
    for (char *save = NULL, *line = strtok_r(table, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        struct truth *t = &out[n];
        char scale[64], crc[16];
        if (line[0] == '#') continue;
        cr_assert(n < TRUTHS && sscanf(line, "%63s %zu %zu %zu %*s %63s %*s %*s %*s %15s", t->tensor, &t->m,
                                       &t->k, &t->offset, scale, crc) == 6);
        t->scale = strtod(scale, NULL);
        t->crc = (uint32_t)strtoul(crc, NULL, 16);
        n++;
    }
    free(table);
    return n;
}

static uint32_t crc32(const void *data, size_t bytes) {
    uint32_t crc = ~0u;
    for (const uint8_t *p = data; bytes; bytes--, p++) {
        crc ^= *p;
        for (int i = 0; i < 8; i++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* `data` are the `bytes` of one tensor; `scale` is what the tensor itself should say. */
static void check(const struct tern_format *f, const struct truth *t, const uint8_t *data, size_t bytes,
                  float scale, const char *where) {
    struct tern_error e = {0};
    cr_assert(!f->accepts(t->m, t->k, &e), "%s: %s", where, e.text);
    const size_t need = f->bytes(t->m, t->k);
    cr_assert(need <= bytes && bytes < need + 32, "%s: %s: %zu bytes, the file has %zu", where, t->tensor,
              need, bytes);
    int8_t *trits = malloc(t->m * t->k);
    f->unpack(data, t->m, t->k, 0, t->m, trits);
    cr_assert(crc32(trits, t->m * t->k) == t->crc, "%s: %s: other trits", where, t->tensor);
    if (f->scale) {
        float got;
        cr_assert(!f->scale(data, t->m, t->k, &got, &e), "%s: %s", where, e.text);
        cr_assert(got == scale, "%s: %s: scale %a, not %a", where, t->tensor, (double)got, (double)scale);
    }
    uint8_t *again = malloc(need);
    memset(again, 0xa5, need);
    f->pack(trits, t->m, t->k, 0, t->m, scale, again);
    /* bitnet.cpp leaves the padding behind its scale as it was in memory: the 28 bytes mean nothing. */
    const size_t tail = !strncmp(f->name, "i2s", 3) ? 28 : 0;
    cr_assert(!memcmp(again, data, need - tail), "%s: %s: packed again, other bytes", where, t->tensor);
    free(again);
    free(trits);
}

static void gguf_holds(const char *file, const char *truth, const char *format) {
    char path[256];
    struct tern_gguf *g;
    struct tern_error e = {0};
    struct truth t[TRUTHS];
    const size_t n = read_truths(truth, t);
    const int beside = strstr(file, ".scale.") != NULL; /* the factor is a tensor of its own */
    snprintf(path, sizeof path, "vectors/%s.gguf", file);
    cr_assert(!tern_gguf_open(shared_file(path), &g, &e), "%s", e.text);
    cr_assert(n >= 7);
    for (size_t i = 0; i < n; i++) {
        const struct tern_gguf_tensor *tensor = tern_gguf_tensor_named(g, t[i].tensor);
        cr_assert(tensor && tensor->dim[0] == t[i].k && tensor->dim[1] == t[i].m, "%s: %s", file,
                  t[i].tensor);
        check(tern_format_named(format), &t[i], tensor->data, tensor->bytes,
              beside ? 1.0f : (float)t[i].scale, file);
    }
    tern_gguf_close(g);
}

Test(formats, i2s_is_what_bitnet_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58", "i2s");
    gguf_holds("micro-bitnet.I2_S", "micro-bitnet", "i2s");
    gguf_holds("micro-bitnet.scale.I2_S", "micro-bitnet", "i2s");
    gguf_holds("micro-llama.I2_S", "micro-llama", "i2s");
    gguf_holds("wide-bitnet-b1.58.I2_S", "wide-bitnet-b1.58", "i2s");
}

Test(formats, tl2_is_what_the_converter_of_bitnet_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.TL2", "micro-bitnet-b1.58", "tl2");
}

Test(formats, tq10_and_tq20_are_what_llama_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.TQ1_0", "micro-bitnet-b1.58", "tq10");
    gguf_holds("micro-bitnet-b1.58.TQ2_0", "micro-bitnet-b1.58", "tq20");
}

Test(formats, iq1bn_is_what_ik_llama_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.IQ1_BN", "micro-bitnet-b1.58", "iq1bn");
    gguf_holds("wide-bitnet-b1.58.IQ1_BN", "wide-bitnet-b1.58", "iq1bn");
}

Test(formats, iq2bn_is_what_ik_llama_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.IQ2_BN", "micro-bitnet-b1.58", "iq2bn");
    gguf_holds("wide-bitnet-b1.58.IQ2_BN", "wide-bitnet-b1.58", "iq2bn");
}

Test(formats, iq2bnr4_is_what_ik_llama_cpp_writes) {
    gguf_holds("micro-bitnet-b1.58.IQ2_BN_R4", "micro-bitnet-b1.58", "iq2bnr4");
    gguf_holds("wide-bitnet-b1.58.IQ2_BN_R4", "wide-bitnet-b1.58", "iq2bnr4");
    gguf_holds("micro-bitnet.scale.IQ2_BN_R4", "micro-bitnet", "iq2bnr4");
}

/* "blk.1.attn_q.weight" of a safetensors checkpoint. */
static void hf_name(const char *tensor, char *out, size_t bytes) {
    static const char *const names[][2] = {
        {"attn_q", "self_attn.q_proj"},      {"attn_k", "self_attn.k_proj"}, {"attn_v", "self_attn.v_proj"},
        {"attn_output", "self_attn.o_proj"}, {"ffn_gate", "mlp.gate_proj"},  {"ffn_up", "mlp.up_proj"},
        {"ffn_down", "mlp.down_proj"}};
    unsigned layer;
    char role[32];
    cr_assert(sscanf(tensor, "blk.%u.%31[^.]", &layer, role) == 2);
    for (size_t i = 0; i < 7; i++)
        if (!strcmp(role, names[i][0])) snprintf(out, bytes, "model.layers.%u.%s.weight", layer, names[i][1]);
}

Test(formats, hfu8_is_what_the_checkpoint_holds) {
    struct truth t[TRUTHS];
    const size_t n = read_truths("micro-bitnet-b1.58", t);
    size_t bytes, checked = 0;
    unsigned char *file = slurp(shared_file("vectors/micro-bitnet-b1.58.hf/model.safetensors"), &bytes);
    uint64_t header;
    memcpy(&header, file, sizeof header);
    json_t *root = json_loadb((char *)file + 8, header, 0, NULL);
    cr_assert(root != NULL);
    for (size_t i = 0; i < n; i++) {
        char name[128] = "";
        json_int_t from, to, rows, cols;
        const char *type;
        hf_name(t[i].tensor, name, sizeof name);
        cr_assert(!json_unpack(json_object_get(root, name), "{s:s, s:[I,I], s:[I,I]}", "dtype", &type,
                               "shape", &rows, &cols, "data_offsets", &from, &to),
                  "%s", name);
        cr_assert(!strcmp(type, "U8") && (size_t)rows * 4 == t[i].m && (size_t)cols == t[i].k);
        check(tern_format_named("hfu8"), &t[i], file + 8 + header + from, (size_t)(to - from), 1, name);
        checked++;
    }
    cr_assert_eq(checked, 14);
    json_decref(root);
    free(file);
}

/* A byte that the format gives no meaning must never pass as a weight. */
Test(formats, a_damaged_byte_becomes_no_trit) {
    static const struct {
        const char *format;
        size_t at; /* a byte of codes */
        uint8_t byte;
    } damage[] = {{"i2sarm", 0, 0xff}, {"i2s4", 0, 0x03},   {"tl1", 0, 0x94},    {"tl2", 0, 0xe0},
                  {"tq10", 0, 0x01},   {"tq10", 48, 0xff},  {"q20g64", 2, 0x03}, {"q20g128", 2, 0xc0},
                  {"iq1bn", 2, 0x01},  {"iq1bn", 14, 0xff}, {"iq2bn", 4, 0x0c},  {"iq2bnr4", 16, 0x30},
                  {"hfu8", 0, 0xc0},   {"tmac2", 0, 0x00},  {"vlut1", 0, 0xff},  {"vlut2", 0, 81},
                  {"r16", 0, 0x0c},    {"t5", 0, 0x1f},     {"t24", 0, 0x1f},    {"m80", 0, 0xf3},
                  {"planes", 0, 0xff}, {"p64t", 0, 0x80},   {"b80", 0, 0x80}};
    static int8_t zero[256 * 256], back[256 * 256];
    static uint8_t packed[1 << 17];
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        const struct tern_format *f = tern_format_named(damage[i].format);
        cr_assert(f && f->bytes(256, 256) <= sizeof packed);
        if (!strcmp(f->name, "planes")) memset(zero, -1, sizeof zero);
        f->pack(zero, 256, 256, 0, 256, 1, packed);
        packed[damage[i].at] = damage[i].byte;
        if (!strcmp(f->name, "tmac2")) packed[8] = 0; /* the other bit of the same weights */
        f->unpack(packed, 256, 256, 0, 256, back);
        cr_assert(memchr(back, 2, sizeof back) != NULL, "%s", f->name);
        memset(zero, 0, sizeof zero);
    }
}

Test(formats, rows_that_disagree_about_the_scale_are_refused) {
    static const struct {
        const char *format;
        size_t at;
    } other[] = {{"iq1bn", 2 + 52}, {"iq2bn", 4 + 64}, {"iq2bnr4", 4}, {"tq10", 54 + 52},
                 {"q10", 18},       {"q20g64", 18},    {"q20g128", 34}};
    static int8_t ones[4 * 256];
    static uint8_t packed[4096];
    memset(ones, 1, sizeof ones);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        const struct tern_format *f = tern_format_named(other[i].format);
        struct tern_error e = {0};
        float scale = 0;
        f->pack(ones, 4, 256, 0, 4, 0.5f, packed);
        cr_assert(!f->scale(packed, 4, 256, &scale, &e) && scale == 0.5f, "%s: %s", f->name, e.text);
        packed[other[i].at] ^= 0x10;
        cr_assert(f->scale(packed, 4, 256, &scale, &e) == TERN_UNSUPPORTED, "%s", f->name);
        cr_assert(strstr(e.text, "not one scale per tensor") != NULL, "%s", e.text);
    }
}

Test(formats, a_row_of_zeros_may_have_any_scale) {
    static const struct {
        const char *format;
        size_t at, bytes;
    } row[] = {{"iq1bn", 2 + 52, 2}, {"iq2bn", 4 + 64, 4}, {"iq2bnr4", 4, 4}, {"tq10", 54 + 52, 2}};
    static int8_t trits[4 * 256];
    static uint8_t packed[4096];
    memset(trits, 1, sizeof trits);
    memset(trits + 256, 0, 256);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct tern_format *f = tern_format_named(row[i].format);
        float scale = 0;
        f->pack(trits, 4, 256, 0, 4, 0.75f, packed);
        memset(packed + row[i].at, 0, row[i].bytes);
        cr_assert(!f->scale(packed, 4, 256, &scale, NULL) && scale == 0.75f, "%s", f->name);
    }
}
