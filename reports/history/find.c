/* Lines out. */
#define _GNU_SOURCE
#include "base/starved/json.h"
#include "measure/records/json_text.h"
#include "reports/data/select.h"
#include "reports/data/text.h"
#include "reports/history/database.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A parameter that is NULL matches everything. */
static const char where[] =
    " WHERE (?1 IS NULL OR substr(machine,1,length(?1))=?1)"
    " AND (?2 IS NULL OR substr(commit_id,1,length(?2))=?2) AND (?3 IS NULL OR instr(variant,?3)>0)"
    " AND (?4 IS NULL OR instr(problem,?4)>0) AND (?5 IS NULL OR kind=?5)"
    " AND (?6 IS NULL OR substr(run,1,length(?6))=?6) AND (?7 IS NULL OR metric=?7)"
    " AND (?8 IS NULL OR code=?8) AND (?9 IS NULL OR source=?9)";

static enum tern_status bind(struct tern_history *h, sqlite3_stmt *s, const struct tern_history_query *q,
                             struct tern_error *e) {
    const struct tern_history_query all = {0};
    if (!q) q = &all;
    const char *value[] = {q->machine, q->commit, q->variant, q->problem, q->kind,
                           q->run,     q->metric, q->code,    q->source};
    for (int i = 0; i < 9; i++)
        if (value[i] && sqlite3_bind_text(s, i + 1, value[i], -1, SQLITE_TRANSIENT))
            return tern_history_fail(h, e);
    return TERN_OK;
}

/* Steps through "SELECT <what> FROM record WHERE ... <tail>". */
static enum tern_status begin(struct tern_history *h, const char *what, const char *tail,
                              const struct tern_history_query *q, sqlite3_stmt **s, struct tern_error *e) {
    struct tern_text sql = {0};
    tern_text_printf(&sql, "SELECT %s FROM record%s %s", what, where, tail);
    enum tern_status st = sql.failed ? tern_fail(e, TERN_NO_MEMORY, "history: out of memory")
                                     : tern_history_prepare(h, sql.data, s, e);
    tern_text_free(&sql);
    if (st) return st;
    st = bind(h, *s, q, e);
    if (st) sqlite3_finalize(*s);
    return st;
}

static enum tern_status finish(struct tern_history *h, sqlite3_stmt *s, int rc, struct tern_error *e) {
    const enum tern_status st = rc == SQLITE_DONE ? TERN_OK : tern_history_fail(h, e);
    sqlite3_finalize(s);
    return st;
}

static const char *column(sqlite3_stmt *s, int i) {
    return tern_or_empty((const char *)sqlite3_column_text(s, i));
}

static enum tern_status each_line(struct tern_history *h, const struct tern_history_query *q,
                                  tern_history_line_fn *f, void *ctx, struct tern_error *e) {
    sqlite3_stmt *s;
    char newest[64] = "";
    int rc;
    if (q && q->newest) sqlite3_snprintf(sizeof newest, newest, " LIMIT %lld", (long long)q->newest);
    char *tail = sqlite3_mprintf("ORDER BY ts DESC, id DESC%s) ORDER BY ts, id", newest);
    enum tern_status st = tail ? begin(h, "line FROM (SELECT line, ts, id", tail, q, &s, e)
                               : tern_fail(e, TERN_NO_MEMORY, "history: out of memory");
    sqlite3_free(tail);
    if (st) return st;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        st = f(ctx, column(s, 0), e);
        if (!st) continue;
        sqlite3_finalize(s);
        return st;
    }
    return finish(h, s, rc, e);
}

static enum tern_status collect(void *ctx, const char *line, struct tern_error *e) {
    struct tern_text *t = ctx;
    tern_text_put(t, line);
    tern_text_put(t, "\n");
    return t->failed ? tern_fail(e, TERN_NO_MEMORY, "history: out of memory") : TERN_OK;
}

enum tern_status tern_history_find(struct tern_history *h, const struct tern_history_query *q,
                                   struct tern_records *out, struct tern_error *e) {
    struct tern_text t = {0};
    *out = (struct tern_records){0};
    enum tern_status s = each_line(h, q, collect, &t, e);
    if (!s && t.used) s = tern_records_parse(t.data, t.used, out, e);
    tern_text_free(&t);
    return s;
}

enum tern_status tern_history_list(struct tern_history *h, const struct tern_history_query *q,
                                   tern_history_count_fn *f, void *ctx, struct tern_error *e) {
    sqlite3_stmt *s;
    int rc;
    enum tern_status st =
        begin(h, "machine,kind,variant,problem,metric,min(ts),max(ts),count(*),count(DISTINCT commit_id)",
              "GROUP BY machine,kind,variant,problem,metric ORDER BY machine,kind,problem,variant", q, &s, e);
    if (st) return st;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        const struct tern_history_count c = {.machine = column(s, 0),
                                             .kind = column(s, 1),
                                             .variant = column(s, 2),
                                             .problem = column(s, 3),
                                             .metric = column(s, 4),
                                             .first = column(s, 5),
                                             .last = column(s, 6),
                                             .records = (size_t)sqlite3_column_int64(s, 7),
                                             .commits = (size_t)sqlite3_column_int64(s, 8)};
        f(ctx, &c);
    }
    return finish(h, s, rc, e);
}

static enum tern_status annotation_line(const struct tern_annotation *a, tern_history_line_fn *f, void *ctx,
                                        struct tern_error *e) {
    json_t *o = json_pack("{s:s,s:o,s:o,s:b,s:s}", "kind", "annotation", "commit", tern_json_text(a->commit),
                          "text", tern_json_text(a->text), "accepted", a->accepted, "ts", a->ts);
    const char *key[] = {"machine", "variant", "problem"}, *value[] = {a->machine, a->variant, a->problem};
    for (int i = 0; o && i < 3; i++)
        if (*value[i]) json_object_set_new(o, key[i], tern_json_text(value[i]));
    char *line = tern_json_dump(o, JSON_COMPACT);
    json_decref(o);
    const enum tern_status s =
        line ? f(ctx, line, e) : tern_fail(e, TERN_NO_MEMORY, "history: out of memory");
    free(line);
    return s;
}

enum tern_status tern_history_export(struct tern_history *h, const struct tern_history_query *q,
                                     tern_history_line_fn *f, void *ctx, struct tern_error *e) {
    struct tern_annotations notes;
    enum tern_status s = each_line(h, q, f, ctx, e);
    if (s) return s;
    s = tern_history_annotations(h, &notes, e);
    for (size_t i = 0; i < notes.count && !s; i++) s = annotation_line(&notes.item[i], f, ctx, e);
    tern_annotations_free(&notes);
    return s;
}

enum tern_status tern_history_annotations(struct tern_history *h, struct tern_annotations *out,
                                          struct tern_error *e) {
    sqlite3_stmt *s;
    int rc;
    *out = (struct tern_annotations){0};
    enum tern_status st = tern_history_prepare(
        h, "SELECT commit_id,machine,variant,problem,text,ts,accepted FROM annotation ORDER BY ts, id", &s,
        e);
    if (st) return st;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct tern_annotation *grown = realloc(out->item, (out->count + 1) * sizeof *grown);
        if (!grown) break;
        out->item = grown;
        char *text[6];
        int bad = 0;
        for (int i = 0; i < 6; i++) bad |= !(text[i] = strdup(column(s, i)));
        out->item[out->count++] = (struct tern_annotation){
            text[0], text[1], text[2], text[3], text[4], text[5], sqlite3_column_int(s, 6)};
        if (bad) break;
    }
    if (rc == SQLITE_ROW) {
        sqlite3_finalize(s);
        st = tern_fail(e, TERN_NO_MEMORY, "history: out of memory");
    } else {
        st = finish(h, s, rc, e);
    }
    if (st) tern_annotations_free(out);
    return st;
}

void tern_annotations_free(struct tern_annotations *a) {
    for (size_t i = 0; i < a->count; i++) {
        const char *text[] = {a->item[i].commit,  a->item[i].machine, a->item[i].variant,
                              a->item[i].problem, a->item[i].text,    a->item[i].ts};
        for (int j = 0; j < 6; j++) free((void *)(uintptr_t)text[j]);
    }
    free(a->item);
    *a = (struct tern_annotations){0};
}
