/* Orders of visiting: rows of random cyclic Latin squares. Every block of `count` rounds puts each
 * alternative once in every place, so a linear drift of the machine falls on all alike; each block draws a
 * new square, so that who follows whom changes too. For two alternatives a block is AB BA or BA AB. */
#include "base/hash.h"
#include "base/random.h"
#include "measure/sampling/round.h"

static void shuffle(struct tern_random *r, size_t *x, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = tern_random_below(r, (uint32_t)i), keep = x[i - 1];
        x[i - 1] = x[j];
        x[j] = keep;
    }
}

static void reverse(size_t *x, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        size_t keep = x[i];
        x[i] = x[n - 1 - i];
        x[n - 1 - i] = keep;
    }
}

void tern_latin_order(uint64_t seed, size_t round, size_t count, size_t *order) {
    if (count == 0) return;
    uint64_t block = round / count;
    struct tern_random r = {tern_hash(tern_hash(TERN_HASH_START, &seed, sizeof seed), &block, sizeof block)};
    shuffle(&r, order, count); /* first the random order of the rows, then the names in the first row */
    size_t shift = order[round % count];
    shuffle(&r, order, count);
    reverse(order, shift); /* rotation left by `shift` */
    reverse(order + shift, count - shift);
    reverse(order, count);
}
