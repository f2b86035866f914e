#define _GNU_SOURCE
#include "tuner/search/table.h"

#include "base/file.h"
#include "base/starved/json.h"
#include "measure/records/record.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LINE_MAX_BYTES 65536
#define ROWS_MAX       100000
#define ROUNDS_MAX     1000

static enum tern_status make_room(struct tern_table *t, struct tern_error *e) {
    t->row = calloc(t->count + 1, sizeof *t->row);
    t->place = calloc(t->count + 1, sizeof *t->place);
    t->ns = malloc((t->count * t->rounds + 1) * sizeof *t->ns);
    if (!t->row || !t->place || !t->ns)
        return tern_fail(e, TERN_NO_MEMORY, "table: %zu candidates: out of memory", t->count);
    for (size_t i = 0; i < t->count * t->rounds; i++) t->ns[i] = NAN;
    return TERN_OK;
}

/* Where a variant has both ways, its rows say which one they are. */
static void say_split(const struct tern_candidate *c, struct tern_table_row *row) {
    const size_t at = strlen(row->params);
    if (c->param[TERN_P_SPLIT] == TERN_SPLIT_ROWS)
        snprintf(row->params + at, sizeof row->params - at, " split=rows");
}

enum tern_status tern_table_new(const struct tern_candidates *c, const struct tern_candidate_point *place,
                                size_t rounds, struct tern_table *t, struct tern_error *e) {
    *t = (struct tern_table){.count = c->count, .rounds = rounds, .read_ns = NAN, .int8_ns = NAN};
    const enum tern_status s = make_room(t, e);
    if (s) {
        tern_table_free(t);
        return s;
    }
    memcpy(t->place, place, c->count * sizeof *place);
    for (size_t i = 0; i < c->count; i++) {
        const struct tern_variant *v = c->item[i].variant;
        snprintf(t->row[i].variant, sizeof t->row[i].variant, "%s", v->name);
        tern_variant_params_text(v, c->item[i].param, t->row[i].params, sizeof t->row[i].params);
        if (place[i].dims > v->space->count) say_split(&c->item[i], &t->row[i]);
    }
    return TERN_OK;
}

void tern_table_free(struct tern_table *t) {
    free(t->row);
    free(t->place);
    free(t->ns);
    *t = (struct tern_table){0};
}

size_t tern_table_evaluations(const struct tern_table *t) {
    return t->count * t->rounds;
}

/* ---- writing ---- */

static json_t *head_of(const struct tern_table *t) {
    const struct tern_problem *p = &t->problem;
    json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:s}", "tern_table", 1, "machine",
                          t->machine, "m", (json_int_t)p->m, "k", (json_int_t)p->k, "n", (json_int_t)p->n,
                          "threads", (json_int_t)p->threads, "regime", tern_regime_name(p->regime), "rounds",
                          (json_int_t)t->rounds, "candidates", (json_int_t)t->count, "date", t->date);
    if (isfinite(t->read_ns)) json_object_set_new(o, "read_ns_per_byte", json_real(t->read_ns));
    if (isfinite(t->int8_ns)) json_object_set_new(o, "int8_ns_per_mac", json_real(t->int8_ns));
    return o;
}

/* "a=1 b=2" as an object. */
static json_t *params_of(const char *text) {
    json_t *o = json_object();
    char copy[128], *save = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        char *is = strchr(w, '=');
        if (!is) continue;
        *is = 0;
        char *end;
        const long value = strtol(is + 1, &end, 10);
        json_object_set_new(o, w, *end ? json_string(is + 1) : json_integer(value));
    }
    return o;
}

static json_t *row_line(const struct tern_table *t, size_t i) {
    json_t *at = json_array(), *ns = json_array();
    for (size_t d = 0; d < t->place[i].dims; d++) json_array_append_new(at, json_integer(t->place[i].at[d]));
    for (size_t r = 0; r < t->rounds; r++) {
        const double v = t->ns[i * t->rounds + r];
        /* A tenth of a nanosecond is below any clock. */
        json_array_append_new(ns, isfinite(v) ? json_real(round(v * 10) / 10) : json_null());
    }
    json_t *o = json_pack("{s:s, s:o, s:o, s:b, s:b, s:o}", "variant", t->row[i].variant, "params",
                          params_of(t->row[i].params), "at", at, "seed", t->place[i].seed, "default",
                          i == t->fallback, "ns", ns);
    if (o && isfinite(t->row[i].bytes)) json_object_set_new(o, "bytes", json_real(t->row[i].bytes));
    return o;
}

static int put_line(FILE *f, json_t *line) {
    char *text = tern_json_dump(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
    const int ok = text && fprintf(f, "%s\n", text) > 0;
    free(text);
    json_decref(line);
    return ok;
}

static int squeeze(const char *text, size_t bytes, void **out, size_t *out_bytes) {
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    const size_t room = deflateBound(&z, (uLong)bytes) + 64;
    *out = malloc(room);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (uInt)bytes;
    z.next_out = *out;
    z.avail_out = (uInt)room;
    const int ok = *out && deflate(&z, Z_FINISH) == Z_STREAM_END;
    *out_bytes = z.total_out;
    deflateEnd(&z);
    return ok;
}

enum tern_status tern_table_write(const char *path, const struct tern_table *t, struct tern_error *e) {
    char *text = NULL;
    void *packed = NULL;
    size_t bytes = 0, packed_bytes = 0;
    FILE *f = open_memstream(&text, &bytes);
    int ok = f && put_line(f, head_of(t));
    for (size_t i = 0; ok && i < t->count; i++) ok = put_line(f, row_line(t, i));
    if (f) ok = !ferror(f) && ok;
    if (f) ok = fclose(f) == 0 && ok;
    const size_t n = strlen(path);
    const int gz = n > 3 && !strcmp(path + n - 3, ".gz");
    if (ok && gz) ok = squeeze(text, bytes, &packed, &packed_bytes);
    const enum tern_status s =
        !ok ? tern_fail(e, TERN_NO_MEMORY, "table: %s: out of memory", path)
            : tern_file_replace(path, gz ? packed : text, gz ? packed_bytes : bytes, e);
    free(text);
    free(packed);
    return s;
}

/* ---- reading ---- */

static size_t size_in(const json_t *o, const char *key, size_t most) {
    const json_int_t v = json_integer_value(json_object_get(o, key));
    return v > 0 && (uint64_t)v <= most ? (size_t)v : 0;
}

static double real_in(const json_t *o, const char *key) {
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) && json_number_value(v) > 0 ? json_number_value(v) : NAN;
}

/* 0 when the text does not fit. */
static int text_in(const json_t *o, const char *key, char *out, size_t bytes) {
    const char *s = json_string_value(json_object_get(o, key));
    return (size_t)snprintf(out, bytes, "%s", s ? s : "") < bytes;
}

static int read_head(const json_t *o, struct tern_table *t) {
    char regime[32];
    struct tern_problem *p = &t->problem;
    if (json_integer_value(json_object_get(o, "tern_table")) != 1) return 0;
    p->m = size_in(o, "m", 1u << 24), p->k = size_in(o, "k", 1u << 24), p->n = size_in(o, "n", 1u << 20);
    p->threads = size_in(o, "threads", 4096);
    t->rounds = size_in(o, "rounds", ROUNDS_MAX), t->count = size_in(o, "candidates", ROWS_MAX);
    t->read_ns = real_in(o, "read_ns_per_byte"), t->int8_ns = real_in(o, "int8_ns_per_mac");
    if (!text_in(o, "machine", t->machine, sizeof t->machine) ||
        !text_in(o, "date", t->date, sizeof t->date) || !text_in(o, "regime", regime, sizeof regime))
        return 0;
    int known = 0;
    for (int r = 0; r <= TERN_WCOLD_CAPPED; r++)
        if (!strcmp(regime, tern_regime_name((enum tern_regime)r)))
            p->regime = (enum tern_regime)r, known = 1;
    return known && p->m && p->k && p->n && p->threads && t->rounds && t->count;
}

static int read_row(const json_t *o, struct tern_table *t, size_t i) {
    const json_t *params = json_object_get(o, "params"), *at = json_object_get(o, "at"),
                 *ns = json_object_get(o, "ns");
    struct tern_candidate_point *p = &t->place[i];
    struct tern_table_row *row = &t->row[i];
    const char *name;
    json_t *value;
    if (!text_in(o, "variant", row->variant, sizeof row->variant)) return 0;
    row->bytes = real_in(o, "bytes");
    if (!row->variant[0] || !json_is_object(params) || json_object_size(params) > TERN_SEARCH_DIMS ||
        json_array_size(at) != json_object_size(params) || json_array_size(ns) != t->rounds)
        return 0;
    size_t used = 0;
    json_object_foreach((json_t *)(uintptr_t)params, name, value) {
        const json_int_t place = json_integer_value(json_array_get(at, p->dims));
        const char *word = json_string_value(value); /* of split */
        if ((!json_is_integer(value) && !word) || place < 0 || place > 255) return 0;
        p->at[p->dims] = (unsigned char)place;
        p->bears[p->dims++] = (unsigned char)tern_param_bears(name);
        char number[24];
        snprintf(number, sizeof number, "%d", (int)json_integer_value(value));
        const int n = snprintf(row->params + used, sizeof row->params - used, "%s%s=%s", used ? " " : "",
                               name, word ? word : number);
        if (n < 0 || used + (size_t)n >= sizeof row->params) return 0;
        used += (size_t)n;
    }
    p->seed = json_is_true(json_object_get(o, "seed"));
    if (json_is_true(json_object_get(o, "default"))) t->fallback = i;
    p->group = i == 0 ? 0 : t->place[i - 1].group + (strcmp(row->variant, t->row[i - 1].variant) != 0);
    for (size_t r = 0; r < t->rounds; r++) {
        const json_t *v = json_array_get(ns, r);
        if (!json_is_number(v) && !json_is_null(v)) return 0;
        if (json_is_number(v)) t->ns[i * t->rounds + r] = json_number_value(v);
    }
    return 1;
}

enum tern_status tern_table_read(const char *path, struct tern_table *t, struct tern_error *e) {
    *t = (struct tern_table){0};
    gzFile f = gzopen(path, "rb"); /* reads plain text too */
    char *line = malloc(LINE_MAX_BYTES);
    enum tern_status s = TERN_OK;
    size_t number = 0, rows = 0;
    if (!f) s = tern_fail(e, TERN_BAD_INPUT, "table: %s: %s", path, strerror(errno));
    if (!s && !line) s = tern_fail(e, TERN_NO_MEMORY, "table: out of memory");
    while (!s && gzgets(f, line, LINE_MAX_BYTES)) {
        json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        int ok = ++number == 1 ? read_head(o, t) : rows < t->count;
        if (ok && number == 1) s = make_room(t, e);
        if (ok && number > 1) ok = read_row(o, t, rows++);
        json_decref(o);
        if (!s && !ok)
            s = tern_fail(e, TERN_BAD_INPUT, "table: %s: line %zu: not a line of a recorded table", path,
                          number);
    }
    int code = Z_OK;
    if (f && !s) gzerror(f, &code);
    if (!s && code != Z_OK && code != Z_STREAM_END)
        s = tern_fail(e, TERN_BAD_INPUT, "table: %s: the compressed data is damaged", path);
    if (!s && (number == 0 || rows != t->count))
        s = tern_fail(e, TERN_BAD_INPUT, "table: %s: %zu of %zu candidates: the file is cut", path, rows,
                      t->count);
    if (f) gzclose(f);
    free(line);
    if (s) tern_table_free(t);
    return s;
}
