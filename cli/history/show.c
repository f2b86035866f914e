/* tern history list, show. */
#define _GNU_SOURCE
#include "cli/history/history.h"

#include "cli/text.h"

#include "measure/records/json_text.h"
#include "reports/data/key.h"
#include "reports/data/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct listing {
    json_t *rows;
    size_t count;
    int csv;
};

static void csv_line(struct tern_text *t, const char *const *field, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i) tern_text_put(t, ",");
        tern_text_csv(t, field[i]);
    }
    tern_text_put(t, "\n");
}

static void list_one(void *ctx, const struct tern_history_count *c) {
    struct listing *l = ctx;
    char records[32], commits[32];
    l->count++;
    snprintf(records, sizeof records, "%zu", c->records);
    snprintf(commits, sizeof commits, "%zu", c->commits);
    if (l->rows) {
        json_array_append_new(l->rows,
                              json_pack("{s:o,s:s,s:o,s:o,s:s,s:s,s:s,s:I,s:I}", "machine",
                                        tern_json_text(c->machine), "kind", c->kind, "variant",
                                        tern_json_text(c->variant), "problem", tern_json_text(c->problem),
                                        "metric", c->metric, "first", c->first, "last", c->last, "records",
                                        (json_int_t)c->records, "commits", (json_int_t)c->commits));
    } else if (l->csv) {
        struct tern_text t = {0};
        const char *field[] = {c->machine, c->kind, c->variant, c->problem, c->metric,
                               c->first,   c->last, records,    commits};
        csv_line(&t, field, 9);
        tern_cli_print_text(&t);
    } else {
        printf("%5zu  %3zu  %-20s  %-20s  %-8s %-40s  %-30s  %s\n", c->records, c->commits, c->last,
               c->machine, c->kind, c->variant, c->problem, c->metric);
    }
}

int history_list(struct tern_history *h, const struct history_arguments *a) {
    struct listing l = {.rows = a->json ? json_array() : NULL, .csv = a->csv};
    struct tern_error e = {""};
    if (a->csv)
        puts("machine,kind,variant,problem,metric,first,last,records,commits");
    else if (!a->json)
        printf("%5s  %3s  %-20s  %-20s  %-8s %-40s  %-30s  %s\n", "n", "cmt", "newest", "machine", "kind",
               "variant", "problem", "metric");
    const enum tern_status s = tern_history_list(h, &a->query, list_one, &l, &e);
    if (s) {
        json_decref(l.rows);
        return tern_cli_fail(s, &e);
    }
    return a->json ? tern_cli_print_json(l.rows) : 0;
}

/* "81.2 us" is for people; here the unit stands as it was recorded. */
static void show_text(const struct tern_record *r) {
    struct tern_text t = {0};
    char problem[256];
    tern_record_problem(r, problem, sizeof problem);
    tern_put_number(&t, r->est.n ? r->est.median : NAN, 5);
    if (r->est.n) {
        tern_text_printf(&t, " %s n=%zu", tern_or_empty(r->unit), r->est.n);
        if (isfinite(r->est.ci_lo)) tern_text_printf(&t, " [%.5g, %.5g]", r->est.ci_lo, r->est.ci_hi);
    } else {
        tern_text_put(&t, " (not measured)");
    }
    printf("%-20s  %-14s  %-8s %-40s  %-30s  %s%s%s%s\n", tern_or_empty(r->ts), tern_or_empty(r->commit),
           r->kind, tern_or_empty(r->variant), problem, t.data ? t.data : "",
           r->source ? "  imported from " : "", tern_or_empty(r->source),
           r->complete ? "" : "  (incomplete)");
    tern_text_free(&t);
}

static void show_csv(const struct tern_record *r) {
    struct tern_text t = {0};
    char problem[256];
    tern_record_problem(r, problem, sizeof problem);
    const char *field[] = {r->ts,      r->machine, r->commit, r->code, r->run,
                           r->variant, r->params,  problem,   r->unit, r->source};
    const double number[] = {r->est.median, r->est.mad, r->est.min, r->est.ci_lo, r->est.ci_hi};
    for (size_t i = 0; i < 10; i++) tern_text_csv(&t, field[i]), tern_text_put(&t, ",");
    for (size_t i = 0; i < 5; i++) tern_put_exact(&t, number[i], ""), tern_text_put(&t, ",");
    tern_text_printf(&t, "%zu\n", r->est.n);
    tern_cli_print_text(&t);
}

static enum tern_status collect(void *ctx, const char *line, struct tern_error *e) {
    json_t *o = json_loads(line, 0, NULL);
    if (strstr(line, "\"kind\":\"annotation\"") == NULL || !json_is_string(json_object_get(o, "text")))
        return json_array_append_new(ctx, o) ? tern_fail(e, TERN_NO_MEMORY, "history: out of memory")
                                             : TERN_OK;
    json_decref(o);
    return TERN_OK;
}

int history_show(struct tern_history *h, const struct history_arguments *a) {
    struct tern_records set;
    struct tern_error e = {""};
    if (a->json) {
        json_t *list = json_array();
        const enum tern_status s = tern_history_export(h, &a->query, collect, list, &e);
        if (!s) return tern_cli_print_json(list);
        json_decref(list);
        return tern_cli_fail(s, &e);
    }
    const enum tern_status s = tern_history_find(h, &a->query, &set, &e);
    if (s) return tern_cli_fail(s, &e);
    if (a->csv)
        puts(
            "ts,machine,commit,code,run,variant,params,problem,unit,source,median,mad,min,ci95_lo,ci95_hi,n");
    for (size_t i = 0; i < set.count; i++) (a->csv ? show_csv : show_text)(&set.item[i]);
    tern_records_free(&set);
    return 0;
}
