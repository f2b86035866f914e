#include "measure/energy/model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(energy_model, the_built_in_one_names_its_source) {
    struct tern_energy_model m;
    struct tern_error e = {0};
    cr_assert(tern_energy_model_read(NULL, &m, &e) == TERN_OK, "%s", e.text);
    cr_assert(strstr(m.source, "ISSCC") != NULL);
    cr_assert(m.dram_byte.from > m.l2_byte.to && m.l2_byte.from > m.l1_byte.to);
}

Test(energy_model, adds_bytes_and_multiply_adds) {
    struct tern_energy_model m;
    tern_energy_model_read(NULL, &m, NULL);
    const struct tern_energy_range cold = tern_energy_modelled(&m, 1, 1e6, 0);
    cr_assert(epsilon_eq(dbl, cold.from, 162.5e-6, 1e-12));
    cr_assert(epsilon_eq(dbl, cold.to, 325e-6, 1e-12));
    const struct tern_energy_range hot = tern_energy_modelled(&m, 0, 1e6, 1e6);
    cr_assert(epsilon_eq(dbl, hot.from, 12.73e-6, 1e-12));
    cr_assert(epsilon_eq(dbl, hot.to, 12.8e-6, 1e-12));
}

Test(energy_model, refuses_numbers_without_a_source) {
    struct tern_energy_model m;
    struct tern_error e = {0};
    cr_assert(eq(int,
                 tern_energy_model_parse("{\"name\":\"x\",\"about\":\"y\",\"source\":\"z\",\"picojoules\":"
                                         "{\"l1_byte\":{\"from\":1,\"to\":2}}}",
                                         "here", &m, &e),
                 TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "l1_byte") && strstr(e.text, "source"), "%s", e.text);
    cr_assert(eq(int, tern_energy_model_parse("[", "here", &m, &e), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_energy_model_parse("{}", "here", &m, &e), TERN_BAD_INPUT));
}
