#define _GNU_SOURCE
#include "base/isa.h"
#include "base/random.h"
#include "measure/ceilings/ceilings.h"
#include "measure/ceilings/peak.h"
#include "measure/ceilings/survey.h"
#include "measure/machine/frequency.h"
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 1000

/* A loop counts its own multiply-adds by having done them; nothing else gives this number. */
static void counts(tern_peak_maths_fn *loop, uint64_t macs_per_round, uint64_t modulus) {
    cr_expect(eq(u64, loop(ROUNDS), ROUNDS * macs_per_round % modulus));
    cr_expect(eq(u64, loop(1), macs_per_round % modulus));
    cr_expect(eq(u64, loop(0), 0));
}

static void sums(tern_peak_read_fn *loop) {
    enum { WORDS = 8 * 133 }; /* 133 cache lines: whole blocks and a rest for every width */
    uint64_t *word = aligned_alloc(64, WORDS * sizeof *word), sum = 0;
    struct tern_random r = {7};
    cr_assert(word != NULL);
    for (int i = 0; i < WORDS; i++) sum += word[i] = tern_random_next(&r);
    cr_expect(eq(u64, loop(word, WORDS * sizeof *word, 3), 3 * sum));
    cr_expect(eq(u64, loop(word, 64, 1),
                 word[0] + word[1] + word[2] + word[3] + word[4] + word[5] + word[6] + word[7]));
    cr_expect(eq(u64, loop(word, 64, 0), 0));
    free(word);
}

/* Every loop of a kind that this processor can run. */
static void all_of(enum tern_ceiling_kind kind) {
    const struct tern_peak *p;
    size_t tried = 0;
    for (size_t i = 0; (p = tern_peak_at(i)) != NULL; i++) {
        if (p->kind != kind || (p->needs & ~tern_isa_detected())) continue;
        if (kind == TERN_CEILING_READ) {
            sums(p->near);
            sums(p->far);
        } else {
            counts(p->maths, p->macs, 1ull << (kind == TERN_CEILING_MADDUBS ? 16 : 32));
        }
        tried++;
    }
    if (!tried) cr_skip_test("this processor has no such loop");
}

Test(peak, readings_do_the_work_they_report) {
    all_of(TERN_CEILING_READ);
}

Test(peak, int8_loops_do_the_work_they_report) {
    all_of(TERN_CEILING_INT8);
}

Test(peak, maddubs_loops_do_the_work_they_report) {
    all_of(TERN_CEILING_MADDUBS);
}

Test(peak, fma_loops_do_the_work_they_report) {
    all_of(TERN_CEILING_FMA);
}

Test(peak, the_loops_of_a_kind_stand_widest_first) {
    const struct tern_peak *p, *q;
    for (size_t i = 0; (p = tern_peak_at(i)) != NULL; i++)
        for (size_t j = i + 1; (q = tern_peak_at(j)) != NULL; j++)
            if (p->kind == q->kind) {
                cr_expect(q->needs != (p->needs | q->needs), "%s stands before %s", p->name, q->name);
                cr_expect(p->maths == NULL || p->macs >= q->macs, "%s stands before %s", p->name, q->name);
            }
}

static struct tern_pool *pool_of(size_t workers) {
    struct tern_pool *p;
    struct tern_error e = {0};
    cr_assert(tern_pool_new(workers, NULL, &p, &e) == TERN_OK, "%s", e.text);
    return p;
}

static struct tern_ceiling *ceiling_of(enum tern_ceiling_kind kind, size_t bytes, uint32_t usable,
                                       struct tern_pool *p) {
    struct tern_ceiling *c;
    struct tern_error e = {0};
    cr_assert(tern_ceiling_new(kind, bytes, usable, p, &c, &e) == TERN_OK, "%s", e.text);
    return c;
}

Test(ceiling, work_of_a_reading_is_what_all_workers_read) {
    struct tern_pool *p = pool_of(3);
    struct tern_ceiling *c = ceiling_of(TERN_CEILING_READ, 3 * 6400 + 63, tern_isa_detected(), p);
    cr_assert(eq(dbl, tern_ceiling_work(c), 3.0 * 6400));
    tern_ceiling_run(c, 5);
    tern_ceiling_free(c);
    tern_pool_free(p);
}

Test(ceiling, work_of_a_peak_grows_with_the_workers) {
    struct tern_pool *one = pool_of(1), *two = pool_of(2);
    struct tern_ceiling *a = ceiling_of(TERN_CEILING_INT8, 0, 0, one),
                        *b = ceiling_of(TERN_CEILING_INT8, 0, 0, two);
    cr_assert(eq(dbl, tern_ceiling_work(b), 2 * tern_ceiling_work(a)));
    tern_ceiling_run(b, 1);
    tern_ceiling_free(a);
    tern_ceiling_free(b);
    tern_pool_free(one);
    tern_pool_free(two);
}

Test(ceiling, every_machine_has_scalar_reading_and_int8) {
    struct tern_pool *p = pool_of(1);
    struct tern_ceiling *r = ceiling_of(TERN_CEILING_READ, 4096, 0, p),
                        *i = ceiling_of(TERN_CEILING_INT8, 0, 0, p);
    cr_assert(eq(str, (char *)tern_ceiling_name(r), "read scalar"));
    cr_assert(eq(str, (char *)tern_ceiling_name(i), "int8 scalar"));
    tern_ceiling_free(r);
    tern_ceiling_free(i);
    tern_pool_free(p);
}

Test(ceiling, never_uses_an_instruction_that_is_not_usable) {
    struct tern_pool *p = pool_of(1);
    struct tern_ceiling *c;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_ceiling_new(TERN_CEILING_MADDUBS, 0, 0, p, &c, &e), TERN_UNSUPPORTED));
    cr_assert(c == NULL && strstr(e.text, "maddubs"));
    const struct tern_peak *loop;
    size_t count;
    const struct tern_isa_level *l = tern_isa_levels(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; (loop = tern_peak_at(j)) != NULL; j++) {
            if (tern_ceiling_new(loop->kind, 4096, l[i].needs & tern_isa_detected(), p, &c, &e)) continue;
            if (strcmp(tern_ceiling_name(c), loop->name) == 0)
                cr_expect(0 == (loop->needs & ~l[i].needs), "%s at %s", loop->name, l[i].name);
            tern_ceiling_free(c);
        }
    tern_pool_free(p);
}

Test(ceiling, refuses_a_buffer_smaller_than_a_line_per_worker) {
    struct tern_pool *p = pool_of(2);
    struct tern_ceiling *c;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_ceiling_new(TERN_CEILING_READ, 127, 0, p, &c, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "127") != NULL);
    tern_pool_free(p);
}

Test(ceiling, frequency_is_plausible_where_it_is_known) {
    const double ghz = tern_frequency_ghz();
    cr_assert(ghz == 0 || (ghz > 0.01 && ghz < 10), "%g", ghz); /* an emulated core is slow */
}

static struct tern_machine machine_of(size_t l1d, size_t l2, size_t l3, size_t shared_by) {
    static struct tern_machine m;
    m = (struct tern_machine){
        .cpus = 8, .l1d_bytes = l1d, .l2_bytes = l2, .l3_bytes = l3, .l3_shared_by = shared_by};
    m.memory_bytes = (size_t)64 << 30;
    return m;
}

Test(survey, buffers_fit_their_level_and_not_the_one_before) {
    const struct tern_machine m = machine_of(48 << 10, 2 << 20, 64 << 20, 8);
    int capped;
    const char *why;
    for (size_t t = 1; t <= 4; t *= 2) {
        const size_t l1 = tern_ceiling_survey_bytes(&m, 1, t, &capped, &why),
                     l2 = tern_ceiling_survey_bytes(&m, 2, t, &capped, &why);
        const size_t llc = tern_ceiling_survey_bytes(&m, 3, t, &capped, &why),
                     dram = tern_ceiling_survey_bytes(&m, 4, t, &capped, &why);
        cr_expect(l1 / t <= m.l1d_bytes);
        cr_expect(l2 / t > 2 * m.l1d_bytes && l2 / t <= m.l2_bytes);
        cr_expect(llc / t >= 2 * m.l2_bytes && llc <= m.l3_bytes);
        cr_expect(dram >= 4 * m.l3_bytes);
        cr_expect(capped == 0 && why == NULL);
    }
}

Test(survey, a_level_that_is_not_known_has_a_reason_and_no_buffer) {
    const struct tern_machine m = machine_of(0, 0, 0, 0);
    int capped;
    const char *why;
    for (int level = 1; level <= 3; level++) {
        cr_expect(eq(sz, tern_ceiling_survey_bytes(&m, level, 2, &capped, &why), 0));
        cr_expect(why != NULL);
    }
}

Test(survey, a_host_cache_of_a_guest_caps_the_cold_buffer_and_says_so) {
    const struct tern_machine m = machine_of(48 << 10, 2 << 20, (size_t)260 << 20, 8);
    int capped;
    const char *why;
    cr_assert(eq(sz, tern_ceiling_survey_bytes(&m, 4, 2, &capped, &why), (size_t)1 << 30));
    cr_assert(eq(int, capped, 1));
}

static int collect(void *ctx, const struct tern_ceiling_row *row, double done) {
    size_t *rows = ctx;
    cr_expect(done > 0 && done <= 1);
    cr_expect(row->threads == 1);
    if (!row->why_not) cr_expect(row->ns.n > 0 && row->rate > 0 && isfinite(row->rate), "%s", row->name);
    ++*rows;
    return 0;
}

Test(survey, gives_every_row_a_rate_or_a_reason) {
    const struct tern_machine *m;
    struct tern_error e = {0};
    const size_t threads = 1;
    size_t rows = 0;
    setenv("TERN_ISA", "scalar", 1);
    cr_assert(tern_machine_get(&m, &e) == TERN_OK, "%s", e.text);
    cr_assert(tern_ceiling_survey(m, &threads, 1, 0.1, collect, &rows, &e) == TERN_OK, "%s", e.text);
    cr_assert(rows >= 5);
}

Test(survey, refuses_more_threads_than_processors) {
    struct tern_machine m = machine_of(0, 0, 0, 0);
    const size_t threads = 9;
    size_t rows = 0;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_ceiling_survey(&m, &threads, 1, 0.1, collect, &rows, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "9 threads") != NULL);
}

Test(ceilings, a_broken_one_is_shown_and_not_clipped) {
    /* The kernel reads as much in 0.8 of the ceiling's time. */
    struct tern_ratio r = {.n = 20, .median = 0.8, .ci_lo = 0.75, .ci_hi = 0.85};
    struct tern_ceiling_fraction s = tern_ceiling_share(&r, 100, 100);
    cr_assert(epsilon_eq(dbl, s.median, 1.25, 1e-12));
    cr_assert(epsilon_eq(dbl, s.lo, 1 / 0.85, 1e-12));
    cr_assert(s.broken == 1);
    cr_assert(eq(int, tern_regime_fit_of(1, &s), TERN_FIT_BROKEN));
    cr_assert(eq(int, tern_regime_fit_of(0, &s), TERN_FIT_SHOWN));
    r.ci_hi = 1.1;
    s = tern_ceiling_share(&r, 100, 100);
    cr_assert(s.broken == 0, "an interval that contains 1 breaks nothing");
    cr_assert(eq(int, tern_regime_fit_of(1, &s), TERN_FIT_SHOWN));
    cr_assert(eq(int, tern_regime_fit_of(0, &s), TERN_FIT_NOT_SHOWN));
    r.ci_lo = r.ci_hi = NAN;
    s = tern_ceiling_share(&r, 100, 100);
    cr_assert(eq(int, tern_regime_fit_of(1, &s), TERN_FIT_UNKNOWN));
}
