#include "vocabularies.h"

#include "base/file.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1500, LONGEST = 120 };

/* One character of UTF-8, favouring those that tokenizers treat in ways of their own. */
static size_t character(struct tern_random *r, char *out) {
    static const uint32_t odd[] = {' ',    ' ',    '\n',   '\t',    '\r',   '\'',   0,
                                   0x85,   0xa0,   0x17f,  0x180e,  0x200d, 0x2028, 0x2582,
                                   0x3000, 0xfeff, 0xfffd, 0x1f999, '<',    '>'};
    static const uint32_t top[] = {0x80, 0x80, 0x800, 0x10000, 0x110000};
    uint32_t c = odd[tern_random_below(r, sizeof odd / sizeof *odd)];
    if (tern_random_below(r, 3)) c = tern_random_below(r, top[tern_random_below(r, 5)]);
    if (c >= 0xd800 && c < 0xe000) c = 0x4f60;
    if (c < 0x80) return out[0] = (char)c, 1;
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(0xf00u >> n | c);
    return n;
}

static size_t valid_text(struct tern_random *r, char *out) {
    const uint32_t length = tern_random_below(r, LONGEST);
    size_t n = 0;
    for (uint32_t i = 0; i < length; i++) n += character(r, out + n);
    return n;
}

static size_t any_bytes(struct tern_random *r, char *out) {
    size_t n = valid_text(r, out);
    for (uint32_t i = tern_random_below(r, 8); i && n; i--)
        out[tern_random_below(r, (uint32_t)n)] = (char)tern_random_next(r);
    return n;
}

/* `all_bytes`: every byte has a token, so that nothing may be refused. */
static void texts_come_back(const char *path, int all_bytes) {
    struct tern_tokenizer *t = tokenizer_of(path);
    struct tern_random random = {.state = 42};
    char text[LONGEST * 4];
    for (int round = 0; round < ROUNDS; round++) {
        const size_t n = round % 2 ? any_bytes(&random, text) : valid_text(&random, text);
        const int same = comes_back(t, text, n, round % 4 > 1);
        cr_assert(same == 1 || (same < 0 && !all_bytes), "round %d (%zu bytes)", round, n);
    }
    tern_tokenizer_free(t);
}

static void data_texts_come_back(const char *name) {
    char *path = data_path(name);
    texts_come_back(path, 1);
    free(path);
}

static void shared_texts_come_back(const char *name, int all_bytes) {
    char *relative = tern_format_text("vocab/ggml-vocab-%s.gguf", name), *path = shared_path(relative);
    if (!path) cr_skip_test("%s is not in the shared folder", relative);
    texts_come_back(path, all_bytes);
    free(path);
    free(relative);
}

Test(round_trip, through_micro_bpe_gives_the_same_bytes) {
    data_texts_come_back("micro-bpe.vocab.gguf");
}
Test(round_trip, through_micro_sentencepiece_gives_the_same_bytes) {
    data_texts_come_back("micro-spm.vocab.gguf");
}
Test(round_trip, through_llama_bpe_gives_the_same_bytes) {
    shared_texts_come_back("llama-bpe", 1);
}
Test(round_trip, through_gpt_2_gives_the_same_bytes) {
    shared_texts_come_back("gpt-2", 1);
}
Test(round_trip, through_llama_spm_gives_the_same_bytes) {
    shared_texts_come_back("llama-spm", 1);
}
Test(round_trip, through_phi_3_gives_the_same_bytes) {
    shared_texts_come_back("phi-3", 1);
}
Test(round_trip, through_falcon_gives_the_same_bytes_or_names_a_missing_one) {
    shared_texts_come_back("falcon", 0);
}
Test(round_trip, through_deepseek_llm_gives_the_same_bytes_or_names_a_missing_one) {
    shared_texts_come_back("deepseek-llm", 0);
}
