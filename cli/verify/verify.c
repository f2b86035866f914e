#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/files.h"
#include "cli/verify/record.h"
#include "cli/verify/soak.h"

#include "base/isa.h"
#include "base/talk/progress.h"
#include "kernels/verify/operations.h"
#include "kernels/verify/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct arguments {
    struct tern_cli_filter filter;
    uint64_t seed;
    const char *isa;
    size_t timeout, jobs;
    struct tern_cli_records records;
    int quick, quiet;
    int output; /* enum tern_cli_verify_output */
    double soak;
    size_t again;
};

static const char *level_name(size_t i) {
    size_t count;
    const struct tern_isa_level *level = tern_isa_levels(&count);
    return i < count ? level[i].name : NULL;
}

static const struct tern_cli_option options[] = {
    {"filter", 'f', "RE", "only variants and operations whose name matches this extended regular expression",
     TERN_CLI_FILTER(struct arguments, filter)},
    {"seed", 's', "N", "seed of the random inputs (default: from the clock; it is always printed)",
     TERN_CLI_SEED(struct arguments, seed, INT64_MAX)},
    {"isa", 'i', "LEVEL", "at most this level, or these levels joined by +, as TERN_ISA does",
     TERN_CLI_TEXT(struct arguments, isa), .word = level_name},
    {"quick", 0, NULL, "only the adversarial core", TERN_CLI_FLAG(struct arguments, quick)},
    {"soak", 0, "S", "random cases for S seconds, in turns, instead of the listed ones",
     TERN_CLI_REAL(struct arguments, soak, 0.001, 1e7)},
    {"again", 0, "CASE", "only the random case of this seed, as a soak names it",
     TERN_CLI_NUMBER(struct arguments, again, 1, INT64_MAX)},
    {"timeout", 0, "S",
     "seconds of processor time after which a variant counts as hanging (default 120, with --quick 10)",
     TERN_CLI_NUMBER(struct arguments, timeout, 1, 86400)},
    {"threads", 't', "N", "variants that are checked at the same time (default: one per processor)",
     TERN_CLI_NUMBER(struct arguments, jobs, 1, 64)},
    TERN_CLI_RECORDS(struct arguments, records),
    {"tap", 0, NULL, "Test Anything Protocol, for meson test",
     TERN_CLI_SWITCH(struct arguments, output, TERN_CLI_VERIFY_TAP)},
    {"json", 0, NULL, "machine-readable", TERN_CLI_SWITCH(struct arguments, output, TERN_CLI_VERIFY_JSON)},
    {"quiet", 'q', NULL, "no progress bar", TERN_CLI_FLAG(struct arguments, quiet)},
};

/* What the verdicts are collected in: they come in the order of finishing and are printed in that of the
 * registry. */
struct session {
    enum tern_cli_verify_output out;
    const struct tern_variant **list;
    size_t *operation;      /* and operations (kernels/verify/operations.h), which come after them */
    size_t variants, count; /* of the list, and of both */
    struct tern_verdict *verdict;
    char *done;
    size_t printed, finished;
    size_t tally[5];
    struct tern_progress bar;
    json_t *all;
};

struct name {
    char text[96];
};

static struct name name_of(const struct session *s, size_t i) {
    struct name n;
    if (i < s->variants)
        snprintf(n.text, sizeof n.text, "%s", s->list[i]->name);
    else
        tern_operation_name(s->operation[i - s->variants], n.text, sizeof n.text);
    return n;
}

static void print_verdict(struct session *s, size_t i) {
    const struct name subject = name_of(s, i);
    const struct tern_verdict *d = &s->verdict[i];
    const char *name = tern_verdict_name(d->kind);
    if (s->out == TERN_CLI_VERIFY_TAP) {
        if (d->kind == TERN_NOT_RUN)
            printf("ok %zu - %s # SKIP %s\n", i + 1, subject.text, d->text);
        else
            printf("%s %zu - %s (%u cases)\n", d->kind == TERN_PASSED ? "ok" : "not ok", i + 1, subject.text,
                   d->cases);
        if (d->kind != TERN_PASSED && d->kind != TERN_NOT_RUN) printf("# %s: %s\n", name, d->text);
    } else if (s->out == TERN_CLI_VERIFY_TEXT) {
        printf("%-9s %-42s %5u cases %6.2f s%s%s\n", name, subject.text, d->cases, d->seconds,
               d->text[0] ? "  " : "", d->text);
    } else {
        json_array_append_new(s->all,
                              json_pack("{s:s, s:s, s:i, s:f, s:s}", "variant", subject.text, "verdict", name,
                                        "cases", (int)d->cases, "seconds", d->seconds, "text", d->text));
    }
    tern_cli_flush();
}

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    (void)proof;
    struct session *s = ctx;
    s->verdict[index] = *verdict;
    s->done[index] = 1;
    s->finished++;
    s->tally[verdict->kind]++;
    tern_progress_wipe(&s->bar);
    while (s->printed < s->count && s->done[s->printed]) print_verdict(s, s->printed++);
    tern_progress_step(&s->bar, (double)s->finished / (double)s->count, name_of(s, index).text);
}

static enum tern_status select_subjects(const struct arguments *a, struct session *s, struct tern_error *e) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    const size_t operations = tern_operation_count();
    s->list = calloc(count, sizeof *s->list);
    s->operation = calloc(operations, sizeof *s->operation);
    s->verdict = calloc(count + operations, sizeof *s->verdict);
    s->done = calloc(count + operations, 1);
    if (!s->list || !s->operation || !s->verdict || !s->done)
        return tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    for (size_t i = 0; i < count; i++)
        if (tern_cli_matches(&a->filter, v[i].name)) s->list[s->variants++] = &v[i];
    s->count = s->variants;
    for (size_t i = 0; i < operations; i++) {
        char name[96];
        tern_operation_name(i, name, sizeof name);
        if (tern_cli_matches(&a->filter, name)) s->operation[s->count++ - s->variants] = i;
    }
    return s->count
               ? TERN_OK
               : tern_fail(e, TERN_BAD_INPUT, "verify: --filter: no variant matches '%s'", a->filter.text);
}

static enum tern_status prove(const struct arguments *a, struct session *s,
                              const struct tern_verify_options *opt, struct tern_error *e) {
    enum tern_status st = tern_prove_all(s->list, s->variants, a->jobs, opt, on_verdict, s, e);
    for (size_t i = s->variants; !st && i < s->count; i++) {
        struct tern_verdict verdict;
        st = tern_prove_operation(s->operation[i - s->variants], opt, &verdict, e);
        if (!st) on_verdict(s, i, &verdict, NULL);
    }
    return st;
}

/* A part of the variants says nothing of the whole: it is recorded only where a file is named. */
static enum tern_status record(const struct arguments *a, const struct session *s, struct tern_error *e) {
    if (a->filter.text && !a->records.file) return TERN_OK;
    char *path = tern_cli_records_target(&a->records);
    const enum tern_status st =
        path ? tern_verify_record(path, s->list, s->verdict, s->variants, e) : TERN_OK;
    free(path);
    return st;
}

/* The last lines, and the exit code. */
static int end(struct session *s, uint64_t seed, const char *level) {
    const int bad = s->tally[TERN_WRONG] + s->tally[TERN_CRASHED] + s->tally[TERN_TIMED_OUT] ? 1 : 0;
    if (s->out == TERN_CLI_VERIFY_TEXT)
        printf("%zu passed, %zu wrong, %zu crashed, %zu timed out, %zu not run here\n", s->tally[TERN_PASSED],
               s->tally[TERN_WRONG], s->tally[TERN_CRASHED], s->tally[TERN_TIMED_OUT],
               s->tally[TERN_NOT_RUN]);
    if (s->out == TERN_CLI_VERIFY_JSON &&
        tern_cli_print_json(
            json_pack("{s:I, s:s, s:O}", "seed", (json_int_t)seed, "isa", level, "variants", s->all)))
        return 3;
    return bad;
}

static void release(struct session *s) {
    json_decref(s->all);
    free(s->list);
    free(s->operation);
    free(s->verdict);
    free(s->done);
}

static int random_cases(const struct arguments *a, const struct session *s, uint32_t usable,
                        const char *level) {
    const struct tern_cli_soak soak = {.variant = s->list,
                                       .variants = s->variants,
                                       .operation = s->operation,
                                       .operations = s->count - s->variants,
                                       .options = {.usable = usable,
                                                   .seed = a->seed,
                                                   .seconds = a->soak,
                                                   .jobs = a->jobs,
                                                   .timeout_seconds = (unsigned)a->timeout,
                                                   .again = a->again},
                                       .output = s->out,
                                       .quiet = a->quiet,
                                       .level = level};
    return tern_cli_soak(&soak);
}

static int verify(const struct arguments *a) {
    struct session ses = {.out = (enum tern_cli_verify_output)a->output, .all = json_array()};
    struct tern_verify_options opt = {.effort = a->quick ? TERN_VERIFY_QUICK : TERN_VERIFY_FULL,
                                      .seed = a->seed,
                                      .timeout_seconds = (unsigned)a->timeout};
    struct tern_error e = {""};
    uint32_t limit = UINT32_MAX;
    enum tern_status s = tern_isa_usable(&opt.usable, &e);
    if (!s && a->isa) s = tern_isa_parse(a->isa, &limit, &e);
    if (!s) s = select_subjects(a, &ses, &e);
    opt.usable &= limit;
    const char *level = tern_isa_level_name(opt.usable);
    if (!s && (a->soak > 0 || a->again)) {
        const int rc = random_cases(a, &ses, opt.usable, level);
        release(&ses);
        return rc;
    }
    if (!s && ses.out == TERN_CLI_VERIFY_TAP)
        printf("TAP version 13\n1..%zu\n# seed %llu, isa %s\n", ses.count, (unsigned long long)a->seed,
               level);
    if (!s && ses.out == TERN_CLI_VERIFY_TEXT)
        printf("seed %llu, isa %s\n", (unsigned long long)a->seed, level);
    if (!s) {
        tern_progress_begin(&ses.bar, "verify", a->quiet);
        s = prove(a, &ses, &opt, &e);
        tern_progress_end(&ses.bar);
    }
    if (!s) s = record(a, &ses, &e);
    const int rc = s ? tern_cli_fail(s, &e) : end(&ses, a->seed, level);
    release(&ses);
    return rc;
}

static int run(int argc, char **argv) {
    struct arguments a = {.seed = (uint64_t)time(NULL), .jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN)};
    int rc = tern_cli_parse(&tern_command_verify, argc, argv, &a, NULL);
    if (rc) return rc;
    if (a.quick && (a.soak > 0 || a.again))
        rc = tern_cli_usage("verify", "--quick: --soak and --again draw other cases than the listed ones");
    else if (a.soak > 0 && a.again)
        rc = tern_cli_usage("verify", "--again: is one case, and --soak draws many");
    else
        rc = verify(&a);
    tern_cli_release(&tern_command_verify, &a);
    return rc;
}

const struct tern_command tern_command_verify = {
    .name = "verify",
    .summary =
        "every runnable variant and float operation against scalar code, adversarial inputs, guard pages",
    .usage = "[options]",
    .about = "Compares every variant that runs here with the scalar reference, on adversarial inputs and "
             "between guard pages, and every float operation (op_...) of every level with the scalar level. "
             "Each runs in a process of its own. The exit code is 1 when one is wrong, crashes or hangs. "
             "With --soak the cases are drawn at random: shapes, parameters, row ranges, shares, threads, "
             "slices of K, alignments and inputs.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .notes = "With --filter nothing is recorded, unless a file is named.",
    .example = "tern verify --isa avx2 --seed 1\ntern verify --soak 60 --filter 'p64.*avx2'",
    .run = run,
};
