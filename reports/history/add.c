/* Lines in. A record's columns are read from it by the reader of records, the line itself is kept. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/hash.h"
#include "base/starved/json.h"
#include "base/starved/starved.h"
#include "measure/clock.h"
#include "measure/records/json_text.h"
#include "reports/data/key.h"
#include "reports/data/select.h"
#include "reports/history/database.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 500 };
static const size_t file_bytes_max = (size_t)1 << 30;

struct adding {
    struct tern_history *h;
    sqlite3_stmt *insert;
    const char *commit;
    int batch;                      /* lines of a transaction */
    struct tern_history_added done; /* of the open transaction */
    struct tern_error *e;
};

/* 32 hexadecimal digits of the text. */
static void identity_of(const char *text, size_t bytes, char out[33]) {
    const uint64_t a = tern_hash(TERN_HASH_START, text, bytes);
    const uint64_t b = tern_hash(tern_hash(~TERN_HASH_START, &a, sizeof a), text, bytes);
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
}

/* Columns 1 to n; a text that was not bound would be stored as none. */
static int bind(sqlite3_stmt *s, const char *const *text, int n) {
    int rc = SQLITE_OK;
    for (int i = 0; !rc && i < n; i++)
        rc = sqlite3_bind_text(s, i + 1, tern_or_empty(text[i]), -1, SQLITE_TRANSIENT);
    return rc;
}

static enum tern_status insert_record(struct adding *a, const char *identity, const char *line,
                                      const struct tern_record *r) {
    char problem[256];
    sqlite3_stmt *s = a->insert;
    tern_record_problem(r, problem, sizeof problem);
    const char *column[] = {
        identity, line,      r->kind, r->machine, r->code,   r->variant,           r->params,
        problem,  r->commit, r->run,  r->ts,      r->source, tern_record_metric(r)};
    if (bind(s, column, (int)(sizeof column / sizeof *column))) return tern_history_fail(a->h, a->e);
    const int rc = sqlite3_step(s);
    sqlite3_reset(s);
    if (rc != SQLITE_DONE) return tern_history_fail(a->h, a->e);
    if (sqlite3_changes(a->h->db))
        a->done.added++;
    else
        a->done.known++;
    return TERN_OK;
}

static enum tern_status put_annotation(struct tern_history *h, const struct tern_annotation *a,
                                       struct tern_error *e) {
    sqlite3_stmt *s;
    char now[32];
    tern_utc_text(now, sizeof now);
    enum tern_status st =
        tern_history_prepare(h,
                             "INSERT INTO annotation(commit_id,machine,variant,problem,text,ts,accepted) "
                             "VALUES(?1,?2,?3,?4,?5,?6,?7)"
                             " ON CONFLICT DO NOTHING",
                             &s, e);
    if (st) return st;
    const char *column[] = {a->commit,  a->machine, a->variant,
                            a->problem, a->text,    a->ts && *a->ts ? a->ts : now};
    if (bind(s, column, 6) || sqlite3_bind_int(s, 7, a->accepted != 0) || sqlite3_step(s) != SQLITE_DONE)
        st = tern_history_fail(h, e);
    sqlite3_finalize(s);
    return st;
}

/* An annotation of an export is a line of its own kind, which readers of records pass over. */
static enum tern_status add_annotation(struct adding *a, const json_t *o) {
    const char *text[6] = {0};
    static const char *const key[] = {"commit", "machine", "variant", "problem", "text", "ts"};
    for (int i = 0; i < 6; i++) text[i] = json_string_value(json_object_get(o, key[i]));
    if (!text[0] || !text[4]) return a->done.skipped++, TERN_OK;
    const struct tern_annotation an = {
        text[0], text[1], text[2], text[3], text[4], text[5], json_is_true(json_object_get(o, "accepted"))};
    const enum tern_status s = put_annotation(a->h, &an, a->e);
    if (!s && sqlite3_changes(a->h->db)) a->done.annotations++;
    return s;
}

static char *text_of(const json_t *o) {
    return tern_json_dump(o, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
}

/* The identity leaves the commit out: who names it later adds no other measurement. */
static enum tern_status add_object(struct adding *a, json_t *o) {
    struct tern_records set = {0};
    char identity[33];
    json_t *commit = json_incref(json_object_get(o, "commit"));
    if (!commit && a->commit) commit = tern_json_text(a->commit);
    json_object_del(o, "commit");
    char *bare = text_of(o);
    if (bare) identity_of(bare, strlen(bare), identity);
    const int bad = commit && json_object_set_new(o, "commit", commit);
    char *line = bare && !bad ? text_of(o) : NULL;
    enum tern_status s = line ? tern_records_parse(line, strlen(line), &set, a->e)
                              : tern_fail(a->e, TERN_NO_MEMORY, "history: out of memory");
    if (!s && set.count)
        s = insert_record(a, identity, line, set.item);
    else if (!s)
        a->done.skipped++;
    tern_records_free(&set);
    free(line);
    free(bare);
    return s;
}

static int is_blank(const char *text, size_t bytes) {
    size_t n = 0;
    while (n < bytes && strchr(" \t\r\n", text[n]) && text[n]) n++;
    return n == bytes;
}

static enum tern_status add_line(struct adding *a, const char *text, size_t bytes) {
    if (is_blank(text, bytes)) return TERN_OK;
    json_t *o = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
    const char *kind = json_string_value(json_object_get(o, "kind"));
    enum tern_status s = TERN_OK;
    if (tern_starved())
        s = tern_fail(a->e, TERN_NO_MEMORY, "history: out of memory");
    else if (!json_is_object(o))
        a->done.skipped++;
    else if (kind && !strcmp(kind, "annotation"))
        s = add_annotation(a, o);
    else
        s = add_object(a, o);
    json_decref(o);
    return s;
}

/* One transaction; *at moves on. */
static enum tern_status add_batch(struct adding *a, const char **at, const char *end) {
    enum tern_status s = tern_history_begin(a->h, a->e);
    if (s) return s;
    a->done = (struct tern_history_added){0};
    for (int i = 0; i < a->batch && *at < end && !s; i++) {
        const char *newline = memchr(*at, '\n', (size_t)(end - *at)), *stop = newline ? newline : end;
        s = add_line(a, *at, (size_t)(stop - *at));
        *at = newline ? newline + 1 : end;
    }
    if (!s) s = tern_history_commit(a->h, a->e);
    if (s) tern_history_rollback(a->h);
    return s;
}

static enum tern_status add_in_batches(struct tern_history *h, const char *text, size_t bytes,
                                       const char *commit, int batch, struct tern_history_added *out,
                                       struct tern_error *e) {
    struct adding a = {.h = h, .commit = commit, .batch = batch, .e = e};
    enum tern_status s = tern_history_prepare(
        h,
        "INSERT INTO "
        "record(identity,line,kind,machine,code,variant,params,problem,commit_id,run,ts,source,metric)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13) ON CONFLICT(identity) DO NOTHING",
        &a.insert, e);
    for (const char *at = text, *end = text + bytes; at < end && !s;) {
        s = add_batch(&a, &at, end);
        if (s) break;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* another writer's turn */
        out->added += a.done.added, out->known += a.done.known;
        out->skipped += a.done.skipped, out->annotations += a.done.annotations;
    }
    sqlite3_finalize(a.insert);
    return s;
}

enum tern_status tern_history_add(struct tern_history *h, const char *text, size_t bytes, const char *commit,
                                  struct tern_history_added *out, struct tern_error *e) {
    return add_in_batches(h, text, bytes, commit, BATCH, out, e);
}

enum tern_status tern_history_add_whole(struct tern_history *h, const char *text, size_t bytes,
                                        const char *commit, struct tern_history_added *out,
                                        struct tern_error *e) {
    return add_in_batches(h, text, bytes, commit, INT_MAX, out, e);
}

enum tern_status tern_history_add_file(struct tern_history *h, const char *path, const char *commit,
                                       struct tern_history_added *out, struct tern_error *e) {
    char *text;
    size_t bytes;
    enum tern_status s = tern_file_read(path, file_bytes_max, &text, &bytes, e);
    if (s) return s;
    s = tern_history_add(h, text, bytes, commit, out, e);
    free(text);
    return s;
}

enum tern_status tern_history_annotate(struct tern_history *h, const struct tern_annotation *a,
                                       struct tern_error *e) {
    if (!a->commit || !*a->commit || !a->text || !*a->text)
        return tern_fail(e, TERN_BAD_INPUT, "history: an annotation needs a commit and a text");
    enum tern_status s = tern_history_begin(h, e);
    if (s) return s;
    s = put_annotation(h, a, e);
    if (!s) s = tern_history_commit(h, e);
    if (s) tern_history_rollback(h);
    return s;
}
