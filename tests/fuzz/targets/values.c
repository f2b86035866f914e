/* Values in arguments and in the environment: the first byte chooses what the rest is read as: a problem, a list of
 * numbers, an expression, a formula, instruction sets, a list of processors, a quoted text of a report. */
#define _GNU_SOURCE
#include "../frame.h"

#include "base/expression.h"
#include "base/isa.h"
#include "measure/sysfs.h"
#include "reports/data/text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void expression(const char *text) {
    static const struct tern_name whole[] = {{"m", 640}, {"k", INT64_MAX}, {"n", -1}};
    static const struct tern_formula_name real[] = {{"ns", 12.5}, {"bytes", NAN}, {"weights", 1e300}};
    int64_t i;
    double d = 0;
    struct tern_error e = {""};
    fuzz_said(tern_expression(text, whole, 3, &i, &e), &e);
    const enum tern_status s = tern_formula(text, real, 3, &d, &e);
    fuzz_said(s, &e);
    FUZZ_MUST(s ? isnan(d) : isfinite(d));
    if (!s) FUZZ_MUST(!tern_formula_check(text, real, 3, &e));
}

static void sets(const char *text) {
    uint32_t mask = 0;
    char names[512];
    struct tern_error e = {""};
    const enum tern_status s = tern_isa_parse(text, &mask, &e);
    fuzz_said(s, &e);
    if (s) return;
    tern_isa_text(mask, names, sizeof names);
    FUZZ_MUST(names[0] && tern_isa_level_name(mask));
}

static void add(void *ctx, int n) {
    (void)n;
    ++*(int *)ctx;
}

static void list(const char *text) {
    int seen = 0;
    const int n = tern_sys_list(text, add, &seen);
    FUZZ_MUST(n < 0 || n == seen);
}

/* No text gets out of its place. */
static void quoted(const char *text) {
    struct tern_text t = {0};
    tern_text_html(&t, text);
    FUZZ_MUST(!t.used || !strpbrk(t.data, "<>\"'"));
    tern_text_free(&t);
    tern_text_label(&t, text);
    FUZZ_MUST(!t.used || !strpbrk(t.data, "<>\"'`$\\\n{}@^"));
    tern_text_free(&t);
    tern_text_markdown(&t, text);
    FUZZ_MUST(!t.used || !strpbrk(t.data, "\n\r"));
    tern_text_free(&t);
    tern_text_csv(&t, text);
    tern_text_shell(&t, text);
    FUZZ_MUST(!t.failed);
    tern_text_free(&t);
}

void fuzz_on_values(const uint8_t *data, size_t bytes) {
    static void (*const what[])(const char *) = {expression, sets, list, quoted};
    if (!bytes) return;
    char *text = fuzz_text(data + 1, bytes - 1);
    what[data[0] % 4](text);
    free(text);
}
