#include "models/hf/split_rules.h"

#include <string.h>

static const struct {
    const char *regex, *rule;
} known[] = {
    {"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
     "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     "llama-bpe"},
    {"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
     "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     "qwen2"},
};

const char *tern_hf_split_rule(const json_t *pre) {
    const char *type = json_string_value(json_object_get(pre, "type"));
    const json_t *list = json_object_get(pre, "pretokenizers");
    if (type && !strcmp(type, "ByteLevel"))
        return json_is_false(json_object_get(pre, "use_regex")) ? "unknown" : "gpt-2";
    if (!type || strcmp(type, "Sequence") != 0 || json_array_size(list) != 2) return "unknown";
    const json_t *split = json_array_get(list, 0), *bytes = json_array_get(list, 1);
    const char *regex = json_string_value(json_object_get(json_object_get(split, "pattern"), "Regex")),
               *last = json_string_value(json_object_get(bytes, "type"));
    if (!regex || !last || strcmp(last, "ByteLevel") != 0 ||
        !json_is_false(json_object_get(bytes, "use_regex")))
        return "unknown";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(regex, known[i].regex)) return known[i].rule;
    return "unknown";
}

/* 1 and the expression of a rule (NULL: that of byte-level BPE itself), or 0. */
static int regex_of(struct tern_gguf_string rule, const char **regex) {
    *regex = NULL;
    if (rule.bytes == 5 && !memcmp(rule.data, "gpt-2", 5)) return 1;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].rule) == rule.bytes && !memcmp(known[i].rule, rule.data, rule.bytes))
            return *regex = known[i].regex, 1;
    return 0;
}

json_t *tern_hf_pre_tokenizer(struct tern_gguf_string rule) {
    const char *regex;
    if (!regex_of(rule, &regex)) return NULL;
    json_t *bytes = json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space", 0,
                              "trim_offsets", 1, "use_regex", regex == NULL);
    if (!regex) return bytes;
    return json_pack("{s:s, s:[{s:s, s:{s:s}, s:s, s:b}, o]}", "type", "Sequence", "pretokenizers", "type",
                     "Split", "pattern", "Regex", regex, "behavior", "Isolated", "invert", 0, bytes);
}
