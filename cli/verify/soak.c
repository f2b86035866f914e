#define _GNU_SOURCE
#include "cli/verify/soak.h"

#include "base/talk/progress.h"
#include "cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The variants of one weight format, or all float operations. */
struct family {
    const char *name;
    size_t subjects, not_run, failed;
    uint64_t cases, products;
};

struct result {
    const struct tern_cli_soak *soak;
    struct tern_soak_subject *subject;
    size_t count;
    struct family *family;
    size_t families;
    struct family all;
    json_t *failures;
    struct tern_progress bar;
    double seconds, processor_seconds;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double processor_seconds(void) {
    struct rusage u;
    if (getrusage(RUSAGE_CHILDREN, &u)) return 0;
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* What was wrong, and the command that shows it again. */
static void print_failure(struct result *r, const struct tern_soak_subject *s) {
    char name[96], text[320], again[160];
    const char *verdict = tern_verdict_name(s->verdict.kind);
    tern_soak_name(s, name, sizeof name);
    tern_soak_case_text(s, s->bad, text, sizeof text);
    snprintf(again, sizeof again, "tern verify --filter '^%s$' --again %llu", name,
             (unsigned long long)s->bad);
    if (r->soak->output == TERN_CLI_VERIFY_JSON)
        json_array_append_new(r->failures,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "variant", name, "verdict", verdict,
                                        "case", text, "text", s->verdict.text, "again", again));
    else
        printf("%s%s %s: %s: %s\n%s  again: %s\n", r->soak->output == TERN_CLI_VERIFY_TAP ? "# " : "",
               verdict, name, text, s->verdict.text, r->soak->output == TERN_CLI_VERIFY_TAP ? "# " : "",
               again);
    fflush(stdout);
}

static void on_turn(void *ctx, const struct tern_soak_subject *s, double done) {
    struct result *r = ctx;
    char name[96];
    tern_soak_name(s, name, sizeof name);
    if (s->bad) {
        if (r->bar.on) fputs("\r\033[K", stderr);
        print_failure(r, s);
    }
    tern_progress_step(&r->bar, done, name);
}

static void add(struct family *f, const struct tern_soak_subject *s) {
    f->subjects++;
    f->not_run += s->verdict.kind == TERN_NOT_RUN;
    f->failed += s->bad != 0;
    f->cases += s->cases;
    f->products += s->products;
}

static struct family *family_of(struct result *r, const struct tern_soak_subject *s) {
    const char *name = s->variant ? s->variant->format->name : "operations";
    size_t i = 0;
    while (i < r->families && strcmp(r->family[i].name, name) != 0) i++;
    if (i == r->families) r->family[r->families++].name = name;
    return &r->family[i];
}

static void count_families(struct result *r) {
    for (size_t i = 0; i < r->count; i++) {
        add(&r->all, &r->subject[i]);
        add(family_of(r, &r->subject[i]), &r->subject[i]);
    }
}

static json_t *family_json(const struct family *f) {
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "family", f->name, "subjects", (json_int_t)f->subjects,
                     "not_run", (json_int_t)f->not_run, "failed", (json_int_t)f->failed, "cases",
                     (json_int_t)f->cases, "products", (json_int_t)f->products);
}

static int print_json(const struct result *r) {
    json_t *families = json_array();
    for (size_t i = 0; i < r->families; i++) json_array_append_new(families, family_json(&r->family[i]));
    return tern_cli_print_json(json_pack("{s:I, s:s, s:f, s:f, s:o, s:o, s:O}", "seed",
                                         (json_int_t)r->soak->options.seed, "isa", r->soak->level, "seconds",
                                         r->seconds, "processor_seconds", r->processor_seconds, "families",
                                         families, "all", family_json(&r->all), "failures", r->failures));
}

static void print_family(const struct result *r, size_t i) {
    const struct family *f = &r->family[i];
    if (r->soak->output == TERN_CLI_VERIFY_TAP)
        printf("%s %zu - soak of %s: %zu run, %llu cases%s\n", f->failed ? "not ok" : "ok", i + 1, f->name,
               f->subjects - f->not_run, (unsigned long long)f->cases,
               f->subjects == f->not_run ? " # SKIP none runs here" : "");
    else
        printf("%-12s %4zu run %4zu not run here %4zu failed %12llu cases %10.3g products\n", f->name,
               f->subjects - f->not_run, f->not_run, f->failed, (unsigned long long)f->cases,
               (double)f->products);
}

static int print_result(const struct result *r) {
    if (r->soak->output == TERN_CLI_VERIFY_JSON) return print_json(r);
    if (r->soak->output == TERN_CLI_VERIFY_TAP) printf("1..%zu\n", r->families);
    for (size_t i = 0; i < r->families; i++) print_family(r, i);
    printf("%s%zu variants and operations, %llu cases, %.3g products, %zu failed, in %.0f s (%.0f s of "
           "processor time)\n",
           r->soak->output == TERN_CLI_VERIFY_TAP ? "# " : "", r->all.subjects - r->all.not_run,
           (unsigned long long)r->all.cases, (double)r->all.products, r->all.failed, r->seconds,
           r->processor_seconds);
    return 0;
}

static volatile sig_atomic_t stop; /* a soak that is interrupted tells what it has done */

static void on_signal(int number) {
    (void)number;
    stop = 1;
}

static enum tern_status soak(struct result *r, struct tern_error *e) {
    const struct tern_cli_soak *s = r->soak;
    r->all.name = "all";
    r->count = s->variants + s->operations;
    r->subject = calloc(r->count, sizeof *r->subject);
    r->family = calloc(r->count, sizeof *r->family);
    r->failures = json_array();
    if (!r->subject || !r->family || !r->failures)
        return tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    for (size_t i = 0; i < s->variants; i++) r->subject[i].variant = s->variant[i];
    for (size_t i = 0; i < s->operations; i++) r->subject[s->variants + i].operation = s->operation[i];
    tern_progress_begin(&r->bar, "soak", s->quiet);
    const struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    struct tern_soak_options options = s->options;
    options.stop = &stop;
    const double started = now();
    const enum tern_status status = tern_soak(r->subject, r->count, &options, on_turn, r, e);
    r->seconds = now() - started;
    r->processor_seconds = processor_seconds();
    tern_progress_end(&r->bar);
    return status;
}

int tern_cli_soak(const struct tern_cli_soak *s) {
    struct result r = {.soak = s};
    struct tern_error e = {""};
    if (s->output != TERN_CLI_VERIFY_JSON)
        printf("%sseed %llu, isa %s\n", s->output == TERN_CLI_VERIFY_TAP ? "TAP version 13\n# " : "",
               (unsigned long long)s->options.seed, s->level);
    fflush(stdout);
    const enum tern_status status = soak(&r, &e);
    int rc;
    if (status)
        rc = tern_cli_fail(status, &e);
    else {
        count_families(&r);
        rc = print_result(&r);
        if (!rc) rc = r.all.failed ? 1 : r.all.subjects == r.all.not_run ? 77 : 0;
    }
    json_decref(r.failures);
    free(r.subject);
    free(r.family);
    return rc;
}
