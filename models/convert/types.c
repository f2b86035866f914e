#include "models/convert/convert.h"

#include <ctype.h>
#include <string.h>

#define NONE UINT32_MAX

/* File types: those of llama.cpp, bitnet.cpp (38 to 40) and ik_llama.cpp (136, 137, 337). */
static const struct tern_convert_type types[] = {
    {"i2s", "i2s", 36, 40, TERN_DENSE_NONE, "x86", 0},
    {"i2sarm", "i2sarm", 36, 40, TERN_DENSE_NONE, "arm", 0},
    {"i2s4", "i2s4", 36, 40, TERN_DENSE_NONE, "rows4", 0},
    {"tl1", "tl1", 38, 38, TERN_DENSE_NONE, NULL, 0},
    {"tl2", "tl2", 39, 39, TERN_DENSE_NONE, NULL, 0},
    {"tq10", "tq10", 34, 36, TERN_DENSE_NONE, NULL, 0},
    {"tq20", "tq20", 35, 37, TERN_DENSE_NONE, NULL, 0},
    {"q10", "q10", 41, NONE, TERN_DENSE_NONE, NULL, 0},
    {"q20g64", "q20g64", 42, NONE, TERN_DENSE_NONE, NULL, 0},
    {"q20g128", "q20g128", 142, NONE, TERN_DENSE_NONE, NULL, 0},
    {"iq1bn", "iq1bn", 134, 136, TERN_DENSE_NONE, NULL, 0},
    {"iq2bn", "iq2bn", 135, 137, TERN_DENSE_NONE, NULL, 0},
    {"iq2bnr4", "iq2bnr4", 335, 337, TERN_DENSE_NONE, NULL, 0},
    {"vlut1", "vlut1", 45, NONE, TERN_DENSE_NONE, NULL, 0},
    {"vlut2", "vlut2", 40, NONE, TERN_DENSE_NONE, NULL, 0},
    {"f32", NULL, 0, 0, TERN_DENSE_F32, NULL, 0},
    {"f16", NULL, 1, 1, TERN_DENSE_F16, NULL, 0},
    {"bf16", NULL, 30, 32, TERN_DENSE_BF16, NULL, 0},
    {"hfu8", "hfu8", 0, NONE, TERN_DENSE_NONE, NULL, 1},
};

const struct tern_convert_type *tern_convert_types(size_t *count) {
    *count = sizeof types / sizeof *types;
    return types;
}

static int same_word(const char *name, const char *typed) {
    for (;; typed++) {
        if (*typed && !isalnum((unsigned char)*typed)) continue;
        if (*name != tolower((unsigned char)*typed)) return 0;
        if (!*name++) return 1;
    }
}

const struct tern_convert_type *tern_convert_type_named(const char *name) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (same_word(types[i].name, name)) return &types[i];
    return NULL;
}
