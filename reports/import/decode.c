/* Any encoding that editors and shells leave behind as UTF-8. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t put_code(uint32_t c, char *out) {
    if (c < 0x80) return out[0] = (char)c, 1;
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(0xf00u >> n | c);
    return n;
}

/* A unit of UTF-16; `big` says which of its bytes is first. */
static uint32_t unit(const unsigned char *p, int big) {
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static char *from_utf16(const unsigned char *p, size_t bytes, int big, size_t *out_bytes) {
    char *out = malloc(bytes * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; out && i + 1 < bytes; i += 2) {
        uint32_t c = unit(p + i, big);
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes) {
            const uint32_t low = unit(p + i + 2, big);
            if (low >= 0xdc00 && low < 0xe000) c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00), i += 2;
        }
        n += put_code(c >= 0xd800 && c < 0xe000 ? 0xfffd : c, out + n);
    }
    if (out) out[n] = 0;
    *out_bytes = n;
    return out;
}

char *tern_import_decode(const char *text, size_t bytes, size_t *out_bytes) {
    const unsigned char *p = (const unsigned char *)text;
    if (bytes >= 2 && p[0] == 0xff && p[1] == 0xfe) return from_utf16(p + 2, bytes - 2, 0, out_bytes);
    if (bytes >= 2 && p[0] == 0xfe && p[1] == 0xff) return from_utf16(p + 2, bytes - 2, 1, out_bytes);
    if (bytes >= 2 && p[0] && !p[1]) return from_utf16(p, bytes, 0, out_bytes);
    if (bytes >= 2 && !p[0] && p[1]) return from_utf16(p, bytes, 1, out_bytes);
    const size_t mark = bytes >= 3 && !memcmp(p, "\xef\xbb\xbf", 3) ? 3 : 0;
    char *out = malloc(bytes - mark + 1);
    if (out && bytes > mark) memcpy(out, text + mark, bytes - mark);
    if (out) out[bytes - mark] = 0;
    *out_bytes = bytes - mark;
    return out;
}
