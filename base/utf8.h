/* UTF-8, one character at a time: strict (no overlong forms, no surrogates, nothing above U+10FFFF). */
#ifndef TERN_BASE_UTF8_H
#define TERN_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at p (1..4), or 0 when the bytes there are not valid UTF-8; `left` > 0 bytes are
 * readable. *code may be NULL. */
static inline size_t tern_utf8_next(const char *p, size_t left, uint32_t *code) {
    const unsigned char *u = (const unsigned char *)p;
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = u[0] < 0x80   ? 1
                     : u[0] < 0xc2 ? 0
                     : u[0] < 0xe0 ? 2
                     : u[0] < 0xf0 ? 3
                     : u[0] < 0xf5 ? 4
                                   : 0;
    if (n == 0 || n > left) return 0;
    uint32_t c = n == 1 ? u[0] : u[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (u[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    if (code) *code = c;
    return n;
}

/* Length of the longest valid prefix of `bytes` bytes. */
static inline size_t tern_utf8_valid(const char *p, size_t bytes) {
    size_t at = 0;
    while (at < bytes) {
        const size_t n = tern_utf8_next(p + at, bytes - at, NULL);
        if (n == 0) break;
        at += n;
    }
    return at;
}

#endif
