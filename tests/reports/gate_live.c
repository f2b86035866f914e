/* The gate with programs that only say that they measured: what it makes of their answers. */
#include "reports/gate/gate.h"

#include "base/file.h"
#include "tests/reports/folder.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const problem[] = {"1x1x1"};

/* A worker: two cases, whose times differ a little, or altogether, from process to process. By lot, and not
 * by their numbers, which ascend from one build to the other. */
static const char even[] = "#!/bin/sh\n"
                           "part=$(($(od -An -N2 -tu2 /dev/urandom) % 40))\n"
                           "case \"$*\" in\n"
                           "*slow*) name=slow time=$((10500 + part)) ;;\n"
                           "*) name=plain time=$((10000 + part)) ;;\n"
                           "esac\n"
                           "printf 'tern-gate 1\\ncase %s/a\\ncase %s/b\\nready\\n' $name $name\n"
                           "while read -r what which calls; do\n"
                           "    if [ \"$what\" = open ]; then case=$which; fi\n"
                           "    if [ $case = 0 ]; then echo \"ns $time\"; else echo \"ns $part.5\"; fi\n"
                           "done\n";

static char *program(const char *folder, const char *name, const char *text) {
    char *path = tern_format_text("%s/%s", folder, name);
    cr_assert(path != NULL);
    folder_program(folder, name, text);
    return path;
}

static struct tern_gate_live options(const char *base, const char *candidate, const char *filter) {
    return (struct tern_gate_live){.base_program = base,
                                   .candidate_program = candidate,
                                   .base_filter = "plain",
                                   .candidate_filter = filter,
                                   .problem = problem,
                                   .problems = 1,
                                   .regime = "hot",
                                   .threads = "1",
                                   .threshold = 0.02,
                                   .budget_seconds = 60,
                                   .seed = 1};
}

static enum tern_status measure(const char *text, const char *filter, struct tern_gate *g,
                                struct tern_error *e) {
    char *folder = folder_new(), *even_path = program(folder, "even", even),
         *other = program(folder, "other", text);
    const struct tern_gate_live o = options(even_path, other, filter);
    const enum tern_status s = tern_gate_measure(&o, g, e);
    free(other);
    free(even_path);
    folder_drop(folder);
    return s;
}

Test(gate_live, a_slower_build_is_measured_again_and_then_found) {
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)measure(even, "slow", &g, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(sz, g.rows, 2));
    cr_assert(eq(str, g.row[0].name, "slow/a"));
    cr_assert(eq(int, (int)g.row[0].verdict, TERN_GATE_REGRESSION), "%s", g.row[0].why);
    cr_assert(g.row[0].suspected && g.row[0].values > g.row[0].screened);
    cr_assert(epsilon_eq(dbl, g.row[0].seen.centre, 0.0488, 0.004));
    cr_assert(ne(int, (int)g.row[1].verdict, TERN_GATE_REGRESSION)); /* its numbers are all over the place */
    tern_gate_free(&g);
}

Test(gate_live, the_same_build_passes_after_the_screening) {
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)measure(even, "plain", &g, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(int, (int)g.row[0].verdict, TERN_GATE_OK), "%s", g.row[0].why);
    cr_assert(eq(sz, g.row[0].values, g.row[0].screened));
    tern_gate_free(&g);
}

Test(gate_live, a_case_that_one_build_lacks_cannot_be_told) {
    static const char one[] = "#!/bin/sh\nprintf 'tern-gate 1\\ncase plain/a\\nready\\n'\n"
                              "while read -r line; do echo ns 10000; done\n";
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)measure(one, "plain", &g, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(int, (int)g.row[1].verdict, TERN_GATE_CANNOT_TELL));
    cr_assert(eq(str, g.row[1].why, "one of the builds gave no number"));
    tern_gate_free(&g);
}

Test(gate_live, a_build_that_has_no_worker_is_told_by_its_own_words) {
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(
        eq(int,
           (int)measure("#!/bin/sh\necho 'tern: gate: --worker is not known' >&2\nexit 3\n", "plain", &g, &e),
           TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "--worker is not known") != NULL, "%s", e.text);
}

Test(gate_live, a_worker_that_dies_in_the_middle_is_told) {
    static const char dies[] = "#!/bin/sh\nprintf 'tern-gate 1\\ncase plain/a\\ncase plain/b\\nready\\n'\n"
                               "read -r line\necho ns 10000\nread -r line\nkill -9 $$\n";
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)measure(dies, "plain", &g, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "ended early") != NULL, "%s", e.text);
}

Test(gate_live, another_language_and_nonsense_are_told) {
    struct tern_gate g;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)measure("#!/bin/sh\necho tern-gate 2\nread -r line\n", "plain", &g, &e),
                 TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "another version") != NULL, "%s", e.text);
    cr_assert(eq(int, (int)measure("#!/bin/sh\nyes no | tr -d '\\n'\n", "plain", &g, &e), TERN_UNSUPPORTED));
}
