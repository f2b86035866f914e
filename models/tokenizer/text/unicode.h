/* What Unicode says about characters, from utf8proc. */
#ifndef TERN_MODELS_TOKENIZER_TEXT_UNICODE_H
#define TERN_MODELS_TOKENIZER_TEXT_UNICODE_H

#include "base/utf8.h"

#include <utf8proc.h>

/* The property White_Space. */
static inline int tern_is_space(uint32_t c) {
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

/* Part of a word (\w): a letter, mark, decimal digit, letter number, connector, or a joiner. */
static inline int tern_is_word(uint32_t c) {
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
        return 1;
    default:
        return c == 0x200c || c == 0x200d;
    }
}

/* Bytes of the character that ends at text + end, end > 0; 0 when the bytes there are no UTF-8. */
static inline size_t tern_utf8_before(const char *text, size_t end, uint32_t *code) {
    for (size_t n = 1; n <= 4 && n <= end; n++)
        if (((unsigned char)text[end - n] & 0xc0) != 0x80)
            return tern_utf8_next(text + end - n, n, code) == n ? n : 0;
    return 0;
}

#endif
