/* Damaged files: whatever the damage, opening ends with a status and one line, without a crash or a huge
 * allocation. */
#include "base/random.h"
#include "models/gguf/gguf.h"
#include "models/model.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOW_MEMORY 1
#endif
#endif

/* Half a gigabyte of address space: an allocation made from a damaged count would fail and be seen. */
static void limit_memory(void) {
#ifndef SHADOW_MEMORY
    const struct rlimit limit = {512u << 20, 512u << 20};
    cr_assert(!setrlimit(RLIMIT_AS, &limit));
#endif
}

static void truncated_everywhere(const char *from) {
    char *path = scratch_file();
    size_t bytes;
    unsigned char *whole = slurp(from, &bytes);
    write_file(path, whole, bytes);
    for (size_t n = (bytes - 1) / 997 * 997;; n -= 997) {
        struct tern_model *m;
        struct tern_error e = {0};
        cr_assert(!truncate(path, (off_t)n));
        cr_assert_eq(tern_model_open(path, &m, &e), TERN_BAD_INPUT, "%zu bytes: %s", n, e.text);
        cr_assert(m == NULL && e.text[0] && !strchr(e.text, '\n'), "%zu bytes", n);
        if (n < 997) break;
    }
    free(whole);
    drop_scratch(path);
}

Test(damage, a_file_cut_at_every_997th_byte_is_bad_input) {
    limit_memory();
    char *path = small_model();
    truncated_everywhere(path);
    drop_scratch(path);
}

Test(damage, the_micro_i2s_file_cut_at_every_997th_byte_is_bad_input) {
    char *path = strdup(shared_file("vectors/micro-bitnet-b1.58.I2_S.gguf"));
    limit_memory();
    truncated_everywhere(path);
    free(path);
}

Test(damage, the_micro_tq20_file_cut_at_every_997th_byte_is_bad_input) {
    char *path = strdup(shared_file("vectors/micro-bitnet-b1.58.TQ2_0.gguf"));
    limit_memory();
    truncated_everywhere(path);
    free(path);
}

Test(damage, micro_files_of_other_formats_cut_at_every_997th_byte_are_bad_input) {
    static const char *const formats[] = {"TL2", "TQ1_0", "IQ1_BN", "IQ2_BN", "IQ2_BN_R4"};
    limit_memory();
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char name[128];
        snprintf(name, sizeof name, "vectors/micro-bitnet-b1.58.%s.gguf", formats[i]);
        char *path = strdup(shared_file(name));
        truncated_everywhere(path);
        free(path);
    }
}

Test(damage, a_file_cut_within_its_last_tensor_by_one_byte_is_bad_input) {
    char *path = small_model();
    size_t bytes;
    struct tern_model *m;
    struct tern_error e = {0};
    free(slurp(path, &bytes));
    cr_assert(!truncate(path, (off_t)bytes - 1));
    cr_assert_eq(tern_model_open(path, &m, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "blk.1.ffn_down.weight") != NULL, "%s", e.text);
    drop_scratch(path);
}

static size_t header_bytes(const char *path) {
    struct tern_gguf *g;
    uint64_t first = UINT64_MAX;
    cr_assert(!tern_gguf_open(path, &g, NULL));
    for (size_t i = 0; i < tern_gguf_tensor_count(g); i++)
        if (tern_gguf_tensor_at(g, i)->offset < first) first = tern_gguf_tensor_at(g, i)->offset;
    tern_gguf_close(g);
    return (size_t)first;
}

/* Reads all of an opened model; statuses do not matter, crashes do. */
static void read_everything(const struct tern_model *m) {
    const size_t widest = m->hp.hidden > m->hp.ffn ? m->hp.hidden : m->hp.ffn;
    float *row = malloc(widest * sizeof *row);
    int8_t *trits = malloc((size_t)m->layer[0].gate.m * m->layer[0].gate.k);
    cr_assert(row && trits);
    tern_dense_row(&m->embedding, m->hp.vocab - 1, row);
    tern_dense_row(&m->output_norm, 0, row);
    tern_linear_rows(&m->layer[0].gate, 0, m->layer[0].gate.m, trits, NULL);
    free(row);
    free(trits);
}

static void flipped_everywhere(const char *from, size_t times) {
    char *path = scratch_file();
    size_t bytes, opened = 0, refused = 0;
    const size_t head = header_bytes(from);
    unsigned char *whole = slurp(from, &bytes);
    write_file(path, whole, bytes);
    FILE *f = fopen(path, "r+b");
    struct tern_random r = {20};
    for (size_t i = 0; i < times; i++) {
        const long at = (long)tern_random_below(&r, (uint32_t)head);
        /* Half of the damage sits in the numbers of the first 40 %, which hold all sizes. */
        const int byte = i % 4 == 0 ? 0xff : whole[at] ^ (int)(1 + tern_random_below(&r, 255));
        struct tern_model *m;
        struct tern_error e = {0};
        cr_assert(!fseek(f, at, SEEK_SET) && fputc(byte, f) != EOF && !fflush(f));
        const enum tern_status s = tern_model_open(path, &m, &e);
        cr_assert(s == TERN_OK || s == TERN_BAD_INPUT || s == TERN_UNSUPPORTED, "byte %ld = %d: %d %s", at,
                  byte, s, e.text);
        cr_assert((s == TERN_OK) == (m != NULL));
        cr_assert(s == TERN_OK || (e.text[0] && !strchr(e.text, '\n')));
        if (m) read_everything(m);
        opened += s == TERN_OK;
        refused += s != TERN_OK;
        tern_model_close(m);
        cr_assert(!fseek(f, at, SEEK_SET) && fputc(whole[at], f) != EOF);
    }
    fclose(f);
    free(whole);
    drop_scratch(path);
    cr_assert(opened > 0 && refused > 0, "%zu opened, %zu refused: the damage was not where it should be",
              opened, refused);
}

Test(damage, three_thousand_wrong_header_bytes_never_crash) {
    limit_memory();
    char *path = small_model();
    flipped_everywhere(path, 3000);
    drop_scratch(path);
}

Test(damage, three_thousand_wrong_header_bytes_of_the_micro_file_never_crash) {
    char *path = strdup(shared_file("vectors/micro-bitnet-b1.58.I2_S.gguf"));
    limit_memory();
    flipped_everywhere(path, 3000);
    free(path);
}

Test(damage, a_code_that_is_no_trit_is_refused_when_its_rows_are_read) {
    char *path = small_model();
    struct tern_model *m;
    struct tern_error e = {0};
    int8_t trits[256 * 16];
    cr_assert(!tern_model_open(path, &m, NULL));
    const long at =
        (long)((const char *)m->layer[0].q.data - (const char *)tern_gguf_tensor_at(m->file, 0)->data +
               (ptrdiff_t)tern_gguf_tensor_at(m->file, 0)->offset);
    tern_model_close(m);
    FILE *f = fopen(path, "r+b");
    cr_assert(f && !fseek(f, at + 64 * 20, SEEK_SET) && fputc(0xff, f) != EOF && !fclose(f)); /* row 20 */
    cr_assert(!tern_model_open(path, &m, NULL));
    cr_assert_eq(tern_linear_rows(&m->layer[0].q, 0, 16, trits, &e), TERN_OK, "%s", e.text);
    cr_assert_eq(tern_linear_rows(&m->layer[0].q, 16, 32, trits, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "blk.0.attn_q") != NULL, "%s", e.text);
    tern_model_close(m);
    drop_scratch(path);
}
