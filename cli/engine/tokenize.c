#include "cli/command.h"

#include "base/file.h"
#include "models/load/open.h"
#include "models/tokenizer/tokenizer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: tern tokenize -m FILE (-p TEXT | -f FILE) [options]\n"
    "\n"
    "Prints the token ids of a text, or with --decode the text of token ids, byte for byte.\n"
    "No beginning-of-text token is added.\n"
    "\n"
    "  -m, --model FILE   a GGUF file (a vocabulary without tensors will do), or synth:NAME\n"
    "  -p, --prompt TEXT  the text\n"
    "  -f, --file FILE    the text, from a file (- is standard input)\n"
    "      --special      control tokens written out in the text (\"<|eot_id|>\") become their ids,\n"
    "                     and with --decode they are written out\n"
    "      --decode       the text is a list of ids, with commas or white space between them\n"
    "      --json         {\"model\", \"count\", \"ids\"}, and with --decode \"text\" (\"hex\" when it is no "
    "UTF-8)\n"
    "  -h, --help         this text\n"
    "\n"
    "example: tern tokenize -m model.gguf -p 'Hello world'\n"
    "         tern tokenize -m model.gguf --decode -p '9906 1917'\n";

enum { MAX_TEXT_BYTES = 1 << 30 };

struct task {
    const char *model, *text, *file;
    int special, decode, json;
};

static int run(int argc, char **argv);
const struct tern_command tern_command_tokenize = {"tokenize", "ids of a text, or back", help, run};

/* Returns 0, or the exit code. */
static int parse(int argc, char **argv, struct task *t) {
    enum { SPECIAL = 256, DECODE, JSON };
    static const struct option options[] = {
        {"model", required_argument, 0, 'm'}, {"prompt", required_argument, 0, 'p'},
        {"file", required_argument, 0, 'f'},  {"special", no_argument, 0, SPECIAL},
        {"decode", no_argument, 0, DECODE},   {"json", no_argument, 0, JSON},
        {"help", no_argument, 0, 'h'},        {0, 0, 0, 0}};
    const char *name = tern_command_tokenize.name;
    for (int c; (c = tern_cli_getopt(argc, argv, "m:p:f:h", options, &tern_command_tokenize)) != -1;) {
        switch (c) {
        case 'm':
            t->model = optarg;
            break;
        case 'p':
            t->text = optarg;
            break;
        case 'f':
            t->file = optarg;
            break;
        case SPECIAL:
            t->special = 1;
            break;
        case DECODE:
            t->decode = 1;
            break;
        case JSON:
            t->json = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc) return tern_cli_usage(name, "unexpected argument '%s'", argv[optind]);
    if (!t->model) return tern_cli_usage(name, "-m FILE is missing");
    if (!t->text == !t->file) return tern_cli_usage(name, "exactly one of -p TEXT and -f FILE is needed");
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
    int failed = json_object_set_new(root, "model", json_string(model));
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
    const int usage = parse(argc, argv, &task);
    if (usage) return usage;

    struct tern_error e = {""};
    struct tern_tokenizer *t = NULL;
    char *from_file = NULL, *decoded = NULL;
    int32_t *ids = NULL;
    size_t bytes = task.text ? strlen(task.text) : 0, count = 0, decoded_bytes = 0;
    int rc = 0;
    enum tern_status s = open_tokenizer(task.model, &t, &e);
    if (!s && task.file)
        s = tern_file_read(strcmp(task.file, "-") ? task.file : "/dev/stdin", MAX_TEXT_BYTES, &from_file,
                           &bytes, &e);
    const char *text = task.file ? from_file : task.text;
    if (!s && task.decode) s = parse_ids(text, bytes, &ids, &count, &e);
    if (!s && task.decode) s = tern_detokenize(t, ids, count, task.special, &decoded, &decoded_bytes, &e);
    if (!s && !task.decode) s = tern_tokenize(t, text, bytes, task.special, &ids, &count, &e);
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
