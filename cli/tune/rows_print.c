/* The table of winners. Its columns are as wide as what is in them; where they are wider than the terminal, ratios lose their
 * intervals first. */
#define _GNU_SOURCE
#include "cli/tune/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct tern_ratio tern_tune_times(const struct tern_ratio *over) {
    struct tern_ratio t = *over;
    t.median = 1 / over->median, t.ci_lo = 1 / over->ci_hi, t.ci_hi = 1 / over->ci_lo;
    return t;
}

void tern_tune_digits(double v, char *out, size_t bytes) {
    snprintf(out, bytes, "%.*f", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v);
}

void tern_tune_text(const struct tern_ratio *times, int interval, char *out, size_t bytes) {
    char median[32], lo[32], hi[32];
    if (!times->n || !isfinite(times->median)) {
        snprintf(out, bytes, "-");
        return;
    }
    tern_tune_digits(times->median, median, sizeof median);
    if (!interval || isnan(times->ci_lo)) {
        snprintf(out, bytes, "%s", median);
        return;
    }
    tern_tune_digits(times->ci_lo, lo, sizeof lo);
    tern_tune_digits(times->ci_hi, hi, sizeof hi);
    snprintf(out, bytes, "%s [%s,%s]", median, lo, hi);
}

enum { SHAPE, KERNEL, COST, OVER_I2S, OVER_F16, LIMIT, CELLS, CELL_BYTES = 96 };

struct line {
    char mark[3]; /* at most two */
    char cell[CELLS][CELL_BYTES];
    const char *why; /* not measured: this stands in place of the numbers */
};

static void ratio_cell(const struct tern_ratio *over, int interval, char *out) {
    const struct tern_ratio times = tern_tune_times(over);
    tern_tune_text(&times, interval, out, CELL_BYTES);
}

/* us of one token, ms of several. */
static double time_scale(size_t n) {
    return n == 1 ? 1e3 : 1e6;
}

static void limit_cell(const struct tern_tune_row *r, char *out) {
    if (isnan(r->share))
        snprintf(out, CELL_BYTES, "-");
    else if (r->share > 1) /* what is exceeded does not bind */
        snprintf(out, CELL_BYTES, "not %s", r->reads ? "read" : "int8");
    else
        snprintf(out, CELL_BYTES, "%.0f%% %s", 100 * r->share, r->reads ? "read" : "int8");
}

/* `intervals`: how many of the two ratios have theirs. */
static struct line line_of(const struct tern_tune_row *r, enum tern_objective objective, int intervals) {
    struct line l = {.mark = ""};
    snprintf(l.cell[SHAPE], CELL_BYTES, "%zux%zu", r->problem.m, r->problem.k);
    if (r->state == TERN_TUNE_ROW_NOT_MEASURED) {
        l.why = r->why;
        return l;
    }
    const char *doubt = r->dirty ? "*" : r->incomplete ? "!" : r->unstable ? "?" : "";
    snprintf(l.mark, sizeof l.mark, "%s%s", doubt, r->tie ? "=" : r->may_equal ? "~" : "");
    snprintf(l.cell[KERNEL], CELL_BYTES, "%s", r->kernel);
    tern_tune_digits(r->cost / (objective == TERN_OBJECTIVE_TIME ? time_scale(r->problem.n) : 1),
                     l.cell[COST], CELL_BYTES);
    limit_cell(r, l.cell[LIMIT]);
    if (r->state == TERN_TUNE_ROW_KNOWN) {
        snprintf(l.cell[OVER_I2S], CELL_BYTES, "known");
        snprintf(l.cell[OVER_F16], CELL_BYTES, "%.23s", r->date);
    } else {
        ratio_cell(&r->over_i2s, intervals > 0, l.cell[OVER_I2S]);
        ratio_cell(&r->over_f16, intervals > 1, l.cell[OVER_F16]);
    }
    return l;
}

static struct line heading_of(const struct tern_problem *p, enum tern_objective objective, int intervals) {
    struct line l = {.mark = ""};
    const char *unit = objective != TERN_OBJECTIVE_TIME ? tern_objective_unit(objective)
                       : p->n == 1                      ? "us"
                                                        : "ms";
    snprintf(l.cell[SHAPE], CELL_BYTES, "%s", p->n == 1 ? "decode" : "prefill");
    if (p->n == 1)
        snprintf(l.cell[KERNEL], CELL_BYTES, "%zu thread%s", p->threads, p->threads > 1 ? "s" : "");
    else
        snprintf(l.cell[KERNEL], CELL_BYTES, "of %zu, %zu thread%s", p->n, p->threads,
                 p->threads > 1 ? "s" : "");
    snprintf(l.cell[COST], CELL_BYTES, "%s", unit);
    snprintf(l.cell[OVER_I2S], CELL_BYTES, "x I2_S%s", intervals > 0 ? " [95 %]" : "");
    snprintf(l.cell[OVER_F16], CELL_BYTES, "x f16%s", intervals > 1 ? " [95 %]" : "");
    snprintf(l.cell[LIMIT], CELL_BYTES, "of limit");
    return l;
}

static void widen(const struct line *l, size_t width[CELLS]) {
    for (int c = 0; c < CELLS; c++) {
        const size_t n = strlen(l->cell[c]);
        if (n > width[c]) width[c] = n;
    }
}

static void print_line(const struct line *l, const size_t width[CELLS], size_t columns) {
    if (l->why) {
        const int room = (int)(columns - 5 - width[SHAPE]);
        printf("%-2s %-*s  %.*s\n", l->mark, (int)width[SHAPE], l->cell[SHAPE], room, l->why);
        return;
    }
    printf("%-2s %-*s %-*s %*s  %-*s  %-*s  %s\n", l->mark, (int)width[SHAPE], l->cell[SHAPE],
           (int)width[KERNEL], l->cell[KERNEL], (int)width[COST], l->cell[COST], (int)width[OVER_I2S],
           l->cell[OVER_I2S], (int)width[OVER_F16], l->cell[OVER_F16], l->cell[LIMIT]);
}

static int same_group(const struct tern_problem *p, const struct tern_problem *q) {
    return p->n == q->n && p->threads == q->threads;
}

static int goes_before(const struct tern_problem *p, const struct tern_problem *q) {
    return p->threads != q->threads ? p->threads > q->threads : p->n < q->n;
}

/* The first problem of the group behind that of `after` (NULL: the first of all); NULL: there is none. */
static const struct tern_problem *next_group(const struct tern_tune_rows *r,
                                             const struct tern_problem *after) {
    const struct tern_problem *best = NULL;
    for (size_t i = 0; i < r->count; i++) {
        const struct tern_problem *p = &r->item[i].problem;
        if (after && (same_group(p, after) || !goes_before(after, p))) continue;
        if (!best || goes_before(p, best)) best = p;
    }
    return best;
}

static size_t rows_of(const struct tern_tune_rows *r, const struct tern_problem *p) {
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) n += (size_t)same_group(&r->item[i].problem, p);
    return n;
}

/* The widths of all columns, with as many intervals as fit into `columns`; how many. */
static int fit(const struct tern_tune_rows *r, enum tern_objective objective, size_t columns,
               size_t width[CELLS]) {
    for (int intervals = 2;; intervals--) {
        size_t sum = 10; /* the marks and the gaps */
        for (int c = 0; c < CELLS; c++) width[c] = 0;
        for (size_t i = 0; i < r->count; i++) {
            const struct line l = line_of(&r->item[i], objective, intervals),
                              h = heading_of(&r->item[i].problem, objective, intervals);
            widen(&l, width);
            widen(&h, width);
        }
        for (int c = 0; c < CELLS; c++) sum += width[c];
        if (sum <= columns || !intervals) return intervals;
    }
}

static void print_digest(const struct tern_tune_rows *r, const struct tern_problem *p, size_t columns) {
    double lo = INFINITY, hi = 0;
    char from[32], to[32], line[256];
    for (size_t i = 0; i < r->count; i++) {
        const struct tern_tune_row *row = &r->item[i];
        if (!same_group(&row->problem, p) || !row->over_i2s.n) continue;
        const double times = 1 / row->over_i2s.median;
        lo = fmin(lo, times), hi = fmax(hi, times);
    }
    tern_tune_digits(lo, from, sizeof from);
    tern_tune_digits(hi, to, sizeof to);
    int n = snprintf(line, sizeof line, "   %s of %zu, %zu thread%s: %zu shapes",
                     p->n == 1 ? "decode" : "prefill", p->n, p->threads, p->threads > 1 ? "s" : "",
                     rows_of(r, p));
    if (hi > 0) n += snprintf(line + n, sizeof line - (size_t)n, ", %s to %s x I2_S", from, to);
    const char where[] = "; see tern wisdom show"; /* a command is told whole or not at all */
    printf("%.*s%s\n", (int)columns, line, (size_t)n + sizeof where - 1 <= columns ? where : "");
}

size_t tern_tune_rows_print(const struct tern_tune_rows *r, enum tern_objective objective, size_t lines,
                            size_t columns) {
    size_t width[CELLS], used = 0, groups = 0;
    const int intervals = fit(r, objective, columns, width);
    for (const struct tern_problem *p = next_group(r, NULL); p; p = next_group(r, p)) groups++;
    for (const struct tern_problem *p = next_group(r, NULL); p; p = next_group(r, p), groups--) {
        if (used + rows_of(r, p) + groups > lines) { /* a line is needed for each group that follows */
            print_digest(r, p, columns);
            used++;
            continue;
        }
        const struct line h = heading_of(p, objective, intervals);
        print_line(&h, width, columns);
        used++;
        for (size_t i = 0; i < r->count; i++) {
            if (!same_group(&r->item[i].problem, p)) continue;
            const struct line l = line_of(&r->item[i], objective, intervals);
            print_line(&l, width, columns);
            used++;
        }
    }
    return used;
}
