/* "Did you mean": the word that a mistyped one was likely to be. */
#ifndef TERN_BASE_TALK_NEAREST_H
#define TERN_BASE_TALK_NEAREST_H

#include <stddef.h>

/* The nearest of the words, or NULL when none is near: at most one mistake in three letters, of letters that are missing,
 * too many, other ones, or two that changed places. Capitals do not matter. `word[i]` may be NULL, which is passed over. */
const char *tern_nearest(const char *typed, const char *const *word, size_t count);

/* The same, as what stands behind an error: "; did you mean tune?", or "" when none is near. */
void tern_nearest_text(const char *typed, const char *const *word, size_t count, char *out, size_t bytes);

#endif
