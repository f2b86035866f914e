/* Proves variants and operations as `tern verify` does, one after another and without the rest of tern: a program that is linked
 * in a moment, for those who change one kernel at a time (tests/mutants.py), and one that stands alone where nothing else is (an
 * emulated machine).
 *
 * Usage: prove [--quick] [--first] [--timeout S] [--emulated LEVEL] REGEX, or prove --list
 *
 *   --first            stop at the first failure
 *   --emulated LEVEL   the kernels are linked from their own text with the vector words in plain C (emulated/), so this CPU needs
 *                      LEVEL and not the levels in their names. What is proved is the arithmetic and the loops: every sum, bound,
 *                      tail and place. That an instruction does what its word says is left to a CPU that has it.
 *   --list             the names and, in the second column, whether this CPU has their levels: "runs" or "lacks"
 *
 * Prints TAP. The seed is 1. Exit code: 0 all passed, 1 one failed, 2 usage or nothing matches. */
#define _GNU_SOURCE
#include "base/isa.h"
#include "kernels/verify/child.h"
#include "kernels/verify/operations.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
    regex_t filter;
    struct tern_verify_options options;
    uint32_t emulated; /* what the emulation needs; 0: the kernels' own levels are needed */
    int first, failed;
    size_t number;
};

static void run_variant(const void *subject, uint64_t seed, enum tern_verify_effort effort,
                        struct tern_case_report *out) {
    tern_run_cases(subject, seed, effort, out);
}

/* Returns 1 when the next may come. */
static int tell(struct session *s, const char *name, const struct tern_verdict *d) {
    const int bad = d->kind != TERN_PASSED && d->kind != TERN_NOT_RUN;
    printf("%sok %zu - %s, %u cases%s%s%s%s\n", bad ? "not " : "", ++s->number, name, d->cases,
           d->kind == TERN_NOT_RUN ? " # SKIP " : "", bad ? ": " : "", bad ? tern_verdict_name(d->kind) : "",
           bad ? ": " : "");
    if (d->text[0]) printf("# %s\n", d->text);
    fflush(stdout);
    s->failed |= bad;
    return !(bad && s->first);
}

static int prove_variant(struct session *s, const struct tern_variant *v) {
    struct tern_error e;
    struct tern_verdict verdict;
    const uint32_t needs = s->emulated ? s->emulated : v->isa;
    if (needs & ~tern_isa_detected()) {
        tern_verify_lacks(needs & ~tern_isa_detected(), &verdict);
        return tell(s, v->name, &verdict);
    }
    const struct tern_verify_subject subject = {v->name, run_variant, v};
    struct tern_verify_child c;
    if (tern_verify_start(&subject, &s->options, &c, &e)) {
        puts(e.text);
        exit(2);
    }
    tern_verify_collect(&c, &verdict);
    return tell(s, v->name, &verdict);
}

static int matches(const struct session *s, const char *name) {
    return !regexec(&s->filter, name, 0, NULL, 0);
}

static void prove(struct session *s) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++)
        if (matches(s, v[i].name) && !prove_variant(s, &v[i])) return;
    for (size_t i = 0; i < tern_operation_count(); i++) {
        char name[96];
        struct tern_verdict verdict;
        struct tern_error e;
        tern_operation_name(i, name, sizeof name);
        if (!matches(s, name)) continue;
        if (tern_prove_operation(i, &s->options, &verdict, &e)) {
            puts(e.text);
            exit(2);
        }
        if (!tell(s, name, &verdict)) return;
    }
}

static void list(void) {
    size_t count;
    const struct tern_variant *v = tern_variants(&count);
    for (size_t i = 0; i < count; i++)
        printf("%s %s\n", v[i].name, v[i].isa & ~tern_isa_detected() ? "lacks" : "runs");
    for (size_t i = 0; i < tern_operation_count(); i++) {
        char name[96];
        uint32_t needs = 0;
        struct tern_error e;
        tern_operation_name(i, name, sizeof name);
        if (tern_isa_parse(strstr(name, "__") + 2, &needs, &e)) exit(2);
        printf("%s %s\n", name, needs & ~tern_isa_detected() ? "lacks" : "runs");
    }
}

int main(int argc, char **argv) {
    struct session s = {.options = {.usable = tern_isa_detected(), .seed = 1, .effort = TERN_VERIFY_FULL}};
    struct tern_error e;
    int a = 1;
    for (; a < argc && !strncmp(argv[a], "--", 2); a++) {
        if (!strcmp(argv[a], "--quick"))
            s.options.effort = TERN_VERIFY_QUICK;
        else if (!strcmp(argv[a], "--first"))
            s.first = 1;
        else if (!strcmp(argv[a], "--list"))
            return list(), 0;
        else if (!strcmp(argv[a], "--timeout") && a + 1 < argc)
            s.options.timeout_seconds = (unsigned)atoi(argv[++a]);
        else if (!strcmp(argv[a], "--emulated") && a + 1 < argc &&
                 !tern_isa_parse(argv[a + 1], &s.emulated, &e))
            a++;
        else
            break;
    }
    if (a + 1 != argc || regcomp(&s.filter, argv[a], REG_EXTENDED | REG_NOSUB)) {
        fputs("usage: prove [--quick] [--first] [--timeout S] [--emulated LEVEL] REGEX, or prove --list\n",
              stderr);
        return 2;
    }
    prove(&s);
    printf("1..%zu\n", s.number);
    regfree(&s.filter);
    if (!s.number) fprintf(stderr, "prove: no variant and no operation matches '%s'\n", argv[a]);
    return s.number ? s.failed : 2;
}
