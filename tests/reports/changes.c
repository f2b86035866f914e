/* Change points on histories whose steps are known: planted into runs that were recorded, and into made-up
 * noise of 0.3 to 1.2 %, skewed to the slow side, with now and then a run that was disturbed. */
#include "reports/changes/changes.h"

#include "base/random.h"
#include "tests/reports/folder.h"
#include "tests/reports/made_noise.h"
#include "tests/reports/run_evidence.h"
#include "tests/reports/run_noise.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 200, MAX_STEPS = 3 };

struct made {
    double x[POINTS];
    size_t step[MAX_STEPS], steps;
    double size[MAX_STEPS];
};

/* Up to here a tenth of the runs were disturbed, one or two at a time. Later it was a third, in stretches of
 * up to eight, which are levels of the machine for all that a series can tell. */
enum { RECORDED = 124 };

/* A stretch of the recorded runs, forwards or backwards, one to two times as far from the median. */
static void recorded_noise(struct tern_random *r, double *out) {
    const size_t from = tern_random_below(r, RECORDED);
    const int back = tern_random_below(r, 2) == 1;
    const double times = between(r, 1, 2);
    for (size_t j = 0; j < POINTS; j++)
        out[j] = times * 1e-5 * run_noise[(from + (back ? POINTS - j : j)) % RECORDED];
}

static void made_up_noise(struct tern_random *r, double *out) {
    const double sigma = between(r, 0.003, 0.012);
    for (size_t j = 0; j < POINTS; j++) out[j] = noise(r, sigma);
}

/* 0 to 3 steps of 2 to 10 % at least 16 points apart; a quarter of the histories drift by up to 3 % over
 * their length. */
static void make(struct tern_random *r, void (*fill)(struct tern_random *, double *), struct made *m) {
    const double drift = tern_random_unit(r) < 0.25 ? between(r, -0.03, 0.03) : 0;
    double level[POINTS] = {0}, around[POINTS];
    fill(r, around);
    m->steps = tern_random_below(r, MAX_STEPS + 1);
    for (size_t i = 0; i < m->steps; i++) {
        m->step[i] = 12 + 28 * i + tern_random_below(r, 13);
        m->size[i] = log1p(between(r, 0.02, 0.10)) * (tern_random_below(r, 2) ? 1 : -1);
        for (size_t j = m->step[i]; j < POINTS; j++) level[j] += m->size[i];
    }
    for (size_t j = 0; j < POINTS; j++)
        m->x[j] = 80000 * exp(level[j] + drift * (double)j / POINTS + around[j]);
}

struct score {
    size_t found, right, large, large_found;
};

static void add_history(struct tern_random *r, void (*fill)(struct tern_random *, double *),
                        struct score *s) {
    struct made m;
    struct tern_change c[POINTS];
    size_t changes;
    make(r, fill, &m);
    cr_assert(tern_changes_find(m.x, POINTS, &(struct tern_change_options){.seed = 1}, c, &changes));
    for (size_t i = 0; i < changes; i++) {
        size_t j = 0;
        while (j < m.steps && !(near(c[i].at, m.step[j]) && (c[i].ratio > 1) == (m.size[j] > 0))) j++;
        s->found++;
        s->right += j < m.steps;
    }
    for (size_t j = 0; j < m.steps; j++) {
        size_t i = 0;
        if (fabs(m.size[j]) < log1p(0.03)) continue;
        while (i < changes && !near(c[i].at, m.step[j])) i++;
        s->large++;
        s->large_found += i < changes;
    }
}

/* The first is the one by which everything was chosen. Two are tried, with TERN_LONG all. */
static const uint64_t seeds[] = {20260102, 1, 2, 3, 4, 5};

static size_t seeds_tried(void) {
    return getenv("TERN_LONG") ? sizeof seeds / sizeof *seeds : 2;
}

/* At the p that is shipped. */
static void judge(const char *what, void (*fill)(struct tern_random *, double *)) {
    for (size_t k = 0; k < seeds_tried(); k++) {
        struct tern_random r = {seeds[k]};
        struct score s = {0};
        for (int h = 0; h < HISTORIES; h++) add_history(&r, fill, &s);
        const double precision = (double)s.right / (double)s.found,
                     recall = (double)s.large_found / (double)s.large;
        fprintf(stderr, "%s, seed %llu: precision %.3f (%zu of %zu), recall from 3 %% on %.3f (%zu of %zu)\n",
                what, (unsigned long long)seeds[k], precision, s.right, s.found, recall, s.large_found,
                s.large);
        cr_expect(ge(dbl, precision, 0.95), "%zu of %zu are steps", s.right, s.found);
        cr_expect(ge(dbl, recall, 0.9), "%zu of %zu steps of 3 %% or more", s.large_found, s.large);
    }
}

Test(changes, steps_in_made_up_noise_are_found_and_hardly_anything_else) {
    judge("made-up noise", made_up_noise);
}

Test(changes, steps_in_recorded_runs_are_found_and_hardly_anything_else) {
    judge("recorded runs", recorded_noise);
}

/* Histories as above with stretches of 8 to 16 disturbed runs in between, a third of all runs. Their records
 * say what the recorded ones say, clean or not; the quiet runs' intervals are those of recorded clean runs.
 */
enum { DISTURBED = 50, STRETCH_MIN = 8, STRETCH_MAX = 16, WITH = POINTS + DISTURBED };

struct recording {
    const char *name;
    const struct run_evidence *run;
    size_t runs;
};
static const struct recording recordings[] = {{"hot", runs_hot, sizeof runs_hot / sizeof *runs_hot},
                                              {"wcold", runs_cold, sizeof runs_cold / sizeof *runs_cold}};

struct disturbed {
    struct tern_record r[WITH];
    char text[WITH][2][48];
    size_t step[MAX_STEPS], steps;
    double size[MAX_STEPS];
};

static void put_run(struct disturbed *h, size_t at, double value, const struct run_evidence *v, double off) {
    struct tern_record *r = &h->r[at];
    const double median = value * exp(off);
    *r = sample_one("x", "p64", median, 1);
    snprintf(h->text[at][0], 48, "2026-01-%02zuT%02zu:00:00Z", 1 + at / 24, at % 24);
    snprintf(h->text[at][1], 48, "run-%03zu", at);
    r->ts = h->text[at][0], r->run = h->text[at][1];
    r->est.ci_lo = median * (1 - 0.5e-4 * v->width), r->est.ci_hi = median * (1 + 0.5e-4 * v->width);
    r->est.unstable = (v->flags & RUN_UNSTABLE) != 0;
    r->flags = v->flags & RUN_DIRTY ? "gbench vm dirty dirty-load" : "gbench vm";
}

/* A stretch in which the machine was busy for at least half of the runs. */
static size_t busy_stretch(struct tern_random *r, const struct recording *rec, size_t length) {
    for (;;) {
        const size_t from = tern_random_below(r, (uint32_t)(rec->runs - length));
        size_t dirty = 0;
        for (size_t i = from; i < from + length; i++) dirty += (rec->run[i].flags & RUN_DIRTY) != 0;
        if (2 * dirty >= length) return from;
    }
}

static const struct run_evidence *quiet_run(struct tern_random *r, const struct recording *rec) {
    for (;;) {
        const struct run_evidence *v = &rec->run[tern_random_below(r, (uint32_t)rec->runs)];
        if (!v->flags) return v;
    }
}

static void disturb(struct tern_random *r, const struct recording *rec, const struct made *m,
                    struct disturbed *h) {
    size_t length[POINTS] = {0}, left = DISTURBED, at = 0, next = 0;
    while (left) {
        size_t n = STRETCH_MIN + tern_random_below(r, STRETCH_MAX - STRETCH_MIN + 1);
        const size_t before = tern_random_below(r, POINTS);
        if (left < STRETCH_MIN + n) n = left;
        if (length[before]) continue;
        length[before] = n, left -= n;
    }
    h->steps = m->steps;
    for (size_t i = 0; i < POINTS; i++) {
        const size_t from = length[i] ? busy_stretch(r, rec, length[i]) : 0;
        for (size_t j = 0; j < length[i]; j++, at++)
            put_run(h, at, m->x[i], &rec->run[from + j], 1e-4 * rec->run[from + j].off);
        if (next < m->steps && m->step[next] == i) h->step[next] = at, h->size[next] = m->size[next], next++;
        put_run(h, at++, m->x[i], quiet_run(r, rec), 0);
    }
}

/* The runs a change may be at: from the third that took part before it to the third behind it. */
static void range_of(const struct tern_series *s, size_t change, size_t *from, size_t *to) {
    *from = s->change[change].since, *to = s->change[change].at;
    for (size_t n = 0; *from > 0 && n < NEAR;) n += !tern_series_left_out(s, --*from);
    for (size_t n = 0; *to + 1 < s->points && n < NEAR;) n += !tern_series_left_out(s, ++*to);
}

static int within(const struct tern_series *s, size_t change, size_t step, double size) {
    size_t from, to;
    range_of(s, change, &from, &to);
    return step > from && step <= to && (s->change[change].ratio > 1) == (size > 0);
}

static void score(const struct disturbed *h, const struct tern_series *s, struct score *sum) {
    for (size_t i = 0; i < s->changes; i++) {
        size_t j = 0;
        while (j < h->steps && !within(s, i, h->step[j], h->size[j])) j++;
        sum->found++;
        sum->right += j < h->steps;
    }
    for (size_t j = 0; j < h->steps; j++) {
        size_t i = 0;
        if (fabs(h->size[j]) < log1p(0.03)) continue;
        while (i < s->changes && !within(s, i, h->step[j], h->size[j])) i++;
        sum->large++;
        sum->large_found += i < s->changes;
    }
}

static struct score disturbed_score(uint64_t seed, const struct recording *rec, int histories,
                                    int with_disturbed) {
    static struct disturbed h;
    struct tern_random r = {seed};
    struct score sum = {0};
    for (int k = 0; k < histories; k++) {
        struct made m;
        struct tern_series_set s;
        make(&r, recorded_noise, &m);
        disturb(&r, rec, &m, &h);
        const struct tern_change_options o = {.seed = 1, .with_disturbed = with_disturbed};
        cr_assert(eq(int, (int)tern_series_of(h.r, WITH, NULL, &o, &s, NULL), TERN_OK));
        cr_assert(eq(sz, s.count, 1));
        score(&h, &s.item[0], &sum);
        tern_series_free(&s);
    }
    return sum;
}

Test(changes, a_third_of_disturbed_runs_hides_no_step_and_makes_none) {
    for (size_t k = 0; k < seeds_tried(); k++)
        for (size_t i = 0; i < sizeof recordings / sizeof *recordings; i++) {
            const struct score s = disturbed_score(seeds[k], &recordings[i], HISTORIES, 0);
            const double precision = (double)s.right / (double)s.found,
                         recall = (double)s.large_found / (double)s.large;
            fprintf(
                stderr,
                "disturbed runs, %s, seed %llu: precision %.3f (%zu of %zu), recall from 3 %% on %.3f (%zu "
                "of %zu)\n",
                recordings[i].name, (unsigned long long)seeds[k], precision, s.right, s.found, recall,
                s.large_found, s.large);
            cr_expect(ge(dbl, precision, 0.95), "%s: %zu of %zu are steps", recordings[i].name, s.right,
                      s.found);
            cr_expect(ge(dbl, recall, 0.9), "%s: %zu of %zu steps of 3 %% or more", recordings[i].name,
                      s.large_found, s.large);
        }
}

/* Else the test above would show nothing. */
Test(changes, with_disturbed_runs_a_third_of_the_changes_are_none) {
    for (size_t i = 0; i < sizeof recordings / sizeof *recordings; i++) {
        const struct score s = disturbed_score(20260102, &recordings[i], 40, 1);
        fprintf(stderr, "disturbed runs take part, %s: precision %.3f (%zu of %zu), recall %.3f\n",
                recordings[i].name, (double)s.right / (double)s.found, s.right, s.found,
                (double)s.large_found / (double)s.large);
        cr_expect(lt(dbl, (double)s.right / (double)s.found, 0.8));
    }
}

/* 60 runs of 0.3 % noise; 10 % slower from run 25 to 39, which the flags and intervals say `what` of. */
static void excursion(struct disturbed *h, struct run_evidence what) {
    struct tern_random r = {11};
    const struct run_evidence quiet = {0, 150, 0};
    for (size_t i = 0; i < 60; i++)
        put_run(h, i, 80000 * exp(0.003 * normal(&r)), i >= 25 && i < 40 ? &what : &quiet,
                i >= 25 && i < 40 ? 0.1 : 0);
}

/* The clean run before a stretch and the one behind it are left out, too. */
enum { BESIDE = 2 };

static size_t excursion_changes(struct run_evidence what, size_t *used) {
    static struct disturbed h;
    struct tern_series_set s;
    excursion(&h, what);
    cr_assert(eq(int, (int)tern_series_of(h.r, 60, NULL, NULL, &s, NULL), TERN_OK));
    const size_t changes = s.item[0].changes;
    *used = s.item[0].used;
    tern_series_free(&s);
    return changes;
}

Test(changes, a_regression_and_its_fix_are_two_changes_when_the_runs_are_clean) {
    size_t used;
    cr_assert(eq(sz, excursion_changes((struct run_evidence){0, 150, 0}, &used), 2));
    cr_assert(eq(sz, used, 60));
}

Test(changes, the_same_level_in_dirty_runs_is_none) {
    size_t used;
    cr_assert(eq(sz, excursion_changes((struct run_evidence){0, 150, RUN_DIRTY}, &used), 0));
    cr_assert(eq(sz, used, 60 - 15 - BESIDE));
}

Test(changes, the_same_level_in_runs_of_wide_intervals_is_none) {
    size_t used;
    cr_assert(eq(sz, excursion_changes((struct run_evidence){0, 900, 0}, &used), 0));
    cr_assert(eq(sz, used, 60 - 15 - BESIDE));
}

/* Code that makes its own times vary is a change, not a disturbance of the machine. */
Test(changes, a_step_after_which_every_run_is_wider_is_found) {
    static struct disturbed h;
    struct tern_series_set s;
    struct tern_random r = {12};
    const struct run_evidence quiet = {0, 150, 0}, wide = {0, 900, RUN_UNSTABLE};
    for (size_t i = 0; i < 60; i++)
        put_run(&h, i, 80000 * exp(0.003 * normal(&r)), i < 40 ? &quiet : &wide, i < 40 ? 0 : 0.1);
    cr_assert(eq(int, (int)tern_series_of(h.r, 60, NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(eq(sz, s.item[0].changes, 1));
    cr_assert(le(sz, s.item[0].change[0].since, 40));
    cr_assert(ge(sz, s.item[0].change[0].at, 40));
    tern_series_free(&s);
}

Test(changes, a_step_within_a_disturbed_stretch_is_between_the_clean_runs_around_it) {
    static struct disturbed h;
    struct tern_series_set s;
    struct tern_text t = {0};
    struct tern_random r = {13};
    const struct run_evidence quiet = {0, 150, 0}, dirty = {0, 150, RUN_DIRTY};
    for (size_t i = 0; i < 60; i++) {
        const int busy = i >= 25 && i < 35;
        put_run(&h, i, 80000 * exp(0.003 * normal(&r) + (i < 30 ? 0 : 0.05)), busy ? &dirty : &quiet,
                busy ? 0.2 : 0);
    }
    cr_assert(eq(int, (int)tern_series_of(h.r, 60, NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(eq(sz, s.item[0].changes, 1));
    cr_assert(eq(sz, s.item[0].change[0].since, 24 - 1));
    cr_assert(eq(sz, s.item[0].change[0].at, 35 + 1));
    tern_changes_text(&s, &t);
    cr_assert(strstr(t.data, "60 runs, 12 left out as disturbed (10 dirty, 2 amid those)") != NULL, "%s",
              t.data);
    cr_assert(strstr(t.data, "12 disturbed runs between") != NULL, "%s", t.data);
    tern_text_free(&t);
    tern_series_free(&s);
}

Test(changes, disturbed_newest_runs_are_said_not_to_be_judged) {
    static struct disturbed h;
    struct tern_series_set s;
    struct tern_text t = {0};
    struct tern_random r = {14};
    const struct run_evidence quiet = {0, 150, 0}, dirty = {0, 150, RUN_DIRTY};
    for (size_t i = 0; i < 40; i++)
        put_run(&h, i, 80000 * exp(0.003 * normal(&r)), i < 30 ? &quiet : &dirty, i < 30 ? 0 : 0.1);
    cr_assert(eq(int, (int)tern_series_of(h.r, 40, NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(eq(sz, s.item[0].changes, 0));
    cr_assert(eq(sz, tern_series_unjudged(&s.item[0]), 10 + 1));
    tern_changes_text(&s, &t);
    cr_assert(strstr(t.data, "the newest 11 of them: not judged yet") != NULL, "%s", t.data);
    tern_text_free(&t);
    tern_series_free(&s);
}

/* 30 runs, 5 % slower from run 16 on. */
static size_t history(struct tern_record *out, char (*text)[3][32]) {
    struct tern_random r = {7};
    for (size_t i = 0; i < 30; i++) {
        snprintf(text[i][0], 32, "2026-01-%02zuT00:00:00Z", i + 1);
        snprintf(text[i][1], 32, "run-%02zu", i);
        snprintf(text[i][2], 32, "c%02zu", i);
        out[i] = sample_one("x", "p64", 100 * (i < 15 ? 1 : 1.05) * exp(0.002 * normal(&r)), 1);
        out[i].ts = text[i][0], out[i].run = text[i][1], out[i].commit = text[i][2];
    }
    return 30;
}

Test(changes, a_note_belongs_to_the_change_of_its_commit) {
    struct tern_record r[30];
    char text[30][3][32];
    struct tern_series_set s;
    struct tern_annotation note[] = {{"c14", "", "", "", "not here", "", 1},
                                     {"c15", "", "", "", "meant", "", 1}};
    const struct tern_annotations notes = {note, 2};
    cr_assert(eq(int, (int)tern_series_of(r, history(r, text), &notes, NULL, &s, NULL), TERN_OK));
    cr_assert(eq(sz, s.count, 1));
    cr_assert(eq(sz, s.item[0].changes, 1));
    cr_assert(eq(sz, s.item[0].change[0].at, 15));
    cr_assert(s.item[0].change[0].note == &note[1]);
    cr_assert(s.item[0].change[0].lo > 1.04 && s.item[0].change[0].hi < 1.06);
    tern_series_free(&s);
}

Test(changes, a_rate_that_falls_is_slower) {
    struct tern_record r[30];
    char text[30][3][32];
    struct tern_series_set s;
    history(r, text);
    for (size_t i = 0; i < 30; i++) r[i].unit = "tok/s", r[i].est.median = 1 / r[i].est.median;
    cr_assert(eq(int, (int)tern_series_of(r, 30, NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(eq(sz, s.item[0].changes, 1));
    cr_assert(gt(dbl, s.item[0].change[0].ratio, 1.04));
    tern_series_free(&s);
}

Test(changes, the_json_is_strict) {
    struct tern_record r[30];
    char text[30][3][32];
    struct tern_series_set s;
    struct tern_text t = {0};
    cr_assert(eq(int, (int)tern_series_of(r, history(r, text), NULL, NULL, &s, NULL), TERN_OK));
    tern_changes_json(&s, &t);
    json_t *o = json_loads(t.data, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(eq(sz, json_array_size(o), 1));
    json_decref(o);
    tern_text_free(&t);
    tern_series_free(&s);
}

Test(changes, without_gnuplot_data_and_script_are_written_and_it_is_said) {
    struct tern_record r[30];
    char text[30][3][32], why[200], *folder = folder_new();
    struct tern_series_set s;
    size_t drawn;
    cr_assert(eq(int, (int)tern_series_of(r, history(r, text), NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(
        eq(int, (int)tern_changes_plot(&s, folder, "/nonexistent", &drawn, why, sizeof why, NULL), TERN_OK));
    cr_assert(eq(sz, drawn, 0));
    cr_assert(strstr(why, "gnuplot") != NULL);
    char *data = folder_read(folder, "series-001.dat"), *script = folder_read(folder, "series-001.gp");
    cr_assert(data && script && strstr(script, "series-001.dat") != NULL);
    free(data);
    free(script);
    tern_series_free(&s);
    folder_drop(folder);
}

Test(changes, with_gnuplot_there_is_a_figure) {
    struct tern_record r[30];
    char text[30][3][32], why[200], *folder = folder_new();
    struct tern_series_set s;
    size_t drawn;
    cr_assert(eq(int, (int)tern_series_of(r, history(r, text), NULL, NULL, &s, NULL), TERN_OK));
    cr_assert(
        eq(int, (int)tern_changes_plot(&s, folder, getenv("PATH"), &drawn, why, sizeof why, NULL), TERN_OK));
    if (!drawn && strstr(why, "not installed")) cr_skip_test("gnuplot is not installed");
    cr_assert(eq(sz, drawn, 1), "%s", why);
    char *svg = folder_read(folder, "series-001.svg");
    cr_assert(svg && strstr(svg, "+5.") != NULL);
    free(svg);
    tern_series_free(&s);
    folder_drop(folder);
}
