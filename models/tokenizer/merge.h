/* Greedy pair merging: the loop that byte-level BPE and SentencePiece share.
 *
 * A word starts as a row of symbols; again and again the best neighbouring pair becomes one symbol, the
 * leftmost of equals first, until no pair may merge. A heap holds the candidates: O(n log n) for n symbols.
 */
#ifndef TERN_MODELS_TOKENIZER_MERGE_H
#define TERN_MODELS_TOKENIZER_MERGE_H

#include <stddef.h>
#include <stdint.h>

#define TERN_MERGE_NONE UINT32_MAX

struct tern_symbol {
    uint32_t at, bytes;  /* in the text; bytes == 0: swallowed by its left neighbour */
    int32_t id;          /* token, or -1 */
    uint32_t prev, next; /* indices, or TERN_MERGE_NONE */
};

struct tern_merge_candidate {
    uint32_t order, left, right, bytes;
    int32_t id;
};

/* Scratch that is reused from word to word; start from all zeros, end with tern_merger_free. */
struct tern_merger {
    struct tern_symbol *symbol;
    size_t symbols, symbol_room;
    struct tern_merge_candidate *heap;
    size_t candidates, heap_room;
};

/* The token that two neighbours merge into, or -1. The pair with the smallest *order goes first. */
typedef int32_t (*tern_merge_fn)(const void *ctx, const struct tern_symbol *left,
                                 const struct tern_symbol *right, uint32_t *order);

void tern_merger_free(struct tern_merger *m);

/* Begins a new word. */
void tern_merger_clear(struct tern_merger *m);

/* Appends a symbol. 0, or -1 when there is no memory. */
int tern_merger_add(struct tern_merger *m, size_t at, size_t bytes, int32_t id);

/* Merges until nothing can merge. What is left is the chain that begins at symbol[0]. 0, or -1 without
 * memory. */
int tern_merger_run(struct tern_merger *m, tern_merge_fn pair, const void *ctx);

#endif
