#include "measure/sampling/sampler.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { MAX = 16 };

Test(latin_order, every_round_visits_everyone_once) {
    for (size_t count = 1; count <= MAX; count++) {
        for (size_t round = 0; round < 3 * count; round++) {
            size_t order[MAX], seen[MAX] = {0};
            tern_latin_order(7, round, count, order);
            for (size_t i = 0; i < count; i++) {
                cr_assert(lt(sz, order[i], count));
                cr_assert(eq(sz, seen[order[i]]++, 0));
            }
        }
    }
}

Test(latin_order, every_block_puts_everyone_once_in_every_place) {
    for (size_t count = 1; count <= MAX; count++) {
        for (size_t block = 0; block < 5; block++) {
            size_t places[MAX][MAX] = {{0}};
            for (size_t row = 0; row < count; row++) {
                size_t order[MAX];
                tern_latin_order(1234, block * count + row, count, order);
                for (size_t i = 0; i < count; i++) places[order[i]][i]++;
            }
            for (size_t who = 0; who < count; who++)
                for (size_t place = 0; place < count; place++) cr_assert(eq(sz, places[who][place], 1));
        }
    }
}

Test(latin_order, rows_are_cyclic) {
    size_t a[5], b[5];
    tern_latin_order(3, 0, 5, a);
    tern_latin_order(3, 1, 5, b);
    size_t shift = 0;
    while (shift < 5 && b[shift] != a[0]) shift++;
    for (size_t i = 0; i < 5; i++) cr_assert(eq(sz, b[(i + shift) % 5], a[i]));
}

Test(latin_order, two_alternatives_alternate_in_pairs_of_opposite_order) {
    int began_with[2] = {0};
    for (size_t block = 0; block < 64; block++) {
        size_t first[2], second[2];
        tern_latin_order(99, 2 * block, 2, first);
        tern_latin_order(99, 2 * block + 1, 2, second);
        cr_assert(first[0] == second[1] && first[1] == second[0]);
        began_with[first[0]]++;
    }
    cr_assert(began_with[0] && began_with[1], "one of ABBA and BAAB never came in 64 blocks");
}

Test(latin_order, a_seed_repeats_and_another_differs) {
    size_t a[8], b[8];
    int differs = 0;
    for (size_t round = 0; round < 16; round++) {
        tern_latin_order(5, round, 8, a);
        tern_latin_order(5, round, 8, b);
        cr_assert(memcmp(a, b, sizeof a) == 0);
        tern_latin_order(6, round, 8, b);
        differs |= memcmp(a, b, sizeof a) != 0;
    }
    cr_assert(differs);
}
