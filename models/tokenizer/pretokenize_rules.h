/* The expressions of the pre-tokenizer rules, for PCRE2 with UTF and UCP; private to pretokenize.c.
 *
 * Written with \p{...} and explicit sets where regex engines differ: PCRE2's \s has U+180E, which Unicode's
 * White_Space has not. Contractions are matched by Unicode case folding where the models' own expressions ask
 * for (?i). */
#ifndef TERN_MODELS_TOKENIZER_PRETOKENIZE_RULES_H
#define TERN_MODELS_TOKENIZER_PRETOKENIZE_RULES_H

#define SPACES "\\x09-\\x0d\\x{85}\\p{Z}"
#define SPACE  "[" SPACES "]"
#define OTHERS "[^" SPACES "\\p{L}\\p{N}]+"
/* All but the last space before a word, then whatever spaces are left. */
#define RUNS SPACE "+(?![^" SPACES "])|" SPACE "+"

#define SHORT "'s|'t|'re|'ve|'m|'ll|'d"
#define GPT2  SHORT "| ?\\p{L}+| ?\\p{N}+| ?" OTHERS "|" RUNS
#define LLAMA3(num)                                                                                          \
    "(?i:" SHORT ")|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" num "| ?" OTHERS "[\\r\\n]*|" SPACE "*[\\r\\n]+|" RUNS

/* DeepSeek LLM: the cased letters as its tokenizer.json lists them (fewer than today's Unicode has). */
#define R(a, b) "\\x{" #a "}-\\x{" #b "}"
#define C(a)    "\\x{" #a "}"
/* clang-format off */
#define CASED_LATIN_GREEK                                                                                    \
    "A-Za-z" C(b5) R(c0, d6) R(d8, f6) R(f8, 1ba) R(1bc, 1bf) R(1c4, 293) R(295, 2af) R(370, 373)            \
    R(376, 377) R(37b, 37d) C(37f) C(386) R(388, 38a) C(38c) R(38e, 3a1) R(3a3, 3f5)
#define CASED_CYRILLIC_TO_GREEK_EXTENDED                                                                     \
    R(3f7, 481) R(48a, 52f) R(531, 556) R(10a0, 10c5) R(13a0, 13f5) R(13f8, 13fd) R(1c90, 1cba)              \
    R(1cbd, 1cbf) R(1d00, 1d2b) R(1d6b, 1d77) R(1d79, 1d9a) R(1e00, 1f15) R(1f18, 1f1d) R(1f20, 1f45)        \
    R(1f48, 1f4d) R(1f50, 1f57) C(1f59) C(1f5b) C(1f5d) R(1f5f, 1f7d) R(1f80, 1fb4) R(1fb6, 1fbc) C(1fbe)    \
    R(1fc2, 1fc4) R(1fc6, 1fcc) R(1fd0, 1fd3) R(1fd6, 1fdb) R(1fe0, 1fec) R(1ff2, 1ff4) R(1ff6, 1ffc)
#define CASED_SYMBOLS_AND_ABOVE                                                                              \
    C(2102) C(2107) R(210a, 2113) C(2115) R(2119, 211d) C(2124) C(2126) C(2128) R(212a, 212d)                \
    R(212f, 2134) C(2139) R(213c, 213f) R(2145, 2149) C(214e) R(2183, 2184) R(2c00, 2c7b) R(2c7e, 2ce4)      \
    R(2ceb, 2cee) R(2cf2, 2cf3) R(a640, a66d) R(a680, a69b) R(a722, a76f) R(a771, a787) R(a78b, a78e)        \
    R(ab70, abbf) R(fb00, fb06) R(fb13, fb17) R(ff21, ff3a) R(ff41, ff5a) R(10400, 1044f) R(104b0, 104d3)    \
    R(104d8, 104fb) R(10c80, 10cb2) R(10cc0, 10cf2) R(118a0, 118df) R(1e900, 1e943)
/* clang-format on */
#define DEEPSEEK_LETTERS                                                                                     \
    SPACE "?[" CASED_LATIN_GREEK CASED_CYRILLIC_TO_GREEK_EXTENDED CASED_SYMBOLS_AND_ABOVE "]+"
#define DEEPSEEK_MARKS                                                                                       \
    SPACE "?[" R(21, 2f) R(3a, 7e) R(ff01, ff0f) R(ff1a, ff5e) R(2018, 201f) R(3000, 3002) "]+"
#define DEEPSEEK_CJK "[" R(800, 9fa5) R(ac00, d7ff) "]+"

enum { MAX_STEPS = 6 };

struct rule {
    const char *name;
    int whole_words;
    const char *step[MAX_STEPS];
};

static const struct rule rules[] = {
    {"llama-bpe", 1, {LLAMA3("\\p{N}{1,3}")}},
    {"llama3", 1, {LLAMA3("\\p{N}{1,3}")}},
    {"llama-v3", 1, {LLAMA3("\\p{N}{1,3}")}},
    {"falcon3", 1, {LLAMA3("\\p{N}{1,3}")}},
    {"falcon_e", 1, {LLAMA3("\\p{N}{1,3}")}},
    {"qwen2", 0, {LLAMA3("\\p{N}")}},
    {"gpt-2", 0, {GPT2}},
    {"falcon", 0, {"[\\p{P}$+<=>^~|`]+", GPT2, "[0-9][0-9][0-9]"}},
    {"default", 0, {"[\\p{P}$+<=>^~|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"}},
    /* The lookbehind changes no match: it keeps a long run of spaces that ends elsewhere from costing its
       square. */
    {"deepseek-llm",
     0,
     {"[\\r\\n]", DEEPSEEK_LETTERS, DEEPSEEK_MARKS, "(?<!" SPACE ")" SPACE "++\\z", DEEPSEEK_CJK, "\\p{N}"}},
};

#undef R
#undef C

#endif
