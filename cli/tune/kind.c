/* What `tern tune` works on: kinds of core, and the problems of each. */
#define _GNU_SOURCE
#include "cli/tune/tune.h"

#include "cli/command.h"
#include "tuner/wisdom/core_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "auto": powers of two, the cores, all processors. A range of counts: "2..8", "1..max". Returns how many. */
static size_t counts_of(const char *word, const struct tern_machine *m, size_t *out, int *bad) {
    size_t n = 0, from, to = m->cpus;
    char text[32];
    const char *dots = strstr(word, "..");
    *bad = 0;
    if (!strcmp(word, "auto")) {
        for (size_t t = 1; t < m->cpus; t *= 2) {
            if (m->cores < t && n && out[n - 1] < m->cores) out[n++] = m->cores;
            out[n++] = t;
        }
        if (n && out[n - 1] < m->cores && m->cores < m->cpus) out[n++] = m->cores;
        out[n++] = m->cpus;
        return n;
    }
    snprintf(text, sizeof text, "%.*s", (int)(dots ? dots - word : 31), word);
    *bad = !tern_cli_size("tune", "--threads", text, 1, 4096, &from);
    if (!*bad && !dots) to = from;
    if (!*bad && dots && strcmp(dots + 2, "max"))
        *bad = !tern_cli_size("tune", "--threads", dots + 2, from, 4096, &to);
    for (size_t t = from; !*bad && t <= to && n < TERN_MAX_COUNTS; t++) out[n++] = t;
    if (!*bad && (!n || out[n - 1] != to)) {
        *bad = 1;
        tern_cli_usage("tune", "--threads: '%s' must give 1 to %d counts", word, TERN_MAX_COUNTS);
    }
    return n;
}

/* The thread counts of the arguments, ascending as given; *many: that they are to be compared. 0: bad input.
 */
static int take_threads(const char *text, const struct tern_machine *m, struct tern_cli_numbers *out,
                        int *many) {
    char *copy = strdup(text), *save = NULL;
    size_t *list = NULL, count = 0;
    int bad = !copy;
    *many = strstr(text, "auto") || strstr(text, "..");
    for (char *w = bad ? NULL : strtok_r(copy, ",", &save); w && !bad; w = strtok_r(NULL, ",", &save)) {
        size_t *grown = realloc(list, (count + 2 * TERN_MAX_COUNTS) * sizeof *list);
        if (!grown) break;
        list = grown;
        count += counts_of(w, m, list + count, &bad);
    }
    free(copy);
    if (!bad && count) return out->item = list, out->count = count, 1;
    if (!bad) tern_cli_usage("tune", "--threads: an empty list");
    free(list);
    return 0;
}

/* Of thread counts given for all kinds of core, those that this one has processors for. 0: none is left. */
static int fit_threads(const struct tern_machine *m, struct tern_cli_numbers *threads) {
    size_t kept = 0;
    if (!tern_core_kind_alone(m)) return 1; /* the tuner refuses too many */
    for (size_t i = 0; i < threads->count; i++) {
        if (threads->item[i] <= m->cpus)
            threads->item[kept++] = threads->item[i];
        else
            fprintf(stderr, "tern: tune: kind %s: %zu threads are left out, because it has %zu processors\n",
                    m->kind[0].name, threads->item[i], m->cpus);
    }
    threads->count = kept;
    if (!kept)
        tern_cli_usage("tune", "--threads: no count fits: kind %s has %zu processors", m->kind[0].name,
                       m->cpus);
    return kept != 0;
}

/* The problems of these thread counts. */
static enum tern_status add_tasks(const struct tern_tune_arguments *a, const struct tern_cli_numbers *threads,
                                  struct tern_tasks *tasks, struct tern_error *e) {
    size_t usual[] = {1, 128};
    const struct tern_cli_numbers both = {usual, 2}, *tokens = a->batch.count ? &a->batch : &both;
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < a->problems.count && !s; i++) {
        const char *text = a->problems.item[i];
        size_t p[3], xs = 0;
        for (const char *c = text; *c; c++) xs += *c == 'x';
        if (!tern_cli_shape("tune", text, &p[0], &p[1], &p[2])) return TERN_SKIPPED; /* said already */
        const int own = xs == 2;
        s = tern_tasks_add_shape(tasks, p[0], p[1], threads->item, threads->count, own ? &p[2] : tokens->item,
                                 own ? 1 : tokens->count, TERN_WCOLD, e);
    }
    if (!s && (a->model || !a->problems.count))
        s = tern_tasks_add_model(tasks, a->model ? a->model : TERN_TUNE_MODEL, threads->item, threads->count,
                                 tokens->item, tokens->count, TERN_WCOLD, e);
    return s;
}

int tern_tune_list(struct tern_tune_arguments *a, struct tern_tasks *tasks) {
    const struct tern_machine *m = a->tune.machine;
    size_t usual[2] = {1, m->cpus};
    struct tern_cli_numbers threads = {usual, m->cpus > 1 ? 2 : 1};
    /* The engine uses all processors. */
    if (!a->problems.count && m->cpus > 1) usual[0] = m->cpus, threads.count = 1;
    struct tern_error e;
    a->tune.compare_threads = 0;
    if (a->threads && !take_threads(a->threads, m, &threads, &a->tune.compare_threads)) return 3;
    const enum tern_status s = fit_threads(m, &threads) ? add_tasks(a, &threads, tasks, &e) : TERN_SKIPPED;
    if (threads.item != usual) free(threads.item);
    return s == TERN_SKIPPED ? 3 : s ? tern_cli_fail(s, &e) : 0;
}

static void announce(const struct tern_tune_arguments *a, const char *wisdom) {
    const struct tern_machine *m = a->tune.machine;
    if (a->json) return;
    printf("kind %s of machine %s: %zu core%s, processors", m->kind[0].name, m->key, m->cores,
           m->cores == 1 ? "" : "s");
    for (size_t i = 0; i < m->cpus; i++) printf(" %d", m->cpu[i]);
    printf("; wisdom %s\n", wisdom ? wisdom : "none");
}

int tern_tune_document(const struct tern_tune_arguments *a, json_t *document) {
    const struct tern_machine *m = a->tune.machine;
    if (!a->documents) return tern_cli_print_json(document);
    json_t *cpus = json_array();
    for (size_t i = 0; i < m->cpus; i++) json_array_append_new(cpus, json_integer(m->cpu[i]));
    json_object_set_new(document, "kind", json_string(m->kind[0].name));
    json_object_set_new(document, "machine", json_string(m->key));
    json_object_set_new(document, "processors", cpus);
    json_array_append_new(a->documents, document);
    return 0;
}

static int one_kind(struct tern_tune_arguments *a, const char *base, tern_tune_fn *one) {
    struct tern_tasks tasks = {0};
    char *wisdom = tern_core_kind_wisdom_path(base, a->tune.machine);
    if (tern_core_kind_alone(a->tune.machine)) announce(a, wisdom);
    int rc = tern_tune_list(a, &tasks);
    if (!rc) rc = one(a, &tasks, wisdom);
    tern_tasks_free(&tasks);
    free(wisdom);
    return rc;
}

int tern_tune_each_kind(struct tern_tune_arguments *a, const char *wisdom, tern_tune_fn *one) {
    const struct tern_machine *whole = a->tune.machine;
    struct tern_machine kind;
    struct tern_error e;
    size_t first = 0, last = whole->core_kinds;
    int worst = 0;
    if (strcmp(a->kind, "all")) {
        const enum tern_status s = tern_core_kind_named(whole, a->kind, &first, &e);
        if (s) return tern_cli_fail(s, &e);
        last = first + 1;
    }
    if (whole->core_kinds < 2) return one_kind(a, wisdom, one);
    if (a->tune.table && last - first > 1)
        return tern_cli_usage("tune", "--record-table: records one kind of core; name it with --kind");
    if (a->json) a->documents = json_array();
    a->tune.budget_seconds /= (double)(last - first);
    for (size_t k = first; k < last && !(a->tune.stop && *a->tune.stop); k++) {
        tern_machine_of_kind(whole, k, &kind);
        a->tune.machine = &kind;
        const int rc = one_kind(a, wisdom, one);
        if (rc > worst) worst = rc;
    }
    a->tune.machine = whole;
    if (a->documents) tern_cli_print_json(json_pack("{s:o}", "kinds", a->documents));
    a->documents = NULL;
    return worst;
}
