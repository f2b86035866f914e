/* Change points on histories whose steps are known: planted into runs that were recorded, and into made-up
 * noise of 0.3 to 1.2 %, skewed to the slow side, with now and then a run that was disturbed. */
#include "reports/changes.h"

#include "base/random.h"
#include "tests/reports/folder.h"
#include "tests/reports/run_noise.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 200, POINTS = 100, MAX_STEPS = 3, NEAR = 3 };

static double normal(struct tern_random *r) {
    return sqrt(-2 * log(1 - tern_random_unit(r))) * cos(6.283185307179586 * tern_random_unit(r));
}

static double between(struct tern_random *r, double lo, double hi) {
    return lo + (hi - lo) * tern_random_unit(r);
}

struct made {
    double x[POINTS];
    size_t step[MAX_STEPS], steps;
    double size[MAX_STEPS];
};

static double noise(struct tern_random *r, double sigma) {
    double e = sigma * normal(r);
    if (tern_random_unit(r) < 0.15) e -= 2 * sigma * log(1 - tern_random_unit(r));
    if (tern_random_unit(r) < 0.02) e += between(r, 0.05, 0.3);
    return e;
}

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

static int near(size_t a, size_t b) {
    return (a > b ? a - b : b - a) <= NEAR;
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

/* At the p that is shipped; with TERN_LONG for five more seeds, by which nothing was chosen. */
static void judge(const char *what, void (*fill)(struct tern_random *, double *)) {
    static const uint64_t seed[] = {20260102, 1, 2, 3, 4, 5};
    for (size_t k = 0; k < (getenv("TERN_LONG") ? sizeof seed / sizeof *seed : 1); k++) {
        struct tern_random r = {seed[k]};
        struct score s = {0};
        for (int h = 0; h < HISTORIES; h++) add_history(&r, fill, &s);
        const double precision = (double)s.right / (double)s.found,
                     recall = (double)s.large_found / (double)s.large;
        fprintf(stderr, "%s, seed %llu: precision %.3f (%zu of %zu), recall from 3 %% on %.3f (%zu of %zu)\n",
                what, (unsigned long long)seed[k], precision, s.right, s.found, recall, s.large_found,
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

Test(changes, a_drift_alone_has_no_change_point) {
    struct tern_random r = {5};
    double x[POINTS];
    struct tern_change c[POINTS];
    size_t changes;
    for (size_t i = 0; i < POINTS; i++) x[i] = 100 * exp(0.04 * (double)i / POINTS + 0.002 * normal(&r));
    cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
}

Test(changes, an_outlier_is_no_change_and_nine_points_are_too_few) {
    struct tern_random r = {6};
    double x[POINTS];
    struct tern_change c[POINTS];
    size_t changes;
    for (size_t i = 0; i < POINTS; i++) x[i] = 100 * exp(0.003 * normal(&r)) * (i == 50 ? 2 : 1);
    cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
    for (size_t i = 0; i < 9; i++) x[i] = i < 4 ? 1 : 2;
    cr_assert(tern_changes_find(x, 9, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
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
