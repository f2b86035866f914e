/* The rule by which a tuned plan is used, and that the engine follows the verdict. */
#include "reference.h"

#include "harness/internal.h"
#include "harness/timing/plan_final.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>

static const struct tern_mix unsaid = {0, 0}, prompts = {20, 1};
static const double ns[2] = {100, 20};

static struct tern_ratio ratio(double lo, double median, double hi) {
    return (struct tern_ratio){.n = 9, .median = median, .ci_lo = lo, .ci_hi = hi};
}

static struct tern_plan_verdict judged(struct tern_ratio decode, struct tern_ratio prefill, int same_layouts,
                                       const struct tern_mix *mix) {
    struct tern_plan_verdict v = {.decode = {.over = decode}, .prefill = {.over = prefill}};
    tern_plan_final_judge(&v, same_layouts, mix, ns);
    return v;
}

Test(plan_final, with_the_same_layouts_each_phase_is_judged_for_itself) {
    const struct tern_plan_verdict v = judged(ratio(0.9, 0.95, 0.99), ratio(0.95, 0.98, 1.01), 1, &unsaid);
    cr_assert(eq(int, v.decode.untuned, 0));
    cr_assert(eq(int, v.prefill.untuned, 1), "its interval holds 1: nothing is shown");
}

Test(plan_final, with_other_layouts_no_phase_pays_for_the_other) {
    const struct tern_ratio faster = ratio(0.9, 0.95, 0.99), slower = ratio(1.01, 1.02, 1.05);
    cr_assert(eq(int, judged(faster, ratio(0.99, 1.02, 1.05), 0, &unsaid).decode.untuned, 0),
              "not shown slower");
    cr_assert(eq(int, judged(faster, slower, 0, &unsaid).decode.untuned, 1));
    cr_assert(eq(int, judged(ratio(0.9, 0.99, 0.995), ratio(0.9, 1.1, 1.2), 0, &unsaid).decode.untuned, 1),
              "99 + 22");
    cr_assert(eq(int, judged(ratio(0.98, 1, 1.01), ratio(0.97, 0.99, 1.01), 0, &unsaid).prefill.untuned, 1));
}

Test(plan_final, a_mix_that_is_said_weighs_the_phases) {
    const struct tern_ratio slower = ratio(1.02, 1.05, 1.08), faster = ratio(0.7, 0.75, 0.8);
    cr_assert(eq(int, judged(slower, faster, 0, &prompts).decode.untuned, 0), "108 + 320 against 100 + 400");
    cr_assert(eq(int, judged(faster, slower, 0, &prompts).decode.untuned, 1), "80 + 432");
}

Test(plan_final, the_same_plan_twice_needs_no_verdict) {
    const struct tern_plan_verdict v =
        judged((struct tern_ratio){.n = 0}, (struct tern_ratio){.n = 0}, 1, &unsaid);
    cr_assert(eq(int, v.decode.untuned + v.prefill.untuned, 0));
}

#define ODD "gemm_e80_i8_r1k1__scalar"

Test(plan_final, the_engine_leaves_entries_aside_that_did_not_pay) {
    struct tern_model *model = open_model("synth:2b-4t,layers=1,vocab=64");
    struct tern_wisdom_entry entry[4];
    struct tern_shape shape[16];
    struct tern_engine_facts tuned, untuned;
    const size_t shapes = tern_model_shapes(&model->hp, shape, 4);
    const struct tern_variant *v = tern_variant_named(ODD);
    for (size_t i = 0; i < shapes; i++) {
        entry[i] = (struct tern_wisdom_entry){.problem = {shape[i].m, shape[i].k, 1, 1, TERN_WCOLD},
                                              .objective = "time",
                                              .median_ns = 1,
                                              .ratio = 1,
                                              .complete = 1};
        snprintf(entry[i].variant, sizeof entry[i].variant, ODD);
        snprintf(entry[i].base, sizeof entry[i].base, ODD);
        snprintf(entry[i].code, sizeof entry[i].code, "%s", tern_variant_code_key(v));
        tern_variant_defaults(v, entry[i].param);
    }
    struct tern_plan_verdict verdict = tern_plan_verdict_of(&model->hp, 1);
    verdict.decode.untuned = verdict.prefill.untuned = 1;
    struct tern_wisdom w = {.entry = entry, .count = shapes};
    const struct tern_engine_options o = {.threads = 1, .context = 64, .wisdom = &w, .quiet = 1};
    struct tern_engine *with = start(model, &o);
    w.verdict = &verdict, w.verdicts = 1;
    struct tern_engine *without = start(model, &o);
    tern_engine_facts(with, &tuned);
    tern_engine_facts(without, &untuned);
    cr_assert(strstr(tuned.decode_plan, ODD) != NULL, "%s", tuned.decode_plan);
    cr_assert(strstr(untuned.decode_plan, ODD) == NULL, "%s", untuned.decode_plan);
    tern_engine_free(with);
    tern_engine_free(without);
    tern_model_close(model);
}

Test(plan_final, a_small_model_is_judged_in_the_engine, .timeout = 240) {
    const struct tern_wisdom none = {.count = 0};
    struct tern_hparams hp = *tern_builtin_model("2b-4t");
    hp.layers = 1;
    const struct tern_plan_final_options o = {
        .hp = &hp, .wisdom = &none, .threads = 1, .prompt = 4, .seed = 1};
    struct tern_plan_final f;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_plan_final(&o, &f, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(sz, f.verdict.decode.over.n, 0), "without entries both plans are the same");
    cr_assert(isnan(f.decode.predicted), "nothing is known");
    cr_assert(ge(sz, f.decode.measured.n, 6));
    cr_assert(gt(dbl, f.prefill.measured.median, 0.0));
    cr_assert(gt(sz, f.shapes, 0));
}
