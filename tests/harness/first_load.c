/* When a race is run at the first load of a model, and whose word counts. */
#define _GNU_SOURCE
#include "harness/plan/first_load.h"

#include "base/isa.h"
#include "measure/machine/machine.h"
#include "tuner/first_load/race.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define P64 "gemm_p64_i8_r1k1__scalar"
#define I2S "gemm_i2s_i8_r1k1__scalar"

/* Shapes of 2B-4T; no weights are needed. */
static struct tern_model model = {
    .hp = {.hidden = 2560, .ffn = 6912, .layers = 30, .heads = 20, .kv_heads = 5, .head_dim = 128}};
static struct tern_machine machine;
static struct tern_wisdom wisdom;
static struct first_load first;
static char folder[64], *kept;

/* All that may run is scalar, so that the choices are the same on every machine. */
static void begin(void) {
    const struct tern_machine *here;
    cr_assert(eq(int, tern_machine_get(&here, NULL), TERN_OK));
    machine = *here;
    machine.usable = TERN_ISA_SCALAR;
    snprintf(folder, sizeof folder, "/tmp/tern-first-load-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    kept = tern_first_race_path(folder, &machine);
}

static void end(void) {
    tern_first_load_free(&first);
    tern_wisdom_free(&wisdom);
    unlink(kept);
    rmdir(folder);
    free(kept);
}

TestSuite(first_load, .init = begin, .fini = end);

static struct plan_request request(size_t ubatch) {
    return (struct plan_request){.model = &model,
                                 .wisdom = &wisdom,
                                 .usable = machine.usable,
                                 .act = TERN_ACT_I8,
                                 .ubatch = ubatch,
                                 .threads_decode = 1,
                                 .threads_prefill = 1,
                                 .cpus = machine.cpus,
                                 .regime = TERN_WCOLD};
}

static void load(size_t ubatch) {
    const struct plan_request r = request(ubatch);
    tern_first_load(&r, &machine, folder, &first);
}

static const char *decode_choice(void) {
    const struct tern_problem p = {6912, 2560, 1, 1, TERN_WCOLD};
    struct tern_plan plan;
    cr_assert(eq(int, tern_plan_for(&first.known, machine.usable, &p, NULL, &plan, NULL), TERN_OK));
    return plan.variant->name;
}

static void ship(enum tern_ranks_source source, const char *variant) {
    char text[512];
    const int n = snprintf(text, sizeof text,
                           "tern-ranks 1 x vendor=y family=1 date=2026-12-01\nisa scalar\n"
                           "1 2^24 one %s - 1.000 of 1\n128 2^24 one %s - 1.000 of 1\n",
                           variant, variant);
    wisdom.ranks = calloc(1, sizeof *wisdom.ranks);
    cr_assert(eq(int, tern_ranks_parse("x", text, (size_t)n, wisdom.ranks, NULL), TERN_OK));
    wisdom.ranks->source = source;
}

/* As if an earlier load had raced. */
static void keep(const char *key, size_t n, const char *variant) {
    const struct tern_variant *v = tern_variant_named(variant);
    struct tern_wisdom w;
    struct tern_wisdom_entry en = {.problem = {3264, 2560, n, 1, TERN_WCOLD},
                                   .objective = "time",
                                   .median_ns = 1000,
                                   .ratio = 1,
                                   .effort = TERN_RACE_EFFORT,
                                   .date = "2026-12-01T03:04:05Z"};
    en.ci_lo_ns = en.ci_hi_ns = en.ratio_lo = en.ratio_hi = en.of_read = en.of_int8 = en.ipc = en.peak_ipc =
        en.llc_misses = NAN;
    snprintf(en.variant, sizeof en.variant, "%s", variant);
    snprintf(en.base, sizeof en.base, "%s", variant);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    cr_assert(eq(int, tern_wisdom_read(kept, key, 1, &w, NULL), TERN_OK));
    snprintf(w.machine, sizeof w.machine, "%s", key);
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_write(kept, &w, NULL), TERN_OK));
    tern_wisdom_free(&w);
}

Test(first_load, ranks_of_this_micro_architecture_need_no_race) {
    ship(TERN_RANKS_OWN, I2S);
    load(128);
    cr_assert(eq(str, first.note, ""));
    cr_assert(eq(str, (char *)decode_choice(), I2S));
}

Test(first_load, what_an_earlier_race_found_needs_no_other_and_goes_before_a_relative) {
    ship(TERN_RANKS_RELATIVE, P64);
    keep(machine.key, 1, I2S);
    keep(machine.key, 128, I2S);
    load(128);
    cr_assert(eq(str, first.note, ""));
    cr_assert(eq(str, (char *)decode_choice(), I2S));
}

Test(first_load, own_ranks_go_before_an_earlier_race) {
    ship(TERN_RANKS_OWN, P64);
    keep(machine.key, 1, I2S);
    keep(machine.key, 128, I2S);
    load(128);
    cr_assert(eq(str, (char *)decode_choice(), P64));
}

Test(first_load, a_relative_does_not_spare_the_race) {
    ship(TERN_RANKS_RELATIVE, I2S);
    load(1);
    cr_assert(ne(str, first.note, ""));
}

Test(first_load, what_was_raced_for_decode_alone_does_not_settle_prefill) {
    keep(machine.key, 1, I2S);
    load(1);
    cr_assert(eq(str, first.note, ""));
    tern_first_load_free(&first);
    load(128);
    cr_assert(ne(str, first.note, ""));
}

Test(first_load, another_machines_race_is_refused) {
    keep("m:0123456789abcdef", 1, I2S);
    load(1);
    cr_assert(ne(str, first.note, ""), "a race of this machine is run");
}

Test(first_load, a_folder_that_cannot_be_written_is_told_and_no_failure) {
    const struct plan_request r = request(1);
    tern_first_load(&r, &machine, "/proc/nowhere", &first);
    cr_assert(ne(str, first.note, ""));
    cr_assert(first.raced.count == 0 || strstr(first.note, "not kept: ") != NULL, "%s", first.note);
    decode_choice();
}

Test(first_load, small_models_and_unquantised_activations_are_not_raced) {
    struct plan_request r = request(128);
    r.act = TERN_ACT_F32;
    tern_first_load(&r, &machine, folder, &first);
    cr_assert(eq(str, first.note, ""));
    model.hp.layers = 1, model.hp.ffn = 2560;
    load(128);
    model.hp.layers = 30, model.hp.ffn = 6912;
    cr_assert(eq(str, first.note, ""));
}
