#include "models/tokenizer/merge.h"

#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { LETTERS = 4, KINDS = 64, LONGEST = 90 };

/* rank[a][b]: smaller first, 0: no merge; the product of a and b is to[a][b]. */
struct rules {
    uint32_t rank[KINDS][KINDS];
    int32_t to[KINDS][KINDS];
};

static int32_t by_rank(const void *ctx, const struct tern_symbol *l, const struct tern_symbol *r,
                       uint32_t *order) {
    const struct rules *x = ctx;
    *order = x->rank[l->id][r->id];
    return *order ? x->to[l->id][r->id] : -1;
}

/* The definition: look at every pair, merge the best one, leftmost of equals; begin again. */
static size_t obvious(const struct rules *x, int32_t *id, size_t n) {
    for (;;) {
        size_t best = n;
        for (size_t i = 0; i + 1 < n; i++) {
            const uint32_t rank = x->rank[id[i]][id[i + 1]];
            if (rank && (best == n || rank < x->rank[id[best]][id[best + 1]])) best = i;
        }
        if (best == n) return n;
        id[best] = x->to[id[best]][id[best + 1]];
        memmove(id + best + 1, id + best + 2, (n - best - 2) * sizeof *id);
        n--;
    }
}

Test(merge, gives_what_merging_the_best_pair_again_and_again_gives) {
    struct tern_random random = {.state = 20240607};
    struct tern_merger m = {0};
    for (int round = 0; round < 2000; round++) {
        static struct rules x;
        memset(&x, 0, sizeof x);
        for (int32_t made = LETTERS; made < KINDS; made++) { /* few ranks, so that many pairs are equal */
            const uint32_t a = tern_random_below(&random, (uint32_t)made),
                           b = tern_random_below(&random, (uint32_t)made);
            x.rank[a][b] = 1 + tern_random_below(&random, 12);
            x.to[a][b] = made;
        }
        int32_t expected[LONGEST];
        const size_t n = 1 + tern_random_below(&random, LONGEST);
        tern_merger_clear(&m);
        for (size_t i = 0; i < n; i++) {
            expected[i] = (int32_t)tern_random_below(&random, LETTERS);
            cr_assert(zero(int, tern_merger_add(&m, i, 1, expected[i])));
        }
        const size_t left = obvious(&x, expected, n);
        cr_assert(zero(int, tern_merger_run(&m, by_rank, &x)));
        size_t got = 0;
        for (uint32_t i = 0; i != TERN_MERGE_NONE; i = m.symbol[i].next, got++)
            cr_assert(got < left && m.symbol[i].id == expected[got], "round %d, symbol %zu", round, got);
        cr_assert(eq(sz, got, left), "round %d", round);
    }
    tern_merger_free(&m);
}
