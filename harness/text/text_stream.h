/* Makes valid UTF-8 of the bytes of tokens, as they come. A character whose bytes come in several tokens is
 * held back until it is whole. */
#ifndef TERN_HARNESS_TEXT_TEXT_STREAM_H
#define TERN_HARNESS_TEXT_TEXT_STREAM_H

#include <stddef.h>

/* Start from all zeros. */
struct tern_text_stream {
    char held[4];
    size_t count;
};

/* Takes `bytes` bytes and writes all whole characters to `out`, which has room for 3 * (bytes + 4). Bytes
 * that cannot be part of UTF-8 become U+FFFD. Returns the number of bytes written. */
size_t tern_text_push(struct tern_text_stream *t, const char *text, size_t bytes, char *out);

/* Ends the text: what is still held back becomes U+FFFD. `out` has room for 12 bytes. */
size_t tern_text_end(struct tern_text_stream *t, char *out);

#endif
