/* The verifier of the float operations: what it lists, what it refuses, and that it can find fault. */
#include "kernels/verify/operations.h"

#include "base/isa.h"
#include "kernels/verify/operations/stage.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(operations, each_has_a_name_of_its_own_that_ends_in_a_level) {
    const size_t count = tern_operation_count();
    cr_assert(count >= 28, "%zu", count);
    for (size_t i = 0; i < count; i++) {
        char name[96], other[96];
        uint32_t mask;
        tern_operation_name(i, name, sizeof name);
        cr_assert(strncmp(name, "op_", 3) == 0 && strstr(name, "__") != NULL, "%s", name);
        cr_assert(tern_isa_parse(strstr(name, "__") + 2, &mask, NULL) == TERN_OK, "%s", name);
        for (size_t j = 0; j < i; j++) {
            tern_operation_name(j, other, sizeof other);
            cr_assert(strcmp(name, other) != 0, "%s twice", name);
        }
    }
}

Test(operations, what_is_not_usable_is_not_run_and_the_scalar_level_passes) {
    const struct tern_verify_options o = {.seed = 1, .effort = TERN_VERIFY_QUICK};
    for (size_t i = 0; i < tern_operation_count(); i++) {
        char name[96];
        struct tern_verdict v;
        tern_operation_name(i, name, sizeof name);
        cr_assert(tern_prove_operation(i, &o, &v, NULL) == TERN_OK, "%s", name);
        const int scalar = strstr(name, "__scalar") != NULL;
        cr_assert(v.kind == (scalar ? TERN_PASSED : TERN_NOT_RUN), "%s: %s %s", name,
                  tern_verdict_name(v.kind), v.text);
        cr_assert(scalar ? v.cases > 0 : strncmp(v.text, "needs ", 6) == 0, "%s: %s", name, v.text);
    }
}

static void stages(struct tern_stage *a, struct tern_stage *b) {
    *a = (struct tern_stage){.n = 33, .random = {7}};
    *b = (struct tern_stage){.n = 33, .end = 1, .random = {7}};
}

Test(operations, stages_of_one_seed_hold_the_same_inputs) {
    struct tern_stage a, b;
    char text[96];
    stages(&a, &b);
    float *x = tern_stage_edited(&a, 33, 5), *y = tern_stage_edited(&b, 33, 5);
    cr_assert(memcmp(x, y, 33 * sizeof *x) == 0);
    cr_assert(tern_stage_equal(&a, &b, text, sizeof text));
    tern_stage_drop(&a);
    tern_stage_drop(&b);
}

Test(operations, one_wrong_bit_of_a_result_is_found_and_named) {
    struct tern_stage a, b;
    char text[96] = "";
    stages(&a, &b);
    tern_stage_floats(&a, 5, 1), tern_stage_floats(&b, 5, 1);
    unsigned char *x = tern_stage_result(&a, 20, 18), *y = tern_stage_result(&b, 20, 18);
    x[19] = 1; /* behind what is compared */
    cr_assert(tern_stage_equal(&a, &b, text, sizeof text), "%s", text);
    y[17] ^= 4;
    cr_assert(0 == tern_stage_equal(&a, &b, text, sizeof text));
    cr_assert(strstr(text, "byte 17") != NULL, "%s", text);
    tern_stage_drop(&a);
    tern_stage_drop(&b);
}

Test(operations, a_byte_written_before_a_buffer_is_found) {
    struct tern_stage a, b;
    char text[96] = "";
    stages(&a, &b);
    tern_stage_result(&a, 20, 20);
    unsigned char *y = tern_stage_result(&b, 20, 20);
    y[-1] ^= 1;
    cr_assert(0 == tern_stage_equal(&a, &b, text, sizeof text));
    cr_assert(strstr(text, "overwritten") != NULL, "%s", text);
    tern_stage_drop(&a);
    tern_stage_drop(&b);
}
