/* Ids that the programs and libraries of the models' own makers give. */
#include "vocabularies.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Every line of NAME.tokenizer.jsonl; texts with a BOS in front must be "bos" and then the ids without. */
static void lines_agree(const char *name, int bos) {
    char *text_name = tern_format_text("%s.tokenizer.jsonl", name), *lines_path = data_path(text_name);
    char *vocab_name = tern_format_text("%s.vocab.gguf", name), *vocab_path = data_path(vocab_name);
    struct tern_tokenizer *t = tokenizer_of(vocab_path);
    struct tern_error e = {""};
    char *lines = NULL, *save = NULL;
    cr_assert(zero(int, tern_file_read(lines_path, 1 << 20, &lines, NULL, &e)), "%s", e.text);
    size_t tried = 0;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save), tried++) {
        json_t *j = json_loads(line, 0, NULL), *ids = json_object_get(j, "ids");
        const char *text = json_string_value(json_object_get(j, "text"));
        cr_assert(text && json_is_array(ids), "line %zu", tried);
        const size_t skip = json_is_true(json_object_get(j, "add_special")) ? 1 : 0;
        if (skip) cr_assert(eq(int, (int)json_integer_value(json_array_get(ids, 0)), bos));
        char expected[4096] = "";
        for (size_t i = skip; i < json_array_size(ids); i++)
            sprintf(expected + strlen(expected), i > skip ? " %d" : "%d",
                    (int)json_integer_value(json_array_get(ids, i)));
        char *got = ids_of(t, text, strlen(text), json_is_true(json_object_get(j, "parse_special")));
        cr_expect(eq(str, got, expected), "of '%s'", text);
        free(got);
        json_decref(j);
    }
    cr_expect(ge(sz, tried, 40));
    tern_tokenizer_free(t);
    free(lines);
    free(text_name);
    free(lines_path);
    free(vocab_name);
    free(vocab_path);
}

Test(reference, micro_bpe_texts_give_their_ids) {
    lines_agree("micro-bpe", 312);
}

Test(reference, micro_sentencepiece_texts_give_their_ids) {
    lines_agree("micro-spm", 1);
}

/* All texts of a public vocabulary in the shared folder. */
static void every_text_gives_its_ids(const char *name) {
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char *relative = tern_format_text("vocab/ggml-vocab-%s.gguf", name), *path = shared_path(relative);
    if (!path) cr_skip_test("%s is not in the shared folder", relative);
    char *in_path = tern_format_text("%s.inp", path), *out_path = tern_format_text("%s.out", path);
    char *in = NULL, *out = NULL;
    struct tern_error e = {""};
    cr_assert(zero(int, tern_file_read(in_path, 1 << 20, &in, NULL, &e)), "%s", e.text);
    cr_assert(zero(int, tern_file_read(out_path, 1 << 20, &out, NULL, &e)), "%s", e.text);
    struct tern_tokenizer *t = tokenizer_of(path);
    size_t texts = 0;
    for (char *text = in, *line = out; *line; texts++) {
        char *text_end = strstr(text, separator), *line_end = strchr(line, '\n');
        cr_assert(text_end && line_end, "text %zu", texts);
        *line_end = 0;
        char *got = ids_of(t, text, (size_t)(text_end - text), 0);
        cr_expect(eq(str, got, line + (*line == ' ')), "text %zu of %s", texts, name);
        free(got);
        text = text_end + sizeof separator - 1;
        line = line_end + 1;
    }
    cr_expect(eq(sz, texts, 46));
    tern_tokenizer_free(t);
    free(in);
    free(out);
    free(in_path);
    free(out_path);
    free(path);
    free(relative);
}

Test(reference, llama_bpe_texts_give_their_ids) {
    every_text_gives_its_ids("llama-bpe");
}
Test(reference, gpt_2_texts_give_their_ids) {
    every_text_gives_its_ids("gpt-2");
}
Test(reference, falcon_texts_give_their_ids) {
    every_text_gives_its_ids("falcon");
}
Test(reference, deepseek_llm_texts_give_their_ids) {
    every_text_gives_its_ids("deepseek-llm");
}
Test(reference, llama_spm_texts_give_their_ids) {
    every_text_gives_its_ids("llama-spm");
}
Test(reference, phi_3_texts_give_their_ids) {
    every_text_gives_its_ids("phi-3");
}
