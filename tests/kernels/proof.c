#define _GNU_SOURCE
#include "kernels/verify/verify.h"

#include "base/isa.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>

static struct tern_verify_options quick(uint32_t usable) {
    return (struct tern_verify_options){.usable = usable, .seed = 5, .effort = TERN_VERIFY_QUICK};
}

Test(proof, a_right_variant_gets_one) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    const struct tern_verify_options o = quick(0);
    struct tern_verdict d;
    const struct tern_proof *p;
    cr_assert(eq(int, tern_prove(v, &o, &d, &p, NULL), TERN_OK));
    cr_assert(eq(int, d.kind, TERN_PASSED));
    cr_assert(tern_proof_variant(p) == v);
    cr_assert(d.cases > 50);
}

Test(proof, a_second_request_is_answered_from_memory) {
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    const struct tern_verify_options o = quick(0);
    struct tern_verdict d;
    const struct tern_proof *first, *second;
    tern_prove(v, &o, &d, &first, NULL);
    tern_prove(v, &o, &d, &second, NULL);
    cr_assert(first != NULL && first == second);
    cr_assert(eq(u32, d.cases, 0));
}

/* All its cases take seconds: one is not enough. */
Test(proof, a_signal_mask_does_not_save_a_child_from_its_timeout, .timeout = 100) {
    const struct tern_variant *v = tern_variant_named("gemm_t24_i8_r1k1__scalar");
    const struct tern_verify_options o = {.seed = 5, .effort = TERN_VERIFY_FULL, .timeout_seconds = 1};
    struct tern_verdict d;
    const struct tern_proof *p;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGALRM);
    sigaddset(&ends, SIGXCPU);
    cr_assert(eq(int, pthread_sigmask(SIG_BLOCK, &ends, NULL), 0));
    cr_assert(eq(int, tern_prove(v, &o, &d, &p, NULL), TERN_OK));
    cr_assert(eq(int, d.kind, TERN_TIMED_OUT), "%s", d.text);
    cr_assert(p == NULL);
}

Test(proof, a_variant_above_the_usable_level_is_not_run_and_says_what_it_needs) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        if (!v[i].isa) continue;
        const struct tern_verify_options o = quick(0);
        struct tern_verdict d;
        const struct tern_proof *p;
        cr_assert(eq(int, tern_prove(&v[i], &o, &d, &p, NULL), TERN_OK));
        cr_assert(eq(int, d.kind, TERN_NOT_RUN));
        cr_assert(p == NULL);
        cr_assert(strncmp(d.text, "needs ", 6) == 0);
    }
}
