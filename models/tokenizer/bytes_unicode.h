/* The printable alphabet of byte-level BPE: each of the 256 byte values has one character of its own.
 *
 * Printable Latin-1 characters stand for themselves; the 68 other bytes, in ascending order, are U+0100,
 * U+0101, ... (space is U+0120, newline U+010A). Source: OpenAI GPT-2, encoder.py, bytes_to_unicode. */
#ifndef TERN_MODELS_TOKENIZER_BYTES_UNICODE_H
#define TERN_MODELS_TOKENIZER_BYTES_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/* The character that stands for a byte. */
uint32_t tern_byte_to_unicode(uint8_t byte);

/* The byte that a character stands for, or -1 when it is not in the alphabet. */
int tern_unicode_to_byte(uint32_t code);

/* Translates a text of this alphabet into its bytes; `out` has room for `bytes`. Returns their number, or
 * SIZE_MAX when the text is not valid UTF-8 or has a character outside the alphabet. */
size_t tern_bytes_from_unicode(const char *text, size_t bytes, char *out);

#endif
