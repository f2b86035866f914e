#define _GNU_SOURCE
#include "cli/command.h"

#include "base/isa.h"
#include "base/progress.h"
#include "kernels/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int run(int argc, char **argv);

const struct tern_command tern_command_verify = {
    "verify", "every runnable variant against the scalar reference, adversarial inputs, guard pages",
    "usage: tern verify [--filter RE] [--seed N] [--isa LEVEL] [--quick] [--timeout S] [--tap] [--json] "
    "[-q]\n\n"
    "  --filter RE   only variants whose name matches this extended regular expression\n"
    "  --seed N      seed of the random inputs (default: from the clock; always printed)\n"
    "  --isa LEVEL   at most this level (as TERN_ISA)\n"
    "  --quick       the adversarial core only\n"
    "  --timeout S   seconds after which a variant counts as hanging (default 120, 20 with --quick)\n"
    "  --tap         Test Anything Protocol, for meson test\n"
    "  --json        machine-readable\n\n"
    "exit code 1 when a variant is wrong, crashes or hangs.\n"
    "example: tern verify --isa avx2 --seed 1\n",
    run};

enum output { TEXT, TAP, JSON };

static void print_verdict(enum output out, size_t number, const struct tern_variant *v,
                          const struct tern_verdict *d, json_t *all) {
    const char *name = tern_verdict_name(d->kind);
    if (out == TAP) {
        if (d->kind == TERN_NOT_RUN)
            printf("ok %zu - %s # SKIP %s\n", number, v->name, d->text);
        else
            printf("%s %zu - %s (%u cases)\n", d->kind == TERN_PASSED ? "ok" : "not ok", number, v->name,
                   d->cases);
        if (d->kind != TERN_PASSED && d->kind != TERN_NOT_RUN) printf("# %s: %s\n", name, d->text);
    } else if (out == TEXT) {
        printf("%-9s %-42s %5u cases %6.2f s%s%s\n", name, v->name, d->cases, d->seconds,
               d->text[0] ? "  " : "", d->text);
    } else {
        json_array_append_new(all, json_pack("{s:s, s:s, s:i, s:f, s:s}", "variant", v->name, "verdict", name,
                                             "cases", (int)d->cases, "seconds", d->seconds, "text", d->text));
    }
    fflush(stdout);
}

static int run(int argc, char **argv) {
    static const struct option options[] = {
        {"filter", required_argument, 0, 'f'}, {"seed", required_argument, 0, 's'},
        {"isa", required_argument, 0, 'i'},    {"quick", no_argument, 0, 'Q'},
        {"tap", no_argument, 0, 't'},          {"json", no_argument, 0, 'j'},
        {"quiet", no_argument, 0, 'q'},        {"timeout", required_argument, 0, 'T'},
        {"help", no_argument, 0, 'h'},         {0}};
    enum output out = TEXT;
    int quiet = 0;
    const char *re = NULL, *isa = NULL;
    size_t seed = (size_t)time(NULL);
    struct tern_verify_options opt = {.effort = TERN_VERIFY_FULL};
    for (int o; (o = tern_cli_getopt(argc, argv, "f:s:i:qh", options, &tern_command_verify)) != -1;) {
        if (o == 'f')
            re = optarg;
        else if (o == 's') {
            if (!tern_cli_size("verify", "--seed", optarg, 0, SIZE_MAX / 2, &seed)) return 3;
        } else if (o == 'T') {
            size_t t;
            if (!tern_cli_size("verify", "--timeout", optarg, 1, 86400, &t)) return 3;
            opt.timeout_seconds = (unsigned)t;
        } else if (o == 'i')
            isa = optarg;
        else if (o == 'Q')
            opt.effort = TERN_VERIFY_QUICK;
        else if (o == 't')
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

    size_t count, selected = 0, at = 0, tally[5] = {0};
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++) selected += (size_t)tern_cli_matches(&filter, v[i].name);
    if (out == TAP)
        printf("TAP version 13\n1..%zu\n# seed %zu, isa %s\n", selected, seed,
               tern_isa_level_name(opt.usable));
    if (out == TEXT) printf("seed %zu, isa %s\n", seed, tern_isa_level_name(opt.usable));
    json_t *all = json_array();
    struct tern_progress bar;
    tern_progress_begin(&bar, "verify", quiet);
    for (size_t i = 0; i < count && !s; i++) {
        if (!tern_cli_matches(&filter, v[i].name)) continue;
        struct tern_verdict d;
        const struct tern_proof *proof;
        tern_progress_step(&bar, (double)at / (double)selected, v[i].name);
        s = tern_prove(&v[i], &opt, &d, &proof, &e);
        if (s) break;
        if (bar.on) fputs("\r\033[K", stderr);
        print_verdict(out, ++at, &v[i], &d, all);
        tally[d.kind]++;
    }
    tern_progress_end(&bar);
    tern_cli_filter_free(&filter);
    if (s) return json_decref(all), tern_cli_fail(s, &e);
    const size_t bad = tally[TERN_WRONG] + tally[TERN_CRASHED] + tally[TERN_TIMED_OUT];
    int rc = bad ? 1 : 0;
    if (out == JSON) {
        json_t *doc = json_pack("{s:I, s:s, s:o}", "seed", (json_int_t)seed, "isa",
                                tern_isa_level_name(opt.usable), "variants", all);
        return tern_cli_print_json(doc) ? 3 : rc;
    }
    json_decref(all);
    if (selected == 0) return tern_cli_usage("verify", "--filter: no variant matches '%s'", re);
    if (out == TEXT)
        printf("%zu passed, %zu wrong, %zu crashed, %zu timed out, %zu not run here\n", tally[TERN_PASSED],
               tally[TERN_WRONG], tally[TERN_CRASHED], tally[TERN_TIMED_OUT], tally[TERN_NOT_RUN]);
    return rc;
}
