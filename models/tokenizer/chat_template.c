#define _GNU_SOURCE
#include "models/tokenizer/chat_template.h"

#include "base/file.h"
#include "models/gguf/gguf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tern_chat_template templates[] = {
    {"llama3", "Llama3-8B-1.58 and other Llama 3", 1, "<|start_header_id|>system<|end_header_id|>\n\n",
     "<|eot_id|>", "<|start_header_id|>user<|end_header_id|>\n\n",
     "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"},
    {"bitnet", "BitNet b1.58 2B-4T", 1, "System: ", "<|eot_id|>",
     "User: ", "<|eot_id|>Assistant: ", "<|eot_id|>"},
    {"falcon3", "Falcon3-1.58 instruct", 0, "<|system|>\n", "\n", "<|user|>\n", "\n<|assistant|>\n",
     "<|endoftext|>\n"},
    {"chatml", "Qwen, Falcon-E", 0, "<|im_start|>system\n", "<|im_end|>\n", "<|im_start|>user\n",
     "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n"},
    {"none", "models without a template: texts as they are", 1, "", "", "", "", ""},
};

#define COUNT (sizeof templates / sizeof *templates)

/* What a Jinja text must and must not contain, after all white space is removed, escaped line feeds too
 * (files have either), and " has become '. In the order in which they are tried. */
static const struct {
    const char *name;
    const char *must[4], *must_not[4];
    const char *note;
} marks[] = {
    {"llama3", {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}, {"<|im_start|>"}, NULL},
    {"bitnet",
     {"|capitalize+':'+", "<|eot_id|>", "'Assistant:'"},
     {"<|im_start|>", "<|start_header_id|>"},
     NULL},
    {"bitnet",
     {"'System:'+", "'User:'+", "<|eot_id|>", "'Assistant:'"},
     {"<|im_start|>", "<|start_header_id|>"},
     NULL},
    /* The template in the GGUF file of its makers is a placeholder of the converter. */
    {"bitnet",
     {"'Human:'+", "BITNETAssistant:"},
     {NULL},
     "the file's own template (Human: ... BITNETAssistant:) is not the one that the model was trained with, "
     "which is "
     "used instead"},
    {"falcon3",
     {"'<|user|>'+message['content']+''", "'<|assistant|>'", "'<|system|>'+message['content']+''"},
     {"<|end|>", "<|im_start|>", "[gMASK]", "bos_token"},
     NULL},
    {"chatml",
     {"<|im_start|>", "<|im_end|>", "<|im_start|>assistant"},
     {"<|im_sep|>", "capitalize", "<image>", "<end_of_utterance>"},
     NULL},
};

const struct tern_chat_template *tern_chat_templates(size_t *count) {
    *count = COUNT;
    return templates;
}

static const struct tern_chat_template *named(const char *name) {
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(name, templates[i].name)) return &templates[i];
    return NULL;
}

static void list_names(char *out, size_t bytes) {
    size_t at = 0;
    for (size_t i = 0; i < COUNT && at < bytes; i++)
        at += (size_t)snprintf(out + at, bytes - at, "%s%s", i ? ", " : "", templates[i].name);
}

enum tern_status tern_chat_template_named(const char *name, const struct tern_chat_template **out,
                                          struct tern_error *e) {
    char names[128];
    *out = named(name);
    if (*out) return TERN_OK;
    list_names(names, sizeof names);
    return tern_fail(e, TERN_BAD_INPUT, "chat template: '%.40s': not one of %s", name, names);
}

/* Without white space and escaped line feeds, quotes alike, a byte of zero as '?'; heap. */
static char *squeeze(const char *text, size_t bytes) {
    char *out = malloc(bytes + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < bytes; i++) {
        const char c = text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
        if (c == '\\' && i + 1 < bytes && text[i + 1] == 'n') {
            i++;
            continue;
        }
        out[n++] = c == '"' ? '\'' : c ? c : '?';
    }
    if (out) out[n] = 0;
    return out;
}

static int has_all(const char *text, const char *const list[4]) {
    for (size_t i = 0; i < 4 && list[i]; i++)
        if (!strstr(text, list[i])) return 0;
    return 1;
}

static int has_any(const char *text, const char *const list[4]) {
    for (size_t i = 0; i < 4 && list[i]; i++)
        if (strstr(text, list[i])) return 1;
    return 0;
}

const struct tern_chat_template *tern_chat_template_of(const char *jinja, size_t bytes, const char **note) {
    const struct tern_chat_template *found = NULL;
    if (note) *note = NULL;
    char *text = squeeze(jinja, bytes);
    for (size_t i = 0; text && !found && i < sizeof marks / sizeof *marks; i++) {
        if (!has_all(text, marks[i].must) || has_any(text, marks[i].must_not)) continue;
        found = named(marks[i].name);
        if (note) *note = marks[i].note;
    }
    free(text);
    return found;
}

enum tern_status tern_chat_template_find(const struct tern_model *m, const struct tern_chat_template **out,
                                         const char **note, struct tern_error *e) {
    struct tern_gguf_string text;
    char names[128];
    *note = NULL;
    *out = named("none");
    if (!m->file || !tern_gguf_text(m->file, "tokenizer.chat_template", &text)) {
        *note = "the model has no chat template: it continues what you write";
        return TERN_OK;
    }
    *out = tern_chat_template_of(text.data, text.bytes, note);
    if (*out) return TERN_OK;
    list_names(names, sizeof names);
    return tern_fail(
        e, TERN_UNSUPPORTED,
        "chat template: %s: tokenizer.chat_template is none that is known; name one with --template (%s)",
        m->source, names);
}

/* Length of the text without white space around it, which *text skips. */
static int trim(const char **text) {
    static const char *const space = " \t\r\n";
    *text += strspn(*text, space);
    size_t n = strlen(*text);
    while (n && strchr(space, (*text)[n - 1])) n--;
    return (int)n;
}

char *tern_chat_turn(const struct tern_chat_template *t, int first, const char *system, const char *user) {
    if (!strcmp(t->name, "none")) return strdup(user);
    const char *rules = first && system ? system : "";
    const int n = trim(&rules), k = trim(&user);
    return tern_format_text("%s%s%.*s%s%s%.*s%s", first ? "" : t->answer_after, n ? t->system_before : "", n,
                            rules, n ? t->system_after : "", t->user_before, k, user, t->user_after);
}
