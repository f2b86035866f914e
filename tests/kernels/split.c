/* K cut in slices: that the layouts which say so can be read from a column on, and that sums of slices are
 * the whole. The kernels themselves are proved by the verifier (proof.c). */
#include "kernels/split.h"

#include "base/memory.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static void panels_can_be_read_from_a_column_on(const struct tern_format *f, size_t m, size_t k) {
    struct tern_random r = {m * 31 + k};
    const size_t step = f->row_step(m, k);
    int8_t *trits = tern_alloc(m * k), *back = tern_alloc(step * k);
    char *data = tern_alloc(f->bytes(m, k) + 64);
    for (size_t i = 0; i < m * k; i++)
        trits[i] = f->binary ? (tern_random_below(&r, 2) ? 1 : -1) : (int8_t)(tern_random_below(&r, 3) - 1);
    f->pack(trits, m, k, 0, m, 1, data);
    for (size_t row = 0; row < m; row += step) {
        const size_t rows = tern_min(step, m - row);
        for (size_t c = 0; c < k; c += f->slice_columns) {
            const char *at = data + (row ? f->bytes(row, k) : 0) + (c ? f->column_at(rows, c) : 0);
            f->unpack(at, rows, k - c, 0, rows, back);
            for (size_t i = 0; i < rows; i++)
                cr_assert(memcmp(back + i * (k - c), trits + (row + i) * k + c, k - c) == 0,
                          "%s: %zux%zu: row %zu from column %zu on", f->name, m, k, row + i, c);
        }
    }
    tern_free(trits), tern_free(back), tern_free(data);
}

Test(split, a_layout_that_can_be_cut_is_a_matrix_from_every_cut_on) {
    static const size_t shape[][2] = {{1, 65}, {81, 256}, {400, 263}, {193, 320}, {257, 96}};
    size_t count, cut = 0;
    const struct tern_format *const *all = tern_formats(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert(eq(int, all[i]->column_at != NULL, all[i]->slice_columns != 0), "%s", all[i]->name);
        if (!all[i]->column_at) continue;
        cut++;
        for (size_t s = 0; s < 5; s++) panels_can_be_read_from_a_column_on(all[i], shape[s][0], shape[s][1]);
    }
    cr_assert(ge(sz, cut, 7));
}

Test(split, slices_are_all_of_k_once) {
    const struct tern_variant *v = tern_variant_named("gemm_e80_i8_r1k1__scalar");
    for (size_t slices = 1; slices < 9; slices++) {
        size_t next = 0;
        for (size_t s = 0; s < slices; s++) {
            size_t from, to;
            tern_slice_share(v, 1003, s, slices, &from, &to);
            cr_assert(eq(sz, from, next));
            cr_assert(from % tern_slice_step(v) == 0);
            next = to;
        }
        cr_assert(eq(sz, next, 1003));
    }
}

Test(split, who_cannot_be_split_has_a_reason) {
    size_t count, can = 0;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        const char *why = NULL;
        const int splits = tern_variant_splits(&v[i], 640, 2560, &why);
        can += (size_t)splits;
        cr_assert(splits ? !why && v[i].exact && v[i].n_min == 1 && v[i].format->column_at : why && *why,
                  "%s", v[i].name);
    }
    cr_assert(gt(sz, can, 0));
    cr_assert(not(tern_variant_splits(tern_variant_named("gemm_p64_i8_r1k1__scalar"), 640, 16, NULL)));
}

Test(split, sums_of_slices_are_added) {
    const int32_t sums[] = {1, -2, 99, 10, 20, 99, 100, INT32_MIN + 2, 99};
    int32_t y[2];
    tern_slices_add(sums, 3, 3, 2, y);
    cr_assert(eq(i32, y[0], 111));
    cr_assert(eq(i32, y[1], INT32_MIN + 20));
}
