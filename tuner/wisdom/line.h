/* One line of a wisdom file: text in, entry out, and back. Inside the tuner only.
 *
 * A line is fields separated by single spaces and ends in " #" and the CRC-32 (eight hexadecimal digits) of
 * everything before that. CRC-32 sees every burst of up to 32 bits, so a flipped bit never passes for another
 * value. What is accepted is exactly what would be written: a line is valid only if rendering its entry gives
 * it back. */
#ifndef TERN_TUNER_WISDOM_LINE_H
#define TERN_TUNER_WISDOM_LINE_H

#include "tuner/wisdom/wisdom.h"

#define TERN_WISDOM_LINE 1024

/* Writes the entry's line (no newline, NUL-terminated). TERN_BAD_INPUT when a field cannot be written so that
 * it can be read again: an unknown variant, a word with a space, a number that is not finite. */
enum tern_status tern_wisdom_render(const struct tern_wisdom_entry *entry, char line[TERN_WISDOM_LINE],
                                    struct tern_error *e);
/* 1 and the entry, or 0 when the line (`bytes` long, without its newline) is damaged, unknown or not
 * canonical. */
int tern_wisdom_parse(const char *line, size_t bytes, struct tern_wisdom_entry *entry);

/* Appends " #xxxxxxxx" to a line; 0 when it does not fit. */
int tern_wisdom_seal(char *line, size_t capacity);
/* Length of the text before the seal, or 0 when the seal is missing or wrong. */
size_t tern_wisdom_sealed(const char *line, size_t bytes);

/* "mix 3:1", sealed. */
int tern_wisdom_render_mix(const struct tern_mix *mix, char line[TERN_WISDOM_LINE]);
/* 1 and the mix, or 0 when the line is no mix, or damaged. */
int tern_wisdom_parse_mix(const char *line, size_t bytes, struct tern_mix *mix);

/* "plan 2560/2560/640/6912 t=2 decode=tuned 0.9431 ci=0.9300..0.9500 n=15 prefill=untuned ... date=...", sealed: a
 * verdict on a whole plan (plan_verdict.h). */
struct tern_plan_verdict;
int tern_wisdom_render_plan(const struct tern_plan_verdict *v, char line[TERN_WISDOM_LINE]);
int tern_wisdom_parse_plan(const char *line, size_t bytes, struct tern_plan_verdict *v);

/* Order of the file: by shape, tokens, threads, regime, objective; the winner, then layouts by name. */
int tern_wisdom_order(const void *a, const void *b);

#endif
