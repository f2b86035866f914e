/* What the records of a target say. */
#define _GNU_SOURCE
#include "folder.h"

#include "base/isa.h"
#include "measure/records/record.h"
#include "tuner/targets/targets.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static const struct tern_target *target(const char *name) {
    size_t count;
    const struct tern_target *t = tern_targets(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(t[i].name, name)) return &t[i];
    abort();
}

/* Writes the records of a made-up result on a machine of six processors, and reads them. */
static void record(const char *name, enum tern_ceiling_kind kind, struct tern_records *out) {
    const struct tern_machine machine = {.cpus = 6};
    const struct tern_fixture fixture = {.machine = &machine, .cold = TERN_WCOLD};
    struct tern_target_seen seen = {.variant = tern_variant_named("gemm_p64_i8_r1k1__scalar"),
                                    .ns = {.n = 7, .median = 100},
                                    .kind = kind,
                                    .ceiling = {.n = 7, .median = 50},
                                    .share = {.n = 7, .median = 0.9},
                                    .ceiling_name = "some loop"};
    struct tern_error e = {""};
    const struct folder f = folder_new("records.jsonl");
    tern_variant_defaults(seen.variant, seen.param);
    cr_assert(eq(int, tern_target_record(target(name), &seen, &fixture, "run", f.file, &e), TERN_OK), "%s",
              e.text);
    cr_assert(eq(int, tern_records_read(f.file, out, &e), TERN_OK), "%s", e.text);
    folder_drop(&f);
    cr_assert(eq(sz, out->count, 2));
}

Test(targets, a_record_carries_the_threads_of_its_target) {
    struct tern_records r;
    record("gemv-cold-1.67bpw-all", TERN_CEILING_READ, &r);
    for (size_t i = 0; i < 2; i++) cr_assert(eq(sz, r.item[i].threads, 6), "%s", r.item[i].kind);
    tern_records_free(&r);
}

Test(targets, a_target_of_one_thread_says_one) {
    struct tern_records r;
    record("gemv-cold-1.67bpw", TERN_CEILING_READ, &r);
    for (size_t i = 0; i < 2; i++) cr_assert(eq(sz, r.item[i].threads, 1), "%s", r.item[i].kind);
    cr_assert(eq(str, (char *)r.item[0].op, "read"));
    tern_records_free(&r);
}

Test(targets, a_ceiling_is_named_by_the_instructions_it_is_made_of) {
    struct tern_records r;
    record("gemm-128", tern_target_peak(TERN_TARGET_AVX2), &r);
    cr_assert(eq(str, (char *)r.item[0].kind, "ceiling"));
    cr_assert(eq(str, (char *)r.item[0].op, "maddubs"));
    tern_records_free(&r);
    record("gemm-128", tern_target_peak(TERN_TARGET_AVX512), &r);
    cr_assert(eq(str, (char *)r.item[0].op, "int8"));
    tern_records_free(&r);
}

Test(targets, the_class_is_that_of_the_instructions_that_are_left) {
    uint32_t avx2, vnni;
    if (tern_isa_parse("avx2", &avx2, NULL) || tern_isa_parse("avx512vnni", &vnni, NULL))
        cr_skip_test("not a level of this architecture");
    cr_assert(tern_target_class_of(vnni) == TERN_TARGET_AVX512);
    cr_assert(tern_target_class_of(avx2) == TERN_TARGET_AVX2);
    cr_assert(tern_target_class_of(TERN_ISA_SCALAR) == TERN_TARGET_CLASSES);
}

Test(targets, a_verdict_needs_the_whole_interval_on_one_side) {
    const struct tern_ratio above = {.n = 31, .median = 0.95, .ci_lo = 0.94, .ci_hi = 0.97},
                            across = {.n = 31, .median = 0.93, .ci_lo = 0.92, .ci_hi = 0.95},
                            below = {.n = 31, .median = 0.9, .ci_lo = 0.89, .ci_hi = 0.92};
    cr_assert(tern_target_verdict(&above, 0.93) == TERN_OK);
    cr_assert(tern_target_verdict(&across, 0.93) == TERN_INCONCLUSIVE);
    cr_assert(tern_target_verdict(&below, 0.93) == TERN_CHECK_FAILED);
}
