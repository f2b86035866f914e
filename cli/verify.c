#define _GNU_SOURCE
#include "cli/command.h"

#include "base/isa.h"
#include "base/progress.h"
#include "kernels/verify/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int run(int argc, char **argv);

const struct tern_command tern_command_verify = {
    "verify", "every runnable variant against the scalar reference, adversarial inputs, guard pages",
    "usage: tern verify [--filter RE] [--seed N] [--isa LEVEL] [--quick] [--timeout S] [--tap] [--json] "
    "[-q]\n\n"
    "Every variant that runs here against the scalar reference: adversarial inputs, guard pages, a process "
    "of its own.\n"
    "Exit code 1 when a variant is wrong, crashes or hangs.\n\n"
    "  -f, --filter RE   only variants whose name matches this extended regular expression\n"
    "  -s, --seed N      seed of the random inputs (default: from the clock; always printed)\n"
    "  -i, --isa LEVEL   at most this level (as TERN_ISA)\n"
    "      --quick       the adversarial core only\n"
    "      --timeout S   seconds after which a variant counts as hanging (default 120, 10 with --quick)\n"
    "  -t N              variants checked at the same time (default: one per processor)\n"
    "      --tap         Test Anything Protocol, for meson test\n"
    "      --json        machine-readable\n"
    "  -q, --quiet       no progress bar\n\n"
    "example: tern verify --isa avx2 --seed 1\n",
    run};

enum output { TEXT, TAP, JSON };

/* What the verdicts are collected in: they come in the order of finishing and are printed in that of the
 * registry. */
struct session {
    enum output out;
    const struct tern_variant **list;
    struct tern_verdict *verdict;
    char *done;
    size_t count, printed, finished;
    size_t tally[5];
    struct tern_progress bar;
    json_t *all;
};

static void print_verdict(struct session *s, size_t i) {
    const struct tern_variant *v = s->list[i];
    const struct tern_verdict *d = &s->verdict[i];
    const char *name = tern_verdict_name(d->kind);
    if (s->out == TAP) {
        if (d->kind == TERN_NOT_RUN)
            printf("ok %zu - %s # SKIP %s\n", i + 1, v->name, d->text);
        else
            printf("%s %zu - %s (%u cases)\n", d->kind == TERN_PASSED ? "ok" : "not ok", i + 1, v->name,
                   d->cases);
        if (d->kind != TERN_PASSED && d->kind != TERN_NOT_RUN) printf("# %s: %s\n", name, d->text);
    } else if (s->out == TEXT) {
        printf("%-9s %-42s %5u cases %6.2f s%s%s\n", name, v->name, d->cases, d->seconds,
               d->text[0] ? "  " : "", d->text);
    } else {
        json_array_append_new(s->all,
                              json_pack("{s:s, s:s, s:i, s:f, s:s}", "variant", v->name, "verdict", name,
                                        "cases", (int)d->cases, "seconds", d->seconds, "text", d->text));
    }
    fflush(stdout);
}

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    (void)proof;
    struct session *s = ctx;
    s->verdict[index] = *verdict;
    s->done[index] = 1;
    s->finished++;
    s->tally[verdict->kind]++;
    if (s->bar.on) fputs("\r\033[K", stderr);
    while (s->printed < s->count && s->done[s->printed]) print_verdict(s, s->printed++);
    tern_progress_step(&s->bar, (double)s->finished / (double)s->count, s->list[index]->name);
}

static int run(int argc, char **argv) {
    static const struct option options[] = {
        {"filter", required_argument, 0, 'f'}, {"seed", required_argument, 0, 's'},
        {"isa", required_argument, 0, 'i'},    {"quick", no_argument, 0, 'Q'},
        {"tap", no_argument, 0, 'P'},          {"json", no_argument, 0, 'j'},
        {"quiet", no_argument, 0, 'q'},        {"timeout", required_argument, 0, 'T'},
        {"help", no_argument, 0, 'h'},         {0}};
    enum output out = TEXT;
    int quiet = 0;
    const char *re = NULL, *isa = NULL;
    size_t seed = (size_t)time(NULL), jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    struct tern_verify_options opt = {.effort = TERN_VERIFY_FULL};
    for (int o; (o = tern_cli_getopt(argc, argv, "f:s:i:t:qh", options, &tern_command_verify)) != -1;) {
        if (o == 'f')
            re = optarg;
        else if (o == 's') {
            if (!tern_cli_size("verify", "--seed", optarg, 0, SIZE_MAX / 2, &seed)) return 3;
        } else if (o == 'T') {
            size_t t;
            if (!tern_cli_size("verify", "--timeout", optarg, 1, 86400, &t)) return 3;
            opt.timeout_seconds = (unsigned)t;
        } else if (o == 't') {
            if (!tern_cli_size("verify", "-t", optarg, 1, 64, &jobs)) return 3;
        } else if (o == 'i')
            isa = optarg;
        else if (o == 'Q')
            opt.effort = TERN_VERIFY_QUICK;
        else if (o == 'P')
            out = TAP;
        else if (o == 'j')
            out = JSON;
        else if (o == 'q')
            quiet = 1;
        else
            return 3;
    }
    if (optind < argc) return tern_cli_usage("verify", "unexpected argument '%s'", argv[optind]);
    struct tern_error e = {{0}};
    enum tern_status s = tern_isa_usable(&opt.usable, &e);
    uint32_t limit = UINT32_MAX;
    if (!s && isa) s = tern_isa_parse(isa, &limit, &e);
    if (s) return tern_cli_fail(s, &e);
    opt.usable &= limit;
    opt.seed = seed;
    struct tern_cli_filter filter;
    if (!tern_cli_filter_new("verify", re, &filter)) return 3;

    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    struct session ses = {.out = out, .all = json_array()};
    ses.list = calloc(count, sizeof *ses.list);
    ses.verdict = calloc(count, sizeof *ses.verdict);
    ses.done = calloc(count, 1);
    int rc = 4;
    if (!ses.list || !ses.verdict || !ses.done) {
        tern_fail(&e, TERN_NO_MEMORY, "verify: out of memory");
        rc = tern_cli_fail(TERN_NO_MEMORY, &e);
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        if (tern_cli_matches(&filter, v[i].name)) ses.list[ses.count++] = &v[i];
    if (ses.count == 0) {
        rc = tern_cli_usage("verify", "--filter: no variant matches '%s'", re);
        goto done;
    }
    const char *level = tern_isa_level_name(opt.usable);
    if (out == TAP) printf("TAP version 13\n1..%zu\n# seed %zu, isa %s\n", ses.count, seed, level);
    if (out == TEXT) printf("seed %zu, isa %s\n", seed, level);
    tern_progress_begin(&ses.bar, "verify", quiet);
    s = tern_prove_all(ses.list, ses.count, jobs, &opt, on_verdict, &ses, &e);
    tern_progress_end(&ses.bar);
    if (s) {
        rc = tern_cli_fail(s, &e);
        goto done;
    }
    rc = ses.tally[TERN_WRONG] + ses.tally[TERN_CRASHED] + ses.tally[TERN_TIMED_OUT] ? 1 : 0;
    if (out == JSON) {
        json_t *doc =
            json_pack("{s:I, s:s, s:O}", "seed", (json_int_t)seed, "isa", level, "variants", ses.all);
        if (tern_cli_print_json(doc)) rc = 3;
    }
    if (out == TEXT)
        printf("%zu passed, %zu wrong, %zu crashed, %zu timed out, %zu not run here\n",
               ses.tally[TERN_PASSED], ses.tally[TERN_WRONG], ses.tally[TERN_CRASHED],
               ses.tally[TERN_TIMED_OUT], ses.tally[TERN_NOT_RUN]);
done:
    json_decref(ses.all);
    free(ses.list);
    free(ses.verdict);
    free(ses.done);
    tern_cli_filter_free(&filter);
    return rc;
}
