#include "models/model.h"

#include <criterion/criterion.h>
#include <string.h>

Test(builtin, every_name_is_found_and_its_sizes_fit_together) {
    size_t count;
    const char *const *names = tern_builtin_names(&count);
    cr_assert(count > 0);
    for (size_t i = 0; i < count; i++) {
        const struct tern_hparams *hp = tern_builtin_model(names[i]);
        cr_assert(hp && !strcmp(hp->name, names[i]));
        const int qwen3 = !strcmp(hp->arch, "qwen3"); /* its heads may be wider */
        cr_expect(qwen3 || hp->heads * hp->head_dim == hp->hidden, "%s", names[i]);
        cr_expect_eq(hp->heads % hp->kv_heads, 0, "%s", names[i]);
        cr_expect(hp->layers && hp->vocab && hp->ffn && hp->context && hp->eps > 0 && hp->rope_theta > 0);
    }
}

Test(builtin, an_unknown_name_is_null) {
    cr_assert(tern_builtin_model("2B-4T") == NULL);
}

/* Numbers of ternary weights published for the models. */
Test(builtin, the_linear_layers_add_up_to_the_known_number_of_weights) {
    static const struct {
        const char *name;
        size_t weights;
    } known[] = {
        {"2b-4t", 2084044800},      {"large", 679477248},        {"3b", 3221504000},
        {"llama3-8b", 6979321856},  {"falcon3-1b", 1132462080},  {"falcon3-3b", 2422210560},
        {"falcon3-7b", 6650068992}, {"falcon3-10b", 9500098560},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct tern_shape shape[7];
        const size_t n = tern_model_shapes(tern_builtin_model(known[i].name), shape, 7);
        size_t sum = 0;
        for (size_t s = 0; s < n; s++) sum += shape[s].m * shape[s].k * shape[s].calls;
        cr_expect_eq(sum, known[i].weights, "%s", known[i].name);
    }
}

Test(builtin, equal_shapes_are_one_line_with_all_roles) {
    struct tern_shape shape[7];
    const size_t n = tern_model_shapes(tern_builtin_model("2b-4t"), shape, 7);
    cr_assert_eq(n, 4);
    cr_assert(shape[0].m == 2560 && shape[0].k == 2560 && shape[0].calls == 60);
    cr_assert_str_eq(shape[0].roles, "q o");
    cr_assert_str_eq(shape[2].roles, "gate up");
}

Test(builtin, no_more_shapes_are_written_than_there_is_room_for) {
    struct tern_shape shape[2] = {{0}, {.m = 77}};
    cr_assert_eq(tern_model_shapes(tern_builtin_model("2b-4t"), shape, 1), 1);
    cr_assert_eq(shape[1].m, 77);
}
