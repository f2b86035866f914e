/* What the tokenizer tests share: where vocabularies are, and small ones made on the spot. */
#ifndef TERN_TESTS_TOKENIZER_VOCABULARIES_H
#define TERN_TESTS_TOKENIZER_VOCABULARIES_H

#include "models/tokenizer/tokenizer.h"

/* "<source>/tests/data/NAME", heap. */
char *data_path(const char *name);
/* "<shared folder>/NAME", heap; NULL when there is no such file. The folder is $TERN_SHARED or ../shared. */
char *shared_path(const char *name);

/* Opens a tokenizer from a file; fails the test with the error text when that does not work. */
struct tern_tokenizer *tokenizer_of(const char *path);

/* A vocabulary written to a temporary file and read back. Zero counts leave the key out. */
struct small {
    const char *model, *pre; /* NULL: key left out */
    const char *const *tokens;
    size_t n_tokens;
    const int32_t *kinds;
    size_t n_kinds;
    const float *scores;
    size_t n_scores;
    const char *const *merges;
    size_t n_merges;
    int no_space_prefix;
    uint32_t unknown; /* 0: left out */
};
enum tern_status small_tokenizer(const struct small *s, struct tern_tokenizer **out, struct tern_error *e);

/* The ids of a text as words with spaces between ("1 2 3"), heap, or the error text in brackets. */
char *ids_of(const struct tern_tokenizer *t, const char *text, size_t bytes, int special);

/* Encodes and decodes. 1: the same bytes came back; 0: other bytes; -1: refused for a byte without a token.
 */
int comes_back(const struct tern_tokenizer *t, const char *text, size_t bytes, int special);

#endif
