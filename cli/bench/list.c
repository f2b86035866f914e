/* The parts of `tern bench` that speak of counters and energy before anything is timed. */
#define _GNU_SOURCE
#include "cli/bench/case.h"
#include "cli/command.h"

#include "measure/counters/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_SECONDS 0.5

/* How many events of a group can be opened here; *why gets the first reason against one. */
static size_t usable_events(const struct tern_counter_group *g, const char **why) {
    size_t n = 0;
    *why = NULL;
    for (size_t i = 0; i < g->events; i++) {
        char buffer[96];
        const char *reason;
        if (tern_event_name(&g->event[i], buffer, sizeof buffer, &reason))
            n++;
        else if (!*why)
            *why = reason;
    }
    return n;
}

int tern_bench_groups(const char *list, struct tern_bench_plan *plan) {
    struct tern_error e = {0};
    char *copy = strdup(list), *save = NULL;
    int rc = 0;
    for (char *name = copy ? strtok_r(copy, ",", &save) : NULL; name && !rc;
         name = strtok_r(NULL, ",", &save)) {
        const char *why;
        if (plan->groups == TERN_BENCH_GROUPS) {
            rc = tern_cli_usage("bench", "--counters: more than %d groups", TERN_BENCH_GROUPS);
            break;
        }
        struct tern_counter_group *g = &plan->group[plan->groups++];
        const enum tern_status s = tern_group_find(name, g, &e);
        if (s) {
            rc = tern_cli_fail(s, &e);
        } else if (!usable_events(g, &why) && why) {
            const struct tern_counters_facts *f = tern_counters_facts();
            rc = tern_cli_fail(tern_fail(&e, TERN_UNSUPPORTED, "counters: group %s: %.380s%s%.120s", g->name,
                                         why, f->remedy ? " -> " : "", f->remedy ? f->remedy : ""),
                               &e);
        }
    }
    free(copy);
    return rc;
}

/* What can be done about a source that was named; "" when nothing helps. */
static const char *remedy_of(const char *source) {
    const struct tern_energy_facts *f = tern_energy_sources();
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++)
        if (f[i].source != TERN_ENERGY_NONE && !strcmp(tern_energy_source_name(f[i].source), source))
            return f[i].remedy;
    return "";
}

int tern_bench_energy(const char *source, struct tern_bench_plan *plan) {
    struct tern_error e = {0};
    if (!strcmp(source, "model") || !strncmp(source, "model:", 6)) {
        const enum tern_status s = tern_energy_model_read(source[5] ? source + 6 : NULL, &plan->model, &e);
        plan->modelled = !s;
        return s ? tern_cli_fail(s, &e) : 0;
    }
    if (!strcmp(source, "auto")) {
        const struct tern_energy_facts *f = tern_energy_facts();
        if (f->why_not[0])
            return tern_cli_fail(tern_fail(&e, TERN_UNSUPPORTED, "%.300s%s%.180s", f->why_not,
                                           f->remedy[0] ? " -> " : "", f->remedy),
                                 &e);
        source = tern_energy_source_name(f->source);
    }
    enum tern_status s = tern_energy_open_source(source, &plan->energy, &e);
    if (!s) s = tern_energy_probe(plan->energy, NULL, &e);
    if (!s) s = tern_energy_idle(plan->energy, IDLE_SECONDS, &plan->idle_watts, &e);
    const char *remedy = s == TERN_UNSUPPORTED ? remedy_of(source) : "";
    if (remedy[0]) {
        struct tern_error bare = e;
        tern_fail(&e, s, "%.300s -> %.200s", bare.text, remedy);
    }
    return s ? tern_cli_fail(s, &e) : 0;
}

int tern_bench_list_counters(void) {
    size_t backends;
    const struct tern_counters_facts *f = tern_counters_backends(&backends);
    struct tern_error e = {0};
    printf("back-ends\n");
    for (size_t i = 0; i < backends; i++) {
        printf("  %-14s %-4s %s\n", f[i].backend, f[i].why_not ? "no" : "yes",
               f[i].why_not ? f[i].why_not : f[i].gives);
        if (f[i].why_not) printf("  %-14s %-4s -> %s\n", "", "", f[i].remedy);
    }
    printf("\ngroups\n");
    for (size_t i = 0; i < tern_groups_count(); i++) {
        struct tern_counter_group g;
        const char *why;
        const enum tern_status s = tern_group_builtin(i, &g, &e);
        if (s) return tern_cli_fail(s, &e);
        const size_t n = usable_events(&g, &why);
        printf("  %-14s %-4s %s\n", g.name, n || !g.events ? "yes" : "no", g.about);
        for (size_t k = 0; k < g.metrics; k++)
            printf("  %-14s %-4s %s = %s%s%s%s\n", "", "", g.metric[k].name, g.metric[k].formula,
                   g.metric[k].unit[0] ? " (" : "", g.metric[k].unit, g.metric[k].unit[0] ? ")" : "");
        if (why) printf("  %-14s %-4s %zu of %zu events here: %s\n", "", "", n, g.events, why);
    }
    return 0;
}
