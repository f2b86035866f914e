#define _GNU_SOURCE
#include "tuner/session/journal.h"

#include "base/file.h"
#include "base/starved/json.h"
#include "base/starved/starved.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT ((size_t)1 << 30)

struct tern_journal {
    char *path;
    json_t **line;
    size_t count, room, samples, damaged;
    double seconds;
};

static const char *text(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static enum tern_status remember(struct tern_journal *j, json_t *line, struct tern_error *e) {
    if (j->count == j->room) {
        const size_t room = j->room ? j->room * 2 : 256;
        json_t **grown = realloc(j->line, room * sizeof *grown);
        if (!grown) {
            json_decref(line);
            return tern_fail(e, TERN_NO_MEMORY, "journal: %s: out of memory", j->path);
        }
        j->line = grown;
        j->room = room;
    }
    j->line[j->count++] = line;
    return TERN_OK;
}

static enum tern_status write_line(struct tern_journal *j, json_t *line, struct tern_error *e) {
    char *out = tern_json_dump(line, JSON_COMPACT);
    if (!out) {
        json_decref(line);
        return tern_fail(e, TERN_NO_MEMORY, "journal: %s: out of memory", j->path);
    }
    enum tern_status s = tern_file_append_line(j->path, out, e);
    free(out);
    if (s) return json_decref(line), s;
    return remember(j, line, e);
}

static json_t *head_line(const struct tern_journal_head *h) {
    return json_pack("{s:i, s:s, s:s, s:s, s:I}", "tern_journal", 1, "machine", h->machine, "strategy",
                     h->strategy, "effort", h->effort, "seed", (json_int_t)h->seed);
}

static enum tern_status check_head(const char *path, const json_t *line, const struct tern_journal_head *h,
                                   struct tern_error *e) {
    if (json_integer_value(json_object_get(line, "tern_journal")) != 1)
        return tern_fail(e, TERN_BAD_INPUT, "journal: %s: the first line is damaged; tune without --resume",
                         path);
    if (strcmp(text(line, "machine"), h->machine))
        return tern_fail(e, TERN_UNSUPPORTED,
                         "journal: %s: of machine %s, this one is %s; tune without --resume", path,
                         text(line, "machine"), h->machine);
    if (strcmp(text(line, "strategy"), h->strategy) || strcmp(text(line, "effort"), h->effort) ||
        json_integer_value(json_object_get(line, "seed")) != (json_int_t)h->seed)
        return tern_fail(e, TERN_BAD_INPUT,
                         "journal: %s: begun with --strategy %s --effort %s --seed %" JSON_INTEGER_FORMAT
                         "; repeat these, or tune without --resume",
                         path, text(line, "strategy"), text(line, "effort"),
                         json_integer_value(json_object_get(line, "seed")));
    return TERN_OK;
}

static int is_round(const json_t *line) {
    return json_is_string(json_object_get(line, "problem")) && json_is_string(json_object_get(line, "phase"));
}

static enum tern_status load(struct tern_journal *j, const struct tern_journal_head *head, int *found,
                             struct tern_error *e) {
    char *all, *at;
    size_t bytes;
    struct tern_map probe;
    *found = 0;
    enum tern_status s = tern_map_open(j->path, &probe, e);
    if (s == TERN_BAD_INPUT) return TERN_OK; /* no journal: nothing to go on from */
    if (s) return s;
    tern_map_close(&probe);
    s = tern_file_read(j->path, LIMIT, &all, &bytes, e);
    if (s) return s;
    at = all;
    for (size_t number = 1; !s && at < all + bytes; number++) {
        const char *stop = memchr(at, '\n', (size_t)(all + bytes - at));
        const size_t n = stop ? (size_t)(stop - at) : (size_t)(all + bytes - at);
        json_t *line = json_loadb(at, n, JSON_REJECT_DUPLICATES, NULL);
        if (tern_starved()) {
            s = tern_fail(e, TERN_NO_MEMORY, "journal: %s: out of memory", j->path);
            json_decref(line);
        } else if (number == 1) {
            s = check_head(j->path, line, head, e);
            *found = 1;
            json_decref(line);
        } else if (line && is_round(line)) {
            j->samples += json_object_size(json_object_get(line, "ns"));
            j->seconds += json_number_value(json_object_get(line, "seconds"));
            s = remember(j, line, e);
        } else {
            j->damaged += n > 0;
            json_decref(line);
        }
        at += n + (stop != NULL);
    }
    free(all);
    return s;
}

enum tern_status tern_journal_open(const char *path, const struct tern_journal_head *head, int resume,
                                   struct tern_journal **out, struct tern_error *e) {
    *out = NULL;
    struct tern_journal *j = calloc(1, sizeof *j);
    char *first = NULL, *dump = NULL;
    json_t *line = NULL;
    int found = 0;
    enum tern_status s = TERN_OK;
    if (j) j->path = strdup(path);
    if (!j || !j->path) {
        s = tern_fail(e, TERN_NO_MEMORY, "journal: %s: out of memory", path);
        goto done;
    }
    if (resume) s = load(j, head, &found, e);
    if (s || found) goto done;
    line = head_line(head);
    dump = tern_json_dump(line, JSON_COMPACT);
    first = dump ? tern_format_text("%s\n", dump) : NULL;
    s = first ? tern_file_replace(path, first, strlen(first), e)
              : tern_fail(e, TERN_NO_MEMORY, "journal: %s: out of memory", path);
done:
    free(first);
    free(dump);
    json_decref(line);
    if (s) return tern_journal_close(j), s;
    *out = j;
    return TERN_OK;
}

void tern_journal_close(struct tern_journal *j) {
    if (!j) return;
    for (size_t i = 0; i < j->count; i++) json_decref(j->line[i]);
    free(j->line);
    free(j->path);
    free(j);
}

static void hex(uint64_t v, char out[17]) {
    for (int i = 15; i >= 0; i--, v >>= 4) out[i] = "0123456789abcdef"[v & 15];
    out[16] = 0;
}

enum tern_status tern_journal_add(struct tern_journal *j, const struct tern_journal_key *key,
                                  const char *const *name, const double *ns, size_t count, double seconds,
                                  struct tern_error *e) {
    char candidates[17];
    hex(key->candidates, candidates);
    json_t *samples = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(samples, name[i], isfinite(ns[i]) ? json_real(ns[i]) : json_null());
    return write_line(j,
                      json_pack("{s:s, s:s, s:I, s:s, s:f, s:o}", "problem", key->problem, "phase",
                                key->phase, "round", (json_int_t)key->round, "entrants", candidates,
                                "seconds", seconds, "ns", samples),
                      e);
}

int tern_journal_find(const struct tern_journal *j, const struct tern_journal_key *key,
                      const char *const *name, double *ns, size_t count) {
    char candidates[17];
    hex(key->candidates, candidates);
    for (size_t i = j->count; i-- > 0;) { /* the latest wins */
        const json_t *line = j->line[i], *samples = json_object_get(line, "ns");
        if (json_integer_value(json_object_get(line, "round")) != (json_int_t)key->round ||
            strcmp(text(line, "problem"), key->problem) || strcmp(text(line, "phase"), key->phase) ||
            strcmp(text(line, "entrants"), candidates) || json_object_size(samples) != count)
            continue;
        size_t known = 0;
        for (; known < count; known++) {
            const json_t *v = json_object_get(samples, name[known]);
            if (!v || (!json_is_number(v) && !json_is_null(v))) break;
            ns[known] = json_is_null(v) ? NAN : json_number_value(v);
        }
        if (known == count) return 1;
    }
    return 0;
}

size_t tern_journal_rounds(const struct tern_journal *j, const char *problem, const char *phase) {
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++) {
        if (strcmp(text(j->line[i], "problem"), problem) || strcmp(text(j->line[i], "phase"), phase))
            continue;
        const json_int_t round = json_integer_value(json_object_get(j->line[i], "round"));
        if (round >= 0 && (size_t)round + 1 > n) n = (size_t)round + 1;
    }
    return n;
}

enum tern_status tern_journal_done(struct tern_journal *j, const char *problem, struct tern_error *e) {
    return write_line(j, json_pack("{s:s, s:s}", "problem", problem, "phase", "done"), e);
}

int tern_journal_is_done(const struct tern_journal *j, const char *problem) {
    for (size_t i = 0; i < j->count; i++)
        if (!strcmp(text(j->line[i], "problem"), problem) && !strcmp(text(j->line[i], "phase"), "done"))
            return 1;
    return 0;
}

size_t tern_journal_samples(const struct tern_journal *j) {
    return j->samples;
}

double tern_journal_seconds(const struct tern_journal *j) {
    return j->seconds;
}

size_t tern_journal_damaged(const struct tern_journal *j) {
    return j->damaged;
}
