#include "cli/command.h"
#include "cli/files.h"

#include "base/file.h"
#include "harness/text/prompt.h"
#include "measure/records/json_text.h"
#include "models/load/open.h"
#include "models/tokenizer/tokenizer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT_BYTES = 1 << 30 };

struct task {
    const char *model, *text, *file;
    int special, bos, decode, json;
};

static const struct tern_cli_option options[] = {
    {"model", 'm', "FILE", "a GGUF file (a vocabulary without tensors will do), or synth:NAME",
     TERN_CLI_TEXT(struct task, model)},
    {"prompt", 'p', "TEXT", "the text", TERN_CLI_TEXT(struct task, text)},
    {"file", 'f', "FILE", "the text, from a file; - is standard input", TERN_CLI_TEXT(struct task, file)},
    {"special", 0, NULL,
     "control tokens written out in the text (\"<|eot_id|>\") become their ids, and --decode writes them out",
     TERN_CLI_FLAG(struct task, special)},
    {"bos", 0, NULL, "the tokens that the vocabulary puts before a text go first (most often one, or none)",
     TERN_CLI_FLAG(struct task, bos)},
    {"decode", 0, NULL, "the text is a list of ids, with commas or white space between them",
     TERN_CLI_FLAG(struct task, decode)},
    {"json", 0, NULL,
     "\"model\", \"count\" and \"ids\"; with --decode also \"text\", or \"hex\" when the text is no UTF-8",
     TERN_CLI_FLAG(struct task, json)},
};

static int check(const struct task *t) {
    if (!t->model) return tern_cli_usage("tokenize", "-m FILE is missing");
    if (!t->text == !t->file)
        return tern_cli_usage("tokenize", "exactly one of -p TEXT and -f FILE is needed");
    if (t->bos && t->decode) return tern_cli_usage("tokenize", "--bos and --decode exclude each other");
    return 0;
}

static enum tern_status open_tokenizer(const char *source, struct tern_tokenizer **out,
                                       struct tern_error *e) {
    enum tern_status s;
    if (!strncmp(source, "synth:", 6)) {
        struct tern_model *m = NULL;
        s = tern_model_open(source, &m, e);
        if (s) return s;
        s = tern_tokenizer_new(m, out, e);
        tern_model_close(m);
        return s;
    }
    struct tern_gguf *g = NULL;
    s = tern_model_file_open(source, &g, e);
    if (s) return s;
    s = tern_tokenizer_from_gguf(g, out, e);
    tern_gguf_close(g);
    return s;
}

/* "1, 2 3" -> ids, heap. */
static enum tern_status parse_ids(const char *text, size_t bytes, int32_t **out, size_t *count,
                                  struct tern_error *e) {
    int32_t *ids = malloc((bytes / 2 + 1) * sizeof *ids);
    if (!ids) return tern_fail(e, TERN_NO_MEMORY, "tokenize: out of memory");
    size_t n = 0;
    const char *const end = text + bytes;
    for (const char *p = text; p < end;) {
        if (strchr(", \t\r\n", *p) && *p) {
            p++;
            continue;
        }
        const char *const word = p;
        int64_t v = 0;
        while (p < end && *p >= '0' && *p <= '9' && v <= INT32_MAX) v = v * 10 + (*p++ - '0');
        if (p == word || v > INT32_MAX || (p < end && (!*p || !strchr(", \t\r\n", *p)))) {
            free(ids);
            return tern_fail(e, TERN_BAD_INPUT, "tokenize: ids: character %zu: not a token id",
                             (size_t)(word - text) + 1);
        }
        ids[n++] = (int32_t)v;
    }
    *out = ids;
    *count = n;
    return TERN_OK;
}

static json_t *hex(const char *bytes, size_t count) {
    char *text = malloc(2 * count + 1);
    if (!text) return NULL;
    for (size_t i = 0; i < count; i++) snprintf(text + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
    json_t *j = json_stringn(text, 2 * count);
    free(text);
    return j;
}

/* The whole answer; `text` is NULL unless ids were decoded. NULL when there is no memory. */
static json_t *answer(const char *model, const int32_t *ids, size_t count, const char *text, size_t bytes) {
    json_t *root = json_object(), *list = json_array();
    int failed = json_object_set_new(root, "model", tern_json_text(model));
    failed |= json_object_set_new(root, "count", json_integer((json_int_t)count));
    for (size_t i = 0; i < count && !failed; i++) failed = json_array_append_new(list, json_integer(ids[i]));
    failed |= json_object_set_new(root, "ids", list);
    json_t *words = text ? json_stringn(text, bytes) : NULL; /* refuses what is no UTF-8 */
    if (words)
        failed |= json_object_set_new(root, "text", words);
    else if (text)
        failed |= json_object_set_new(root, "hex", hex(text, bytes));
    if (!failed) return root;
    json_decref(root);
    return NULL;
}

static int run(int argc, char **argv) {
    struct task task = {0};
    int rc = tern_cli_parse(&tern_command_tokenize, argc, argv, &task, NULL);
    if (!rc) rc = check(&task);
    if (rc) return rc;

    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    char *from_file = NULL, *decoded = NULL;
    int32_t *ids = NULL;
    size_t bytes = task.text ? strlen(task.text) : 0, count = 0, decoded_bytes = 0;
    enum tern_status s = open_tokenizer(task.model, &t, &e);
    if (!s && task.file)
        s = tern_file_read(tern_cli_input(task.file), MAX_TEXT_BYTES, &from_file, &bytes, &e);
    const char *text = task.file ? from_file : task.text;
    if (!s && task.decode) s = parse_ids(text, bytes, &ids, &count, &e);
    if (!s && task.decode) s = tern_detokenize(t, ids, count, task.special, &decoded, &decoded_bytes, &e);
    if (!s && !task.decode)
        s = tern_text_ids(t, text, bytes, task.special, task.bos ? TERN_TEXT_START : TERN_TEXT_ONLY, &ids,
                          &count, &e);
    if (s) goto done;

    if (task.json) {
        rc = tern_cli_print_json(answer(task.model, ids, count, decoded, decoded_bytes));
    } else if (task.decode) {
        fwrite(decoded, 1, decoded_bytes, stdout);
    } else {
        for (size_t i = 0; i < count; i++) printf(i ? " %d" : "%d", (int)ids[i]);
        putchar('\n');
    }
done:
    free(decoded);
    free(ids);
    free(from_file);
    tern_tokenizer_free(t);
    return s ? tern_cli_fail(s, &e) : rc;
}

const struct tern_command tern_command_tokenize = {
    .name = "tokenize",
    .summary = "ids of a text, or back",
    .usage = "-m FILE (-p TEXT | -f FILE) [options]",
    .about = "Prints the token ids of a text. With --decode it prints the text of token ids, byte for byte. "
             "Without --bos no beginning-of-text token is added.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example =
        "tern tokenize -m model.gguf -p 'Hello world'\ntern tokenize -m model.gguf --decode -p '9906 1917'",
    .run = run,
};
