/* The results of `tern e2e` as Markdown and CSV. */
#include "cli/engine/e2e.h"

#include "cli/text.h"

#include <math.h>
#include <stdio.h>

/* A text of any origin as a CSV field or a Markdown cell. */
static void put_cell(const char *text, void (*put)(struct tern_text *t, const char *s)) {
    struct tern_text t = {0};
    put(&t, text);
    tern_cli_print_text(&t);
}

static void print_csv(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count) {
    puts("model,test,threads,unit,estimator,n,median,ci_lo,ci_hi,min,max,bytes_per_token,peak_rss_bytes,plan_"
         "from,plan");
    for (size_t i = 0; i < count; i++) {
        const struct tern_e2e_row *r = &rows[i];
        put_cell(j->c.model, tern_text_csv);
        printf(",%s,%zu,tok/s,median,%zu,%.4f,", r->test, r->threads, r->rate.n, r->rate.median);
        if (isfinite(r->rate.ci_lo))
            printf("%.4f,%.4f,", r->rate.ci_lo, r->rate.ci_hi);
        else
            fputs(",,", stdout);
        printf("%.4f,%.4f,", r->rate.min, r->max);
        if (r->decode) printf("%.0f", r->bytes_per_token);
        printf(",%zu,%s,", r->peak_rss_bytes, e2e_tuned(r));
        put_cell(e2e_plan(r), tern_text_csv);
        putchar('\n');
    }
}

static void print_linear(const struct tern_e2e_row *r) {
    printf("\n%s, %zu thread%s: linear layers ", r->test, r->threads, r->threads == 1 ? "" : "s");
    if (isnan(r->predicted))
        printf("not predicted: %s\n", r->why_no_prediction);
    else
        printf(
            "predicted %.3f ms/token (sum of medians, timed with %zu token%s), measured %.3f (median of n = "
            "%zu, deviation %.3f): %.2f times\n",
            1e3 * r->predicted, r->tuned_n, r->tuned_n == 1 ? "" : "s", 1e3 * r->linear.median, r->linear.n,
            1e3 * r->linear.mad, tern_e2e_over_predicted(r));
}

static void print_md(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count) {
    printf("| model | test | threads | tok/s (median) | n | 95 %% interval | min .. max | MB/token | peak "
           "RSS MB | plan |\n"
           "| --- | --- | ---: | ---: | ---: | --- | --- | ---: | ---: | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const struct tern_e2e_row *r = &rows[i];
        char ci[64] = "none: n < 6", bytes[32] = "-", rss[32] = "not known";
        if (isfinite(r->rate.ci_lo)) snprintf(ci, sizeof ci, "%.2f .. %.2f", r->rate.ci_lo, r->rate.ci_hi);
        if (r->decode) snprintf(bytes, sizeof bytes, "%.1f", 1e-6 * r->bytes_per_token);
        if (r->peak_rss_bytes) snprintf(rss, sizeof rss, "%.0f", 1e-6 * (double)r->peak_rss_bytes);
        fputs("| ", stdout);
        put_cell(j->c.model, tern_text_markdown);
        printf(" | %s | %zu | %.2f%s | %zu | %s | %.2f .. %.2f | %s | %s | %s |\n", r->test, r->threads,
               r->rate.median, r->rate.unstable ? " (unstable)" : "", r->rate.n, ci, r->rate.min, r->max,
               bytes, rss, e2e_tuned(r));
    }
    for (size_t i = 0; i < count; i++) print_linear(&rows[i]);
    for (size_t i = 0; i < count; i++)
        printf("\n%s, %zu thread%s: %s; wisdom decided %zu of %zu layers\n", rows[i].test, rows[i].threads,
               rows[i].threads == 1 ? "" : "s", e2e_plan(&rows[i]), rows[i].facts.from_wisdom,
               rows[i].facts.planned);
    printf("\nhead: %s\n", rows[0].facts.head);
}

/* "linear 3.1 us (60 %): tables 0.1, multiply 2.8, epilogue 0.2" */
static void print_breakdown(const struct tern_e2e_row *r) {
    double all = 0;
    struct e2e_group g = {.to = 0};
    for (size_t i = 0; i < TERN_OPERATIONS; i++) all += r->spent[i];
    puts("  per token, one run more (n = 1: no spread), mean over the workers:");
    while (g.to < TERN_OPERATIONS) {
        g = e2e_group(r, g.to);
        printf("    %s %.1f us (%.0f %%)", g.name, 1e6 * g.seconds, 100 * g.seconds / all);
        for (size_t i = g.from; g.to - g.from > 1 && i < g.to; i++)
            printf("%s %s %.1f", i == g.from ? ":" : ",", tern_spent_name((enum tern_operation)i),
                   1e6 * r->spent[i]);
        putchar('\n');
    }
}

static void print_extras(const struct tern_e2e_row *r) {
    printf("\n%s, %zu thread%s:\n", r->test, r->threads, r->threads == 1 ? "" : "s");
    if (r->share.n) {
        printf("  %.1f %% of %s, %.1f %s", 100 * r->share.median, r->ceiling_name, r->ceiling.median,
               r->decode ? "GB/s" : "GMAC/s");
        if (isfinite(r->share.ci_lo))
            printf(" (medians of n = %zu, 95 %% interval %.1f to %.1f %%)\n", r->share.n,
                   100 * r->share.ci_lo, 100 * r->share.ci_hi);
        else
            printf(" (medians of n = %zu; fewer than 6: no interval)\n", r->share.n);
    } else {
        printf("  share of the ceiling: not measured: %s\n", r->why_no_share);
    }
    if (r->joules.n)
        printf("  %.4f J/token (median of n = %zu, deviation %.4f)\n", r->joules.median, r->joules.n,
               r->joules.mad);
    else
        printf("  J/token: not measured: %s\n", r->why_no_joules);
    if (r->facts.exact.steps)
        printf("  exact2 head: %.0f rows computed in full per token (mean of n = %llu tokens)\n",
               (double)r->facts.exact.rescored / (double)r->facts.exact.steps,
               (unsigned long long)r->facts.exact.steps);
    if (r->has_breakdown) print_breakdown(r);
}

int e2e_print(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count) {
    char why[256];
    for (size_t i = 0; i < count; i++)
        if (tern_e2e_why_off(&rows[i], why, sizeof why)) fprintf(stderr, "tern: warning: %s\n", why);
    const int asked = j->o.ceilings || j->o.energy || j->o.breakdown || rows[0].facts.exact.steps;
    if (j->output == E2E_JSON) return e2e_print_json(j, rows, count);
    if (j->output == E2E_CSV) return print_csv(j, rows, count), 0;
    print_md(j, rows, count);
    for (size_t i = 0; asked && i < count; i++) print_extras(&rows[i]);
    return 0;
}
