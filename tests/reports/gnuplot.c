#define _GNU_SOURCE
#include "reports/figures/gnuplot.h"
#include "reports/program.h"

#include "tests/reports/folder.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* Runs a stand-in for gnuplot made of this shell text. */
static enum tern_status run(const char *text, double limit, char *folder, struct tern_error *e) {
    folder_program(folder, "gnuplot", text);
    char *program = tern_find_program("gnuplot", folder);
    cr_assert(program != NULL);
    const enum tern_status s = tern_gnuplot_run(program, folder, "x.gp", limit, e);
    free(program);
    return s;
}

Test(gnuplot, runs_in_the_folder_with_the_c_locale_and_no_user_settings) {
    struct tern_error e = {""};
    char *folder = folder_new();
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    cr_assert(eq(int, (int)run("#!/bin/sh\necho \"$LC_ALL $*\" > seen\n", 10, folder, &e), TERN_OK), "%s",
              e.text);
    char *seen = folder_read(folder, "seen");
    cr_assert(seen != NULL);
    cr_assert(eq(str, seen, "C --default-settings x.gp\n"));
    free(seen);
    folder_drop(folder);
}

Test(gnuplot, a_failure_tells_what_gnuplot_said) {
    struct tern_error e = {""};
    char *folder = folder_new();
    cr_assert(eq(int,
                 (int)run("#!/bin/sh\nprintf '\\nplot x\\n     ^\\n\"x.gp\", line 3: undefined variable: "
                          "x\\n' >&2\nexit 1\n",
                          10, folder, &e),
                 TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "line 3: undefined variable: x") != NULL, "%s", e.text);
    folder_drop(folder);
}

Test(gnuplot, one_that_never_ends_is_ended, .timeout = 20) {
    struct tern_error e = {""};
    char *folder = folder_new();
    cr_assert(eq(int, (int)run("#!/bin/sh\nexec sleep 1000\n", 0.1, folder, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "was ended") != NULL, "%s", e.text);
    folder_drop(folder);
}

Test(gnuplot, one_that_cannot_be_executed_is_an_error_with_its_name) {
    struct tern_error e = {""};
    char *folder = folder_new();
    cr_assert(eq(int, (int)run("#!/no/such/interpreter\n", 10, folder, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "could not be started") != NULL, "%s", e.text);
    folder_drop(folder);
}

Test(gnuplot, is_not_found_in_no_folder_nor_in_the_current_one) {
    cr_assert(tern_find_program("sh", NULL) == NULL);
    cr_assert(tern_find_program("sh", "") == NULL);
    cr_assert(tern_find_program("sh", "::/no/such/folder:") == NULL);
}
