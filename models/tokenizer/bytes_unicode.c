#include "models/tokenizer/bytes_unicode.h"

#include "base/utf8.h"

/* The bytes that have no printable Latin-1 character: 0..32, 127..160 and 173 (soft hyphen). */
enum {
    FIRST = 0x100,
    BELOW = 33,
    DELETE = 127,
    UPPER = 161,
    HYPHEN = 173,
    N_HIDDEN = BELOW + UPPER - DELETE + 1
};

uint32_t tern_byte_to_unicode(uint8_t byte) {
    if (byte < BELOW) return FIRST + byte;
    if (byte >= DELETE && byte < UPPER) return FIRST + BELOW + byte - DELETE;
    return byte == HYPHEN ? FIRST + N_HIDDEN - 1 : byte;
}

int tern_unicode_to_byte(uint32_t code) {
    if (code >= FIRST + N_HIDDEN) return -1;
    if (code == FIRST + N_HIDDEN - 1) return HYPHEN;
    if (code >= FIRST + BELOW) return (int)code - FIRST - BELOW + DELETE;
    if (code >= FIRST) return (int)code - FIRST;
    return tern_byte_to_unicode((uint8_t)code) == code ? (int)code : -1;
}

size_t tern_bytes_from_unicode(const char *text, size_t bytes, char *out) {
    size_t n = 0;
    for (size_t at = 0, step; at < bytes; at += step) {
        uint32_t code;
        step = tern_utf8_next(text + at, bytes - at, &code);
        const int byte = step ? tern_unicode_to_byte(code) : -1;
        if (byte < 0) return SIZE_MAX;
        out[n++] = (char)byte;
    }
    return n;
}
