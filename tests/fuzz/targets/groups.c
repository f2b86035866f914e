/* Groups of counters, and their formulas. */
#include "../frame.h"

#include "base/expression.h"
#include "measure/counters/groups.h"

#include <math.h>
#include <stdlib.h>

static void use(const struct tern_counter_group *g) {
    struct tern_formula_name name[TERN_GROUP_EVENTS + TERN_GROUP_VARIABLES];
    size_t n = 0;
    double out;
    char buffer[256];
    const char *why;
    for (size_t i = 0; i < g->events; i++) {
        name[n++] = (struct tern_formula_name){g->event[i].name, (double)(i + 1)};
        tern_event_name(&g->event[i], buffer, sizeof buffer, &why);
    }
    for (size_t i = 0; i < TERN_GROUP_VARIABLES; i++)
        name[n++] = (struct tern_formula_name){tern_group_variable[i], i % 2 ? NAN : 3};
    for (size_t i = 0; i < g->metrics; i++) {
        struct tern_error e = {""};
        const enum tern_status s = tern_formula(g->metric[i].formula, name, n, &out, &e);
        fuzz_said(s, &e);
        FUZZ_MUST(s ? isnan(out) && s != TERN_BAD_INPUT : isfinite(out));
    }
}

void fuzz_on_groups(const uint8_t *data, size_t bytes) {
    char *json = fuzz_text(data, bytes);
    struct tern_counter_group g;
    struct tern_error e = {""};
    const enum tern_status s = tern_group_parse(json, "input", &g, &e);
    fuzz_said(s, &e);
    if (!s) use(&g);
    free(json);
}
