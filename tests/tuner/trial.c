#include "kernels/reference.h"
#include "measure/machine/machine.h"
#include "tuner/trial/fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static struct tern_fixture fixture;
static const struct tern_machine *machine;

static void set_up(void) {
    cr_assert(eq(int, tern_machine_get(&machine, NULL), TERN_OK));
    cr_assert(eq(int, tern_fixture_open(machine, 5, &fixture, NULL), TERN_OK));
}

static void tear_down(void) {
    tern_fixture_close(&fixture);
}

TestSuite(trial, .init = set_up, .fini = tear_down, .timeout = 120);

static const struct tern_variant *proved(const char *name) {
    const struct tern_variant *v = tern_variant_named(name);
    struct tern_verdict verdict;
    cr_assert(v != NULL, "%s", name);
    cr_assert(eq(int, tern_fixture_prove(&fixture, v, &verdict, NULL), TERN_OK));
    cr_assert(tern_fixture_proof(&fixture, v) != NULL, "%s: %s", name, verdict.text);
    return v;
}

static struct tern_trial *trial_of(const struct tern_variant *v, const struct tern_problem *p) {
    struct tern_trial *t;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_fixture_trial(&fixture, v, NULL, p, &t, &e), TERN_OK), "%s", e.text);
    return t;
}

Test(trial, there_is_none_without_a_proof) {
    const struct tern_problem p = {64, 256, 1, 1, TERN_HOT};
    struct tern_trial *t;
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    cr_assert(eq(int, tern_fixture_trial(&fixture, v, NULL, &p, &t, NULL), TERN_CHECK_FAILED));
    cr_assert(t == NULL);
}

Test(trial, a_hot_regime_is_refused_when_the_weights_do_not_fit) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    const size_t m =
        2 * 4 * machine->l2_bytes / 256 / 64 * 64 + 64; /* two bits each: twice the L2 and a little */
    const struct tern_problem p = {m, 256, 1, 1, TERN_HOT};
    struct tern_trial *t;
    if (!machine->l2_bytes) cr_skip_test("the size of the L2 is not known here");
    cr_assert(eq(int, tern_fixture_trial(&fixture, v, NULL, &p, &t, NULL), TERN_UNSUPPORTED));
}

Test(trial, a_hot_trial_reads_one_copy_and_a_cold_one_rotates) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    struct tern_problem p = {256, 256, 1, 1, TERN_HOT};
    struct tern_trial_facts facts;
    struct tern_trial *t = trial_of(v, &p);
    tern_trial_facts(t, &facts);
    cr_assert(eq(sz, facts.copies, 1));
    cr_assert(eq(dbl, facts.macs, 256.0 * 256));
    tern_trial_free(t);
    p.regime = fixture.cold;
    t = trial_of(v, &p);
    tern_trial_facts(t, &facts);
    cr_assert(ge(sz, facts.copies * facts.weight_bytes, fixture.cold_bytes));
    tern_trial_free(t);
}

Test(trial, the_rotation_goes_on_from_batch_to_batch_and_from_trial_to_trial) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    const struct tern_problem p = {256, 256, 1, 1, fixture.cold};
    struct tern_trial *a = trial_of(v, &p), *b = trial_of(v, &p);
    struct tern_packed *w;
    cr_assert(eq(int,
                 tern_test_weights_get(fixture.test_weights, v->format, 1, fixture.team[0].pool, &w, NULL),
                 TERN_OK));
    w->next = 0;
    tern_trial_run(a, 3);
    tern_trial_run(b, 2);
    tern_trial_run(a, 1);
    cr_assert(eq(sz, w->next, 6));
    w->next = w->copies - 1;
    tern_trial_run(a, 2);
    cr_assert(eq(sz, w->next, 1));
    tern_trial_free(a);
    tern_trial_free(b);
}

Test(trial, every_copy_of_the_weights_is_the_same) {
    const struct tern_variant *v = proved("gemm_e80_i8_r1k1__scalar");
    const struct tern_problem p = {320, 256, 1, machine->cpus > 1 ? 2 : 1, fixture.cold};
    struct tern_trial *t = trial_of(v, &p);
    struct tern_packed *w;
    cr_assert(eq(int,
                 tern_test_weights_get(fixture.test_weights, v->format, 1, fixture.team[0].pool, &w, NULL),
                 TERN_OK));
    for (size_t i = 1; i < w->copies; i++)
        cr_assert(eq(int, memcmp(w->data, w->data + i * w->stride, w->bytes), 0), "copy %zu", i);
    tern_trial_free(t);
}

Test(trial, packed_weights_are_those_of_the_test_weights) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    const struct tern_problem p = {130, 300, 1, 1, TERN_HOT};
    struct tern_trial *t = trial_of(v, &p);
    struct tern_packed *w;
    static int8_t back[130 * 300];
    cr_assert(eq(int,
                 tern_test_weights_get(fixture.test_weights, v->format, 0, fixture.team[0].pool, &w, NULL),
                 TERN_OK));
    v->format->unpack(w->data, 130, 300, 0, 130, back);
    cr_assert(
        eq(int,
           memcmp(back, tern_test_weights_trits(fixture.test_weights, tern_format_named("p64")), sizeof back),
           0));
    tern_trial_free(t);
}

Test(trial, the_weights_hold_about_42_percent_zeros) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    const struct tern_problem p = {512, 512, 1, 1, TERN_HOT};
    struct tern_trial *t = trial_of(v, &p);
    const int8_t *trits = tern_test_weights_trits(fixture.test_weights, tern_format_named("p64"));
    size_t zeros = 0, ups = 0;
    for (size_t i = 0; i < 512 * 512; i++) zeros += trits[i] == 0, ups += trits[i] == 1;
    cr_assert(epsilon_eq(dbl, (double)zeros / (512 * 512), 0.42, 0.01));
    cr_assert(epsilon_eq(dbl, (double)ups / (512 * 512), 0.29, 0.01));
    tern_trial_free(t);
}

Test(trial, threads_share_the_rows_and_the_result_is_right) {
    const struct tern_variant *v = proved("gemm_p64_i8_r1k1__scalar");
    const struct tern_problem p = {777, 300, 3, machine->cpus > 1 ? 2 : 1, fixture.cold};
    struct tern_trial *t = trial_of(v, &p);
    struct tern_tokens x;
    void *out;
    size_t ldy;
    tern_trial_run(t, 2);
    cr_assert(eq(int, tern_test_weights_tokens(fixture.test_weights, 3, &x, &out, &ldy, NULL), TERN_OK));
    const int8_t *trits = tern_test_weights_trits(fixture.test_weights, tern_format_named("p64"));
    const int32_t *y = out;
    for (size_t i = 0; i < 3; i++)
        for (size_t r = 0; r < 777; r++)
            cr_assert(eq(i32, y[i * ldy + r], tern_reference_dot(trits + r * 300, x.q + i * x.stride, 300)));
    tern_trial_free(t);
}

static struct tern_trial *trial_by_k(const struct tern_variant *v, const struct tern_problem *p) {
    struct tern_trial *t;
    struct tern_error e = {""};
    int param[TERN_MAX_PARAMS];
    tern_variant_defaults(v, param);
    param[TERN_P_SPLIT] = TERN_SPLIT_K;
    const enum tern_status s = tern_fixture_trial(&fixture, v, param, p, &t, &e);
    if (s) cr_log_info("%s", e.text);
    return s ? NULL : t;
}

Test(trial, threads_share_k_and_the_result_is_right) {
    const struct tern_variant *v = proved("gemm_e80_i8_r1k1__scalar");
    const struct tern_problem p = {177, 1003, 1, machine->cpus > 1 ? 2 : 1, fixture.cold};
    struct tern_trial *t = trial_by_k(v, &p);
    struct tern_tokens x;
    void *out;
    size_t ldy;
    cr_assert(t != NULL);
    cr_assert(eq(int, tern_test_weights_tokens(fixture.test_weights, 1, &x, &out, &ldy, NULL), TERN_OK));
    memset(out, 0xff, 177 * sizeof(int32_t));
    tern_trial_run(t, 3);
    const int8_t *trits = tern_test_weights_trits(fixture.test_weights, v->format);
    const int32_t *y = out;
    for (size_t r = 0; r < 177; r++)
        cr_assert(eq(i32, y[r], tern_reference_dot(trits + r * 1003, x.q, 1003)));
    cr_assert(gt(dbl, tern_trial_guess_ns(t), 0));
    tern_trial_free(t);
}

Test(trial, what_cannot_be_split_along_k_has_no_trial_of_that_kind) {
    const struct tern_problem one = {64, 512, 1, 1, TERN_HOT}, two = {64, 512, 2, 1, TERN_HOT};
    cr_assert(trial_by_k(proved("gemm_i2s_i8_r1k1__scalar"), &one) == NULL);
    cr_assert(trial_by_k(proved("gemm_p64_i8_r1k1__scalar"), &two) == NULL);
}

Test(trial, another_shape_gets_other_weights_and_still_verifies) {
    const struct tern_variant *v = proved("gemm_i2s_i8_r1k1__scalar");
    const struct tern_problem shapes[] = {
        {64, 256, 1, 1, TERN_HOT}, {640, 384, 5, 1, TERN_HOT}, {32, 128, 2, 1, TERN_HOT}};
    for (size_t i = 0; i < 3; i++) {
        struct tern_trial *t = trial_of(v, &shapes[i]);
        tern_trial_run(t, 1);
        cr_assert(gt(dbl, tern_trial_guess_ns(t), 0));
        tern_trial_free(t);
    }
}

Test(trial, more_threads_than_processors_are_refused) {
    struct tern_team *team;
    cr_assert(eq(int, tern_fixture_team(&fixture, machine->cpus + 1, &team, NULL), TERN_UNSUPPORTED));
}
