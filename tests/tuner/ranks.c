/* Ranks: from wisdom, to text and back, and what they decide. Everything scalar, so that these tests mean the same
 * on every machine. */
#define _GNU_SOURCE
#include "tuner/wisdom/ranks/ranks.h"
#include "base/isa.h"
#include "entries.h"
#include "measure/machine/microarchitecture.h"
#include "tuner/wisdom/ranks/gather.h"
#include "tuner/wisdom/ranks/shipped.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#define USABLE TERN_ISA_SCALAR
#define P64    "gemm_p64_i8_r1k1__scalar"
#define PLANES "gemm_planes_i8_r1k1__scalar"
#define I2S    "gemm_i2s_i8_r1k1__scalar"
#define HEAD   "tern-ranks 1 zen5 vendor=AuthenticAMD family=26 date=2026-12-01\n"

static struct tern_wisdom wisdom;
static struct tern_ranks ranks;
static struct tern_machine machine;

static void begin(void) {
    machine = (struct tern_machine){
        .vendor = "AuthenticAMD", .family = 26, .model = 2, .usable = USABLE, .isa = USABLE, .cpus = 4};
}

static void end(void) {
    tern_ranks_free(&ranks);
    tern_wisdom_free(&wisdom);
}

TestSuite(ranks, .init = begin, .fini = end);

/* `winner` took 1 us, the default `base` `slower` times as long. */
static struct tern_wisdom_entry entry(size_t m, size_t n, size_t threads, const char *winner,
                                      const char *base, double slower) {
    const struct tern_variant *v = tern_variant_named(winner);
    cr_assert(v && tern_variant_named(base), "%s or %s is no variant", winner, base);
    struct tern_wisdom_entry en = {.problem = {m, 256, n, threads, TERN_WCOLD},
                                   .objective = "time",
                                   .median_ns = 1000,
                                   .ratio = 1 / slower,
                                   .effort = "normal",
                                   .date = "2026-12-01T03:04:05Z",
                                   .margin = NAN,
                                   .complete = 1};
    snprintf(en.variant, sizeof en.variant, "%s", winner);
    snprintf(en.base, sizeof en.base, "%s", base);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    en.ci_lo_ns = en.ci_hi_ns = en.ratio_lo = en.ratio_hi = NAN;
    en.of_read = en.of_int8 = en.ipc = en.peak_ipc = en.llc_misses = en.behind = en.margin_lo = en.margin_hi =
        NAN;
    return en;
}

static void know(struct tern_wisdom_entry en) {
    struct tern_error e = {""};
    cr_assert(eq(int, tern_wisdom_put(&wisdom, &en, &e), TERN_OK), "%s", e.text);
}

static void gather(void) {
    cr_assert(eq(int, tern_ranks_gather(&wisdom, &machine, 0, &ranks, NULL), TERN_OK));
}

static enum tern_status parse(const char *text, struct tern_error *e) {
    return tern_ranks_parse("x.ranks", text, strlen(text), &ranks, e);
}

static const struct tern_rank *rank_of(const char *variant) {
    for (size_t i = 0; i < ranks.count; i++)
        if (!strcmp(ranks.rank[i].variant->name, variant)) return &ranks.rank[i];
    return NULL;
}

static const char *found(size_t m, size_t n, size_t threads, const char *format) {
    const struct tern_problem p = {m, 256, n, threads, TERN_WCOLD};
    const struct tern_rank *r =
        tern_ranks_find(&ranks, USABLE, &p, format ? tern_format_named(format) : NULL);
    return r ? r->variant->name : "nobody";
}

Test(ranks, of_an_entry_the_winner_is_1_and_the_default_its_ratio) {
    know(entry(512, 1, 1, PLANES, P64, 1.5));
    gather();
    cr_assert(eq(sz, ranks.count, 2));
    cr_assert(epsilon_eq(dbl, rank_of(PLANES)->relative, 1, 1e-9));
    cr_assert(epsilon_eq(dbl, rank_of(P64)->relative, 1.5, 1e-9));
    cr_assert(eq(int, rank_of(P64)->all, 0));
    cr_assert(eq(u32, rank_of(P64)->size, 17));
}

Test(ranks, the_second_counts_too) {
    struct tern_wisdom_entry en = entry(512, 1, 1, PLANES, P64, 1.5);
    snprintf(en.second, sizeof en.second, "%s[-]", I2S);
    en.margin = 1.25;
    know(en);
    gather();
    cr_assert(eq(sz, ranks.count, 3));
    cr_assert(epsilon_eq(dbl, rank_of(I2S)->relative, 1.25, 1e-9));
}

Test(ranks, of_several_problems_the_geometric_mean_decides) {
    know(entry(512, 1, 1, PLANES, P64, 1.21));
    know(entry(520, 1, 1, P64, PLANES, 4));
    gather();
    cr_assert(eq(sz, ranks.count, 2));
    cr_assert(epsilon_eq(dbl, rank_of(P64)->relative, 1, 1e-9));
    cr_assert(epsilon_eq(dbl, rank_of(PLANES)->relative, 2 / 1.1, 1e-9));
    cr_assert(eq(sz, rank_of(P64)->problems, 2));
}

Test(ranks, what_a_problem_has_not_measured_is_as_slow_as_its_slowest) {
    know(entry(512, 1, 1, PLANES, P64, 1.44));
    know(entry(520, 1, 1, I2S, P64, 1.21));
    gather();
    /* p64: 1.44, 1.21; planes: 1, 1.21 (the slowest); i2s: 1.44, 1 */
    cr_assert(epsilon_eq(dbl, rank_of(PLANES)->relative, 1, 1e-9));
    cr_assert(epsilon_eq(dbl, rank_of(P64)->relative, 1.2, 1e-9));
    cr_assert(epsilon_eq(dbl, rank_of(I2S)->relative, 1.2 / 1.1, 1e-9));
    cr_assert(eq(sz, rank_of(I2S)->problems, 1));
}

Test(ranks, incomplete_and_stale_entries_other_objectives_and_middling_thread_counts_teach_nothing) {
    struct tern_wisdom_entry race = entry(512, 1, 1, PLANES, P64, 1.5), stale = race, energy = race;
    snprintf(race.effort, sizeof race.effort, "race");
    race.complete = 0;
    know(race);
    stale.problem.m = 1024;
    snprintf(stale.code, sizeof stale.code, "0123456789abcdef");
    know(stale);
    snprintf(energy.objective, sizeof energy.objective, "energy");
    know(energy);
    know(entry(2048, 1, 3, PLANES, P64, 1.5)); /* of 4 processors */
    gather();
    cr_assert(eq(sz, ranks.count, 0));
    tern_ranks_free(&ranks);
    cr_assert(eq(int, tern_ranks_gather(&wisdom, &machine, 1, &ranks, NULL), TERN_OK));
    cr_assert(eq(sz, ranks.count, 2), "a race's own ranks are made of its entries");
}

Test(ranks, text_comes_back_as_it_was) {
    know(entry(512, 1, 1, PLANES, P64, 1.5));
    know(entry(512, 1, 4, P64, PLANES, 1.125));
    gather();
    char *text, *again;
    size_t bytes, more;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_ranks_text(&ranks, &text, &bytes, &e), TERN_OK));
    tern_ranks_free(&ranks);
    cr_assert(eq(int, tern_ranks_parse("x", text, bytes, &ranks, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(sz, ranks.count, 4));
    cr_assert(eq(int, tern_ranks_text(&ranks, &again, &more, &e), TERN_OK));
    cr_assert(eq(str, text, again));
    cr_assert(eq(int, strncmp(text, HEAD, sizeof HEAD - 1), 0), "%s", text);
    free(text);
    free(again);
}

Test(ranks, what_cannot_be_read_is_an_error_that_names_its_line) {
    static const char *const bad[] = {
        "",
        "tern-ranks 2 zen5 vendor=A family=1 date=2026-12-01\n",
        HEAD "1 2^24 all " P64 " - 1.000 of 1\n",              /* no line isa */
        HEAD "isa scalar\n1 2^24 some " P64 " - 1.000 of 1\n", /* threads */
        HEAD "isa scalar\n3 2^24 all " P64 " - 1.000 of 1\n",  /* no power of two */
        HEAD "isa scalar\n1 2^24 all " P64 " - 0.500 of 1\n",  /* faster than the best */
        HEAD "isa scalar\n1 2^24 all " P64 " - 1.000 of 0\n",  /* by nobody */
        HEAD "isa scalar\n1 2^24 all " P64 " - 1.000 of 1 word\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tern_error e = {""};
        cr_assert(eq(int, parse(bad[i], &e), TERN_BAD_INPUT), "%s", bad[i]);
        cr_assert(strstr(e.text, "x.ranks: line ") != NULL, "%s", e.text);
        tern_ranks_free(&ranks);
    }
}

Test(ranks, a_gemv_has_no_rank_for_two_tokens) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count), *const last = v + count;
    while (v < last && v->n_max > 1) v++;
    if (v == last) cr_skip_test("this architecture has no GEMV of its own");
    char text[512];
    struct tern_error e = {""};
    snprintf(text, sizeof text, HEAD "isa scalar\n2 2^24 all %s - 1.000 of 1\n", v->name);
    cr_assert(eq(int, parse(text, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "tokens") != NULL, "%s", e.text);
}

Test(ranks, lines_of_variants_and_instructions_that_are_not_here_are_skipped) {
    struct tern_error e = {""};
    const char *text = HEAD "# a remark\nisa scalar\n1 2^24 all gemv_none_i8_r1__scalar - 1.000 of 1\n"
                            "isa amx+quantum\n1 2^24 all " P64 " - 1.000 of 1\n";
    cr_assert(eq(int, parse(text, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(sz, ranks.count, 0));
    cr_assert(eq(sz, ranks.skipped, 2));
}

#define CHOICES                                                                                              \
    HEAD "isa scalar\n"                                                                                      \
         "1 2^17 all " PLANES " - 1.000 of 1\n1 2^17 all " P64 " - 1.500 of 1\n"                             \
         "1 2^20 all " I2S " - 1.000 of 1\n1 2^17 one " P64 " - 1.000 of 1\n"

Test(ranks, the_fastest_of_the_nearest_class_decides) {
    cr_assert(eq(int, parse(CHOICES, NULL), TERN_OK));
    cr_assert(eq(str, (char *)found(512, 1, 2, NULL), PLANES));
    cr_assert(eq(str, (char *)found(4096, 1, 2, NULL), I2S), "the size is nearer");
    cr_assert(eq(str, (char *)found(512, 1, 1, NULL), P64), "one thread is another class");
    cr_assert(eq(str, (char *)found(512, 1, 2, "p64"), P64), "the format is given");
    cr_assert(eq(str, (char *)found(512, 8, 2, NULL), "nobody"), "decode says nothing about prefill");
}

Test(ranks, a_set_without_the_instructions_of_the_static_choice_is_passed_over) {
    size_t levels;
    const struct tern_isa_level *level = tern_isa_levels(&levels);
    const uint32_t strong = level[levels - 1].needs;
    const struct tern_problem p = {512, 256, 1, 2, TERN_WCOLD};
    cr_assert(eq(int, parse(CHOICES, NULL), TERN_OK));
    const struct tern_variant *best = tern_variant_static(strong, TERN_ACT_I8, NULL, p.m, p.k, 1);
    if (!best->isa) cr_skip_test("no kernel of this build needs more than the scalar level");
    cr_assert(zero(ptr, (void *)tern_ranks_find(&ranks, strong, &p, NULL)));
}

Test(ranks, they_decide_where_wisdom_does_not_and_it_goes_before_them) {
    const struct tern_problem p = {512, 256, 1, 2, TERN_WCOLD};
    struct tern_plan plan;
    cr_assert(eq(int, parse(CHOICES, NULL), TERN_OK));
    wisdom.ranks = calloc(1, sizeof *wisdom.ranks);
    *wisdom.ranks = ranks;
    ranks = (struct tern_ranks){.rank = NULL};
    cr_assert(eq(int, tern_plan_for(&wisdom, USABLE, &p, NULL, &plan, NULL), TERN_OK));
    cr_assert(eq(str, (char *)plan.variant->name, PLANES));
    cr_assert(eq(ptr, (void *)plan.ranks, wisdom.ranks));
    cr_assert(eq(int, plan.from_wisdom, 0));
    know(entry(512, 1, 2, I2S, P64, 1.5));
    cr_assert(eq(int, tern_plan_for(&wisdom, USABLE, &p, NULL, &plan, NULL), TERN_OK));
    cr_assert(eq(str, (char *)plan.variant->name, I2S));
    cr_assert(zero(ptr, (void *)plan.ranks));
}

Test(ranks, an_update_replaces_the_lines_of_its_instruction_sets_only) {
    size_t levels;
    char other[512];
    tern_isa_levels(&levels);
    if (levels < 2) cr_skip_test("this architecture has one level");
    snprintf(other, sizeof other, HEAD "isa %s\n1 2^17 all " P64 " - 1.000 of 1\n",
             tern_isa_levels(&levels)[1].name);
    struct tern_ranks old;
    cr_assert(eq(int, tern_ranks_parse("x", other, strlen(other), &old, NULL), TERN_OK));
    cr_assert(eq(int, parse(CHOICES, NULL), TERN_OK));
    cr_assert(eq(int, tern_ranks_update(&old, &ranks, NULL), TERN_OK));
    cr_assert(eq(int, tern_ranks_update(&old, &ranks, NULL), TERN_OK));
    cr_assert(eq(sz, old.count, 5));
    snprintf(old.name, sizeof old.name, "zen4");
    cr_assert(eq(int, tern_ranks_update(&old, &ranks, NULL), TERN_BAD_INPUT));
    tern_ranks_free(&old);
}

static char *design(const char *vendor, int family, int model) {
    static char name[TERN_MICROARCHITECTURE_NAME];
    const struct tern_machine m = {.vendor = "", .family = family, .model = model};
    struct tern_machine of = m;
    snprintf(of.vendor, sizeof of.vendor, "%s", vendor);
    tern_microarchitecture(&of, name);
    return name;
}

/* A line that names no variant of the build is a kernel that was renamed or removed: export the file again. */
Test(ranks, the_shipped_ones_can_be_read_in_full) {
    for (size_t i = 0; i < tern_shipped_ranks_count; i++) {
        const char *text = (const char *)tern_shipped_ranks[i].text;
        struct tern_error e = {""};
        char file[TERN_MICROARCHITECTURE_NAME + 8];
        cr_assert(
            eq(int, tern_ranks_parse(tern_shipped_ranks[i].name, text, strlen(text), &ranks, &e), TERN_OK),
            "%s", e.text);
        snprintf(file, sizeof file, "%s.ranks", ranks.name);
        cr_assert(eq(str, file, (char *)tern_shipped_ranks[i].name));
        /* Those of another architecture are read, and have nothing for this one. */
        cr_assert(ranks.skipped == 0 || ranks.count == 0, "%s: %zu lines name no variant", file,
                  ranks.skipped);
        tern_ranks_free(&ranks);
    }
}

Test(ranks, a_machine_gets_its_own_else_those_of_a_relative_else_none) {
    static const struct {
        const char *vendor;
        int family, model, found;
        enum tern_ranks_source source;
    } of[] = {{"AuthenticAMD", 0x1a, 2, 1, TERN_RANKS_OWN},
              {"AuthenticAMD", 0x1a, 0xf0, 1, TERN_RANKS_RELATIVE}, /* an unknown model of the family */
              {"Nobody", 1, 1, 0, TERN_RANKS_OWN}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        struct tern_ranks *here;
        snprintf(machine.vendor, sizeof machine.vendor, "%s", of[i].vendor);
        machine.family = of[i].family, machine.model = of[i].model;
        cr_assert(eq(int, tern_ranks_here(&machine, &here, NULL), TERN_OK));
#ifndef __x86_64__
        cr_assert(zero(ptr, here), "all shipped ranks are of x86 so far");
        continue;
#endif
        cr_assert(eq(int, here != NULL, of[i].found));
        if (here) cr_assert(eq(int, here->source, of[i].source));
        tern_ranks_drop(here);
    }
}

Test(ranks, a_stranger_with_the_same_instruction_sets_is_a_relative_too) {
    struct tern_ranks *zen5, *here;
    cr_assert(eq(int, tern_ranks_here(&machine, &zen5, NULL), TERN_OK));
    if (!zen5) cr_skip_test("no ranks of this architecture are shipped");
    machine.usable = machine.isa = zen5->rank[0].isa;
    snprintf(machine.vendor, sizeof machine.vendor, "Nobody");
    cr_assert(eq(int, tern_ranks_here(&machine, &here, NULL), TERN_OK));
    cr_assert(ne(ptr, here, NULL));
    cr_assert(eq(int, here->source, TERN_RANKS_RELATIVE));
    tern_ranks_drop(here);
    tern_ranks_drop(zen5);
}

/* One line for each of the levels that a machine was measured with. */
static struct tern_ranks measured(const char *name, const char *vendor, int family, struct tern_rank *line,
                                  const uint32_t *isa, size_t count) {
    struct tern_ranks r = {.family = family, .rank = line, .count = count};
    snprintf(r.name, sizeof r.name, "%s", name);
    snprintf(r.vendor, sizeof r.vendor, "%s", vendor);
    for (size_t i = 0; i < count; i++) line[i] = (struct tern_rank){.isa = isa[i]};
    return r;
}

Test(ranks, processors_without_512_bits_follow_each_other) {
    const uint32_t avx2 = 1, vnni = 2, avx512 = 4, of_zen3[] = {avx2},
                   of_zen5[] = {avx2, avx2 | vnni | avx512};
    struct tern_rank line[3];
    const struct tern_ranks zen3 = measured("zen3", "AuthenticAMD", 0x19, line, of_zen3, 1),
                            zen5 = measured("zen5", "AuthenticAMD", 0x1a, line + 1, of_zen5, 2);
    const struct {
        const char *vendor;
        int family, model;
        uint32_t isa, usable;
        const struct tern_ranks *nearest;
    } of[] = {
        {"AuthenticAMD", 0x19, 0x21, avx2, avx2, &zen3},            /* Zen 3 */
        {"AuthenticAMD", 0x17, 0x31, avx2, avx2, &zen3},            /* Zen 2 */
        {"GenuineIntel", 6, 0x3c, avx2, avx2, &zen3},               /* Haswell */
        {"GenuineIntel", 6, 0x97, avx2 | vnni, avx2 | vnni, &zen3}, /* Alder Lake */
        {"AuthenticAMD", 0x19, 0x11, 7, 7, &zen5},                  /* Zen 4: its family is that of Zen 3 */
        {"AuthenticAMD", 0x1a, 2, 7, avx2, &zen5},                  /* Zen 5, narrowed by TERN_ISA */
        {"GenuineIntel", 6, 0x8f, 7, 7, &zen5},                     /* Sapphire Rapids */
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        snprintf(machine.vendor, sizeof machine.vendor, "%s", of[i].vendor);
        machine.family = of[i].family, machine.model = of[i].model;
        machine.isa = of[i].isa, machine.usable = of[i].usable;
        const struct tern_ranks *other = of[i].nearest == &zen3 ? &zen5 : &zen3;
        cr_assert(tern_ranks_related(of[i].nearest, &machine), "%zu", i);
        cr_assert(tern_ranks_nearer(of[i].nearest, other, &machine), "%zu", i);
        cr_assert(not(tern_ranks_nearer(other, of[i].nearest, &machine)), "%zu", i);
    }
    machine.isa = machine.usable = 8;
    cr_assert(not(tern_ranks_related(&zen3, &machine)), "no line could run");
}

Test(ranks, a_cpu_has_the_name_of_its_micro_architecture) {
    cr_assert(eq(str, design("AuthenticAMD", 0x19, 0x21), "zen3"));
    cr_assert(eq(str, design("AuthenticAMD", 0x19, 0x11), "zen4"));
    cr_assert(eq(str, design("AuthenticAMD", 0x19, 0x61), "zen4"));
    cr_assert(eq(str, design("AuthenticAMD", 0x1a, 0x02), "zen5"));
    cr_assert(eq(str, design("GenuineIntel", 6, 0x55), "skylakex"));
    cr_assert(eq(str, design("GenuineIntel", 6, 0x6a), "icelake"));
    cr_assert(eq(str, design("GenuineIntel", 6, 0x8f), "sapphirerapids"));
    cr_assert(eq(str, design("0x41", 8, 0xd0c), "neoverse-n1"));
    cr_assert(eq(str, design("AuthenticAMD", 0x1b, 3), "family-27-model-3"));
    cr_assert(eq(str, design("GenuineIntel", 0x19, 0x21), "family-25-model-33"));
}

Test(ranks, one_kind_of_core_has_a_name_of_its_own) {
    char name[TERN_MICROARCHITECTURE_NAME];
    struct tern_machine m = {.vendor = "GenuineIntel",
                             .family = 6,
                             .model = 0x97,
                             .core_kinds = 2,
                             .kind = {{.name = "P"}, {.name = "E"}}};
    tern_microarchitecture(&m, name);
    cr_assert(eq(str, name, "alderlake-E"));
    m.core_kinds = 1;
    tern_microarchitecture(&m, name);
    cr_assert(eq(str, name, "alderlake-P"));
}
