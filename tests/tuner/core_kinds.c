/* Kinds of core, on machines that are not here (hwloc's XML). */
#define _GNU_SOURCE
#include "tuner/wisdom/core_kinds.h"

#include "base/isa.h"
#include "entries.h"
#include "folder.h"
#include "tuner/session/tune.h"
#include "tuner/trial/fixture.h"
#include "tuner/wisdom/thread_counts.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tern_machine m, p, e;

static void read_fixture(const char *name) {
    char path[512];
    struct tern_error why = {""};
    snprintf(path, sizeof path, "%s/topology/%s.xml", TERN_DATA, name);
    setenv("HWLOC_XMLFILE", path, 1);
    cr_assert(tern_machine_read(&m, &why) == TERN_OK, "%s", why.text);
    if (!m.foreign) cr_skip_test("built without hwloc");
    tern_machine_of_kind(&m, 0, &p);
    tern_machine_of_kind(&m, m.core_kinds - 1, &e);
}

static void path_is(const struct tern_machine *machine, const char *expected) {
    char *path = tern_core_kind_wisdom_path("/w", machine);
    cr_assert(eq(str, path, (char *)expected));
    free(path);
}

Test(kinds, each_has_a_wisdom_file_of_its_own) {
    read_fixture("hybrid-laptop");
    path_is(&p, "/w.P");
    path_is(&e, "/w.E");
    path_is(&m, "/w.P"); /* the first threads run there */
    cr_assert(tern_core_kind_alone(&p) && !tern_core_kind_alone(&m));
    read_fixture("two-socket-server");
    path_is(&m, "/w");
    cr_assert(not(tern_core_kind_alone(&m)));
}

Test(kinds, threads_that_spread_over_two_have_none) {
    size_t kind = 9;
    read_fixture("hybrid-laptop");
    cr_assert(tern_core_kind_of_threads(&m, 4, &kind) && kind == 0, "four fast cores come first");
    cr_assert(not(tern_core_kind_of_threads(&m, 5, &kind)));
    cr_assert(not(tern_core_kind_of_threads(&m, 17, &kind)));
    cr_assert(tern_core_kind_of_threads(&e, 8, &kind));
    cr_assert(not(tern_core_kind_of_threads(&e, 9, &kind)));
}

Test(kinds, are_named_by_number_or_name) {
    size_t kind = 9;
    struct tern_error why = {""};
    read_fixture("arm-big-little");
    cr_assert(tern_core_kind_named(&m, "little", &kind, NULL) == TERN_OK && kind == 2);
    cr_assert(tern_core_kind_named(&m, "1", &kind, NULL) == TERN_OK && kind == 1);
    cr_assert(eq(int, tern_core_kind_named(&m, "3", &kind, &why), TERN_BAD_INPUT));
    cr_assert(strstr(why.text, "2 (little)") != NULL, "%s", why.text);
}

/* What the engine reads: P's file, and of that nothing for more threads than come before the E cores. */
Test(kinds, the_wisdom_of_a_machine_is_that_of_the_kind_its_threads_run_on) {
    const struct folder f = folder_new("w.P");
    struct tern_wisdom w = {0};
    char base[512];
    read_fixture("hybrid-laptop");
    snprintf(base, sizeof base, "%.*s", (int)strlen(f.file) - 2, f.file);
    struct tern_random r = {7};
    struct tern_wisdom_entry four = random_entry(&r), eight = four;
    four.problem.threads = 4;
    eight.problem.threads = 8;
    strcpy(w.machine, p.key);
    cr_assert(eq(int, tern_wisdom_put(&w, &four, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_put(&w, &eight, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    tern_wisdom_free(&w);
    cr_assert(eq(int, tern_core_kind_wisdom_read(base, &m, &w, NULL), TERN_OK));
    cr_assert(eq(sz, w.count, 1));
    cr_assert(eq(sz, w.entry[0].problem.threads, 4));
    tern_wisdom_free(&w);
    cr_assert(eq(int, tern_core_kind_wisdom_read(base, &p, &w, NULL), TERN_OK));
    cr_assert(eq(sz, w.count, 2));
    tern_wisdom_free(&w);
    /* The same file under the name of the other kind is another machine's. */
    char other[520];
    snprintf(other, sizeof other, "%s.E", base);
    cr_assert(eq(int, rename(f.file, other), 0));
    cr_assert(eq(int, tern_core_kind_wisdom_read(base, &e, &w, NULL), TERN_UNSUPPORTED));
    rename(other, f.file);
    folder_drop(&f);
}

static void know(struct tern_wisdom *w, size_t threads, const char *variant) {
    const struct tern_variant *v = tern_variant_named(variant);
    struct tern_wisdom_entry en = {.problem = {512, 256, 1, threads, TERN_WCOLD},
                                   .objective = "time",
                                   .median_ns = 1,
                                   .ci_lo_ns = 1,
                                   .ci_hi_ns = 1,
                                   .ratio = 1,
                                   .base = "gemm_p64_i8_r1k1__scalar",
                                   .effort = "normal",
                                   .date = "2026-01-02T03:04:05Z"};
    snprintf(en.variant, sizeof en.variant, "%s", variant);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    cr_assert(eq(int, tern_wisdom_put(w, &en, NULL), TERN_OK));
}

static void keep(const char *base, const struct tern_machine *kind, struct tern_wisdom *w) {
    char *path = tern_core_kind_wisdom_path(base, kind);
    strcpy(w->machine, kind->key);
    cr_assert(eq(int, tern_wisdom_write(path, w, NULL), TERN_OK));
    tern_wisdom_free(w);
    free(path);
}

static struct tern_plan plan_of(const struct tern_wisdom *w, size_t threads) {
    const struct tern_problem q = {512, 256, 1, threads, TERN_WCOLD};
    struct tern_plan plan;
    cr_assert(eq(int, tern_plan_for(w, TERN_ISA_SCALAR, &q, NULL, &plan, NULL), TERN_OK));
    return plan;
}

#define FAST   "gemm_p64_i8_r1k1__scalar"
#define SLOW   "gemm_e80_i8_r1k1__scalar"
#define SINGLE "gemm_i2s_i8_r1k1__scalar"

Test(kinds, where_threads_spread_the_slowest_kind_lends) {
    const struct folder f = folder_new("w.P");
    struct tern_wisdom w = {0};
    char base[512], path[560];
    read_fixture("hybrid-laptop"); /* in order: 4 fast cores, 8 slow ones, the second threads of the fast */
    snprintf(base, sizeof base, "%.*s", (int)strlen(f.file) - 2, f.file);
    know(&w, 4, FAST);
    keep(base, &p, &w);
    know(&w, 1, SINGLE), know(&w, 8, SLOW);
    keep(base, &e, &w);
    cr_assert(eq(int, tern_core_kind_wisdom_read(base, &m, &w, NULL), TERN_OK));
    cr_assert(eq(sz, plan_of(&w, 4).lent, 0));
    cr_assert(eq(str, (char *)plan_of(&w, 4).variant->name, (char *)FAST));
    cr_assert(eq(str, (char *)plan_of(&w, 5).variant->name, (char *)SINGLE));
    cr_assert(eq(sz, plan_of(&w, 5).lent, 1));
    for (size_t t = 8; t <= 16; t++) {
        cr_assert(eq(str, (char *)plan_of(&w, t).variant->name, (char *)SLOW));
        cr_assert(eq(sz, plan_of(&w, t).lent, 8));
    }
    cr_assert(eq(int, plan_of(&w, 1).from_wisdom, 0), "one thread runs on a fast core, and nothing is lent");
    /* Lent times say nothing about thread counts, and no file keeps them. */
    const struct tern_shape_calls shape = {512, 256, 1};
    const struct tern_problem all = {0, 0, 1, 16, TERN_WCOLD};
    cr_assert(isnan(tern_pass_time_of(&w, TERN_ISA_SCALAR, &shape, 1, &all).median));
    cr_assert(eq(sz, tern_threads_for(&w, TERN_ISA_SCALAR, &shape, 1, &all), 16));
    snprintf(path, sizeof path, "%s.E", base);
    cr_assert(eq(int, tern_wisdom_write(path, &w, NULL), TERN_BAD_INPUT));
    tern_wisdom_free(&w);
    cr_assert(eq(int, tern_wisdom_read(path, e.key, 0, &w, NULL), TERN_OK), "the old file stays");
    cr_assert(eq(sz, w.count, 2));
    tern_wisdom_free(&w);
    remove(path);
    folder_drop(&f);
}

Test(kinds, of_three_kinds_the_slowest_that_takes_part_lends) {
    const struct folder f = folder_new("w.mid");
    struct tern_machine mid;
    struct tern_wisdom w = {0};
    char base[512];
    read_fixture("arm-big-little"); /* one big, three mid, four little */
    tern_machine_of_kind(&m, 1, &mid);
    snprintf(base, sizeof base, "%.*s", (int)strlen(f.file) - 4, f.file);
    know(&w, 2, SLOW);
    keep(base, &mid, &w);
    cr_assert(eq(sz, tern_core_kind_slowest(&m, 1), 0));
    cr_assert(eq(sz, tern_core_kind_slowest(&m, 4), 1));
    cr_assert(eq(sz, tern_core_kind_slowest(&m, 5), 2));
    cr_assert(eq(int, tern_core_kind_wisdom_read(base, &m, &w, NULL), TERN_OK));
    cr_assert(eq(sz, plan_of(&w, 3).lent, 2));
    cr_assert(eq(sz, plan_of(&w, 4).lent, 2));
    cr_assert(eq(int, plan_of(&w, 5).from_wisdom, 0), "nothing is known of the little ones");
    tern_wisdom_free(&w);
    folder_drop(&f);
}

Test(kinds, processors_that_are_not_here_are_refused_with_a_clear_line) {
    struct tern_fixture b;
    struct tern_team *team;
    struct tern_error why = {""};
    read_fixture("hybrid-laptop");
    e.cpu[0] = 1000;
    cr_assert(eq(int, tern_fixture_open(&e, 1, &b, &why), TERN_OK));
    cr_assert(eq(int, tern_fixture_team(&b, 1, &team, &why), TERN_UNSUPPORTED));
    cr_assert(strstr(why.text, "1000") != NULL, "%s", why.text);
    tern_fixture_close(&b);
    const struct tern_tune_options o = {.machine = &e};
    struct tern_tune_summary sum;
    cr_assert(eq(int, tern_tune(&o, &sum, &why), TERN_UNSUPPORTED));
    cr_assert(strstr(why.text, "another machine's") != NULL, "%s", why.text);
}
