#define _GNU_SOURCE
#include "cli/tune/summary.h"

#include "cli/tune/next.h"

#include "base/isa.h"
#include "base/talk/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 30, PLANS_TOLD = 2 };

static size_t say_machine(const struct tern_machine *m, size_t columns) {
    char rest[128];
    const char *vm = m->hypervisor[0] ? m->hypervisor : NULL;
    const size_t n =
        (size_t)snprintf(rest, sizeof rest, ", %zu core%s, %s%s%s, %s", m->cores, m->cores == 1 ? "" : "s",
                         tern_isa_level_name(m->usable), vm ? ", " : "", vm ? vm : "", m->key);
    printf("%.*s%s\n", (int)(columns > n ? columns - n : 0), m->brand, rest);
    return 1;
}

static size_t say_proofs(const struct tern_machine *m, const struct tern_tune_summary *sum) {
    size_t count, hidden = 0;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++) hidden += (all[i].isa & ~m->usable) != 0;
    if (sum->proved + sum->refuted == 0)
        printf("proved: nothing, because nothing was measured");
    else
        printf("proved: %zu kernels equal the scalar reference", sum->proved);
    printf("; %zu cannot run here\n", hidden);
    if (!sum->refuted) return 1;
    printf("FAILED: %zu kernel%s wrong, crashed or hung, and not timed (see tern verify)\n", sum->refuted,
           sum->refuted == 1 ? "" : "s");
    return 2;
}

static size_t say_marks(const struct tern_tune_rows *r) {
    int tie = 0, equal = 0, unstable = 0, incomplete = 0, missing = 0, dirty = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct tern_tune_row *row = &r->item[i];
        tie |= row->tie, equal |= row->may_equal, unstable |= row->unstable,
            incomplete |= row->incomplete && !row->dirty, dirty |= row->dirty;
        missing |= row->state == TERN_TUNE_ROW_MEASURED && (!row->over_i2s.n || !row->over_f16.n);
    }
    if (!(tie | equal | unstable | incomplete | missing | dirty)) return 0;
    printf("marks:%s%s%s%s%s%s\n", tie ? " = tie;" : "", equal ? " ~ may equal next;" : "",
           unstable ? " ? unstable;" : "", incomplete ? " ! incomplete;" : "", dirty ? " * dirty;" : "",
           missing ? " - unmeasured" : "");
    return 1;
}

/* "best thread count: 2 for 4 of 5 problems" */
static size_t say_thread_counts(const struct tern_tune_view *v) {
    if (!v->met) return 0;
    printf("best thread count:");
    for (size_t i = 0; i < v->best_counts; i++)
        printf("%s %zu for %zu of %zu problems", i ? "," : "", v->best[i].threads, v->best[i].problems,
               v->met);
    putchar('\n');
    return 1;
}

static const char *reason(const struct tern_plan_phase *p) {
    if (isnan(p->over.ci_lo)) return p->untuned ? "too few rounds: untuned stays" : "used";
    if (!p->untuned) return p->over.ci_lo > 1 ? "slower, but used for the other" : "used";
    if (p->over.ci_lo > 1) return "slower: untuned stays";
    if (p->over.ci_hi < 1) return "the other loses: untuned stays";
    return "not shown faster: untuned stays";
}

static size_t say_phase(const char *name, const struct tern_plan_final_phase *seen,
                        const struct tern_plan_phase *p) {
    const double used = 1e3 * seen->measured.median;
    char tuned[32], untuned[32], times[96];
    if (!seen->measured.n) return 0;
    tern_tune_digits(p->untuned && p->over.n ? used * p->over.median : used, tuned, sizeof tuned);
    tern_tune_digits(p->untuned || !p->over.n ? used : used / p->over.median, untuned, sizeof untuned);
    if (!p->over.n) {
        printf("   %-8s %s; tuning chose what untuned uses\n", name, untuned);
        return 1;
    }
    const struct tern_ratio faster = tern_tune_times(&p->over);
    tern_tune_text(&faster, 1, times, sizeof times);
    printf("   %-8s %s -> %s, %s x: %s\n", name, untuned, tuned, times, reason(p));
    return 1;
}

static size_t say_plans(const struct tern_tune_view *v) {
    size_t lines = 0;
    for (size_t i = 0; i < v->plans && i < PLANS_TOLD; i++) {
        const struct tern_tune_plan *p = &v->plan[i];
        const size_t threads = p->final.verdict.threads;
        printf("whole %s, %zu thread%s, linear layers, ms/token, n=%zu: untuned -> tuned\n", p->model,
               threads, threads > 1 ? "s" : "", p->final.decode.measured.n);
        lines += 1 + say_phase("decode", &p->final.decode, &p->final.verdict.decode);
        lines += say_phase("prefill", &p->final.prefill, &p->final.verdict.prefill);
    }
    return lines;
}

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The floors of all finals, how many figures scattered, and who disturbed. */
static size_t say_trust(const struct tern_tune_view *v) {
    double floor[256];
    size_t n = 0, figures = 0, unstable = 0, lines = 0;
    char usual[32], most[32];
    for (size_t i = 0; i < v->rows.count; i++) {
        const struct tern_tune_row *r = &v->rows.item[i];
        if (!isnan(r->floor) && n < sizeof floor / sizeof *floor) floor[n++] = r->floor;
        figures += r->figures, unstable += r->unstable_figures;
    }
    if (!figures) return 0;
    qsort(floor, n, sizeof *floor, rising);
    printf("trust: ");
    if (n) {
        tern_tune_digits(100 * tern_median_sorted(floor, n), usual, sizeof usual);
        tern_tune_digits(100 * floor[n - 1], most, sizeof most);
        printf("noise floor %s %%, at most %s %% (%zu finals); ", usual, most, n);
    }
    printf("%zu of %zu figures unstable\n", unstable, figures);
    return lines + 1;
}

/* Who disturbed, by the first problem that tells. */
static size_t say_dirty(const struct tern_tune_view *v, const struct tern_tune_summary *sum) {
    size_t i = 0;
    while (i < v->rows.count && !v->rows.item[i].dirty) i++;
    if (i == v->rows.count) return 0;
    char line[256];
    snprintf(line, sizeof line, "dirty: %zu of %zu problems%s: %s", sum->disturbed, sum->done,
             v->arguments->tune.accept_busy ? "" : ", also when repeated", v->rows.item[i].why_dirty);
    printf("%.*s\n", (int)tern_terminal_columns(STDOUT_FILENO), line);
    return 1;
}

static size_t say_files(const struct tern_tune_summary *sum, const char *wisdom, const char *records) {
    printf("%zu tuned, %zu known before, %zu not measured; %.1f s\nwisdom: %s\n", sum->done, sum->remembered,
           sum->not_measured, sum->seconds, wisdom);
    printf("records: %s\n", records ? records : "none");
    return 3;
}

void tern_tune_summary_print(const struct tern_tune_view *v, const struct tern_tune_summary *sum,
                             const char *wisdom, const char *records) {
    const struct tern_machine *m = v->arguments->tune.machine;
    size_t plans = v->plans < PLANS_TOLD ? v->plans : PLANS_TOLD;
    /* Everything but the table: machine, proofs (2), marks, counts, plans, trust (2), files (3), what to do next. */
    const size_t rest = 3 + 1 + (v->met != 0) + 3 * plans + 2 + 3 + TERN_NEXT_LINES;
    say_machine(m, tern_terminal_columns(STDOUT_FILENO));
    say_proofs(m, sum);
    tern_tune_rows_print(&v->rows, v->objective, LINES - rest, tern_terminal_columns(STDOUT_FILENO));
    say_marks(&v->rows);
    say_thread_counts(v);
    say_plans(v);
    say_trust(v);
    say_dirty(v, sum);
    say_files(sum, wisdom, records);
    tern_tune_next_print(v->arguments, &v->rows, sum, records);
}
