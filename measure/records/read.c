/* Reader: a file of lines, any of which may be torn, foreign or junk, becomes an array of records. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/memory.h"
#include "measure/records/record.h"

#include "base/starved/starved.h"
#include "measure/records/search_json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t file_bytes_max = (size_t)1 << 30;

static json_t *value_of(const json_t *o, const char *key) {
    json_t *v = json_object_get(o, key); /* NULL when o is no object */
    return json_is_null(v) ? NULL : v;
}

static const char *get_text(struct tern_record_line *l, const json_t *o, const char *key) {
    return tern_record_text(l, json_object_get(o, key));
}

static double get_number(struct tern_record_line *l, const json_t *o, const char *key) {
    return tern_record_number(l, json_object_get(o, key));
}

static size_t get_count(struct tern_record_line *l, const json_t *o, const char *key) {
    return tern_record_count(l, json_object_get(o, key));
}

static int get_truth(struct tern_record_line *l, const json_t *o, const char *key) {
    json_t *v = value_of(o, key);
    if (v && !json_is_boolean(v)) l->bad = 1;
    return json_is_true(v);
}

static json_t *get_part(struct tern_record_line *l, const json_t *o, const char *key) {
    json_t *v = value_of(o, key);
    if (v && !json_is_object(v)) l->bad = 1;
    return v;
}

static void get_pair(struct tern_record_line *l, const json_t *o, const char *key, double *lo, double *hi) {
    json_t *v = value_of(o, key);
    if (!v) return;
    if (json_array_size(v) != 2 || !json_is_number(json_array_get(v, 0)) ||
        !json_is_number(json_array_get(v, 1))) {
        l->bad = 1;
        return;
    }
    *lo = json_number_value(json_array_get(v, 0));
    *hi = json_number_value(json_array_get(v, 1));
}

static void get_interval(struct tern_record_line *l, const json_t *o, double *lo, double *hi) {
    get_pair(l, o, "ci95", lo, hi);
}

/* The list of words as one text with spaces between. */
static const char *get_flags(struct tern_record_line *l, const json_t *o) {
    json_t *list = value_of(o, "flags"), *word;
    size_t i, bytes = 0;
    if (!list) return NULL;
    if (!json_is_array(list)) return l->bad = 1, NULL;
    json_array_foreach(list, i, word) {
        if (!json_is_string(word)) return l->bad = 1, NULL;
        bytes += json_string_length(word) + 1;
    }
    char *text = bytes ? tern_record_store(l, bytes) : NULL, *end = text;
    if (!text) return NULL;
    json_array_foreach(list, i, word) {
        end = mempcpy(end, json_string_value(word), json_string_length(word));
        *end++ = ' ';
    }
    end[-1] = 0;
    return text;
}

static void get_samples(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    json_t *list = value_of(o, "samples"), *x;
    size_t i, n = json_array_size(list);
    if (list && !json_is_array(list)) l->bad = 1;
    double *out = tern_record_room(l, n, sizeof *out);
    if (!out) return;
    json_array_foreach(list, i, x) {
        if (!json_is_number(x) && !json_is_null(x)) l->bad = 1;
        out[i] = json_is_number(x) ? json_number_value(x) : NAN;
    }
    r->samples = out;
    r->sample_count = n;
}

static void get_estimate(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "est");
    size_t n = get_count(l, part, "n");
    double median = get_number(l, part, "median");
    if (!n || isnan(median)) return;
    r->est.n = n;
    r->est.median = median;
    r->est.mad = get_number(l, part, "mad");
    r->est.min = get_number(l, part, "min");
    r->est.unstable = get_truth(l, part, "unstable");
    r->unit = get_text(l, part, "unit");
    get_interval(l, part, &r->est.ci_lo, &r->est.ci_hi);
    get_samples(l, part, r);
}

static void get_ratio(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "vs");
    size_t n = get_count(l, part, "n");
    double ratio = get_number(l, part, "ratio");
    r->base = get_text(l, part, "base");
    r->floor = get_number(l, part, "floor");
    if (!n || isnan(ratio)) return;
    r->ratio.n = n;
    r->ratio.median = ratio;
    r->ratio.ties = get_count(l, part, "ties");
    get_interval(l, part, &r->ratio.ci_lo, &r->ratio.ci_hi);
}

/* Numbers by name; those that a newer tern has more are left out. */
static void get_values(struct tern_record_line *l, json_t *values, struct tern_record_value *out,
                       size_t *count) {
    const char *name;
    json_t *value;
    if (!json_is_object(values)) return;
    json_object_foreach(values, name, value) {
        if (json_is_null(value)) continue;
        if (!json_is_number(value)) {
            l->bad = 1;
            return;
        }
        if (*count == TERN_RECORD_VALUES) return;
        const size_t bytes = strlen(name) + 1;
        char *copy = tern_record_store(l, bytes);
        if (!copy) return;
        memcpy(copy, name, bytes);
        out[(*count)++] = (struct tern_record_value){copy, json_number_value(value)};
    }
}

static void get_counters(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "counters");
    r->why_no_counters = get_text(l, part, "why");
    r->counters_src = get_text(l, part, "src");
    get_values(l, get_part(l, part, "values"), r->counter, &r->counters);
}

static void get_energy(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "energy");
    r->why_no_energy = get_text(l, part, "why");
    r->joules = get_number(l, part, "joules");
    r->idle_watts = get_number(l, part, "idle_watts");
    r->energy_src = get_text(l, part, "src");
    r->energy_model = get_text(l, part, "model");
    get_pair(l, part, "modelled", &r->modelled_from, &r->modelled_to);
}

static void get_memory(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "memory");
    r->memory.peak_rss = get_number(l, part, "peak_rss");
    r->memory.body = get_number(l, part, "body");
    r->memory.head = get_number(l, part, "head");
    r->memory.kv = get_number(l, part, "kv");
    r->memory.file = get_number(l, part, "file");
    r->memory.weights = get_number(l, part, "weights");
    r->memory.head_weights = get_number(l, part, "head_weights");
}

static void get_search(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    const json_t *part = get_part(l, o, "search");
    struct tern_record_search *s = part ? tern_record_room(l, 1, sizeof *s) : NULL;
    if (!s) return;
    tern_search_of_json(l, part, s);
    r->search = s;
}

/* 1 when `o` is a record of our schema. */
static int record_of(struct tern_record_line *l, const json_t *o, struct tern_record *r) {
    tern_record_init(r);
    if (json_integer_value(value_of(o, "schema")) != TERN_RECORD_SCHEMA) return 0;
    r->kind = get_text(l, o, "kind");
    r->ts = get_text(l, o, "ts");
    r->machine = get_text(l, o, "machine");
    r->code = get_text(l, o, "code");
    r->suite = get_text(l, o, "suite");
    r->commit = get_text(l, o, "commit");
    r->source = get_text(l, o, "source");
    r->run = get_text(l, o, "run");
    r->variant = get_text(l, o, "variant");
    r->params = get_text(l, o, "params");
    r->op = get_text(l, o, "op");
    r->format = get_text(l, o, "format");
    r->model = get_text(l, o, "model");
    const json_t *shape = get_part(l, o, "shape");
    r->m = get_count(l, shape, "m");
    r->k = get_count(l, shape, "k");
    r->n = get_count(l, shape, "n");
    r->threads = get_count(l, o, "threads");
    r->regime = get_text(l, o, "regime");
    get_estimate(l, o, r);
    get_ratio(l, o, r);
    r->bytes = get_number(l, o, "bytes");
    r->macs = get_number(l, o, "macs");
    r->of_ceiling = get_number(l, o, "of_ceiling");
    r->ceiling = get_text(l, o, "ceiling");
    get_counters(l, o, r);
    get_energy(l, o, r);
    get_memory(l, o, r);
    get_values(l, get_part(l, o, "spent"), r->spent, &r->spents);
    get_search(l, o, r);
    r->flags = get_flags(l, o);
    r->complete = get_truth(l, o, "complete");
    return r->kind && *r->kind && !l->bad;
}

static int is_blank(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') return 0;
    return 1;
}

static enum tern_status add_line(struct tern_records *set, size_t *room, const char *text, size_t bytes) {
    if (is_blank(text, bytes)) return TERN_OK;
    if (set->count == *room) {
        size_t wanted = *room ? *room * 2 : 64, size = tern_mul_size(wanted, sizeof *set->item);
        struct tern_record *grown = size ? realloc(set->item, size) : NULL;
        if (!grown) return TERN_NO_MEMORY;
        set->item = grown;
        *room = wanted;
    }
    json_t *o = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
    struct tern_record_line l = {.store = set->store};
    int good = o && record_of(&l, o, &set->item[set->count]);
    set->store = l.store;
    json_decref(o);
    if (l.no_memory || (!good && tern_starved())) return TERN_NO_MEMORY;
    if (good)
        set->count++;
    else
        set->skipped++;
    return TERN_OK;
}

enum tern_status tern_records_parse(const char *text, size_t bytes, struct tern_records *out,
                                    struct tern_error *e) {
    *out = (struct tern_records){0};
    size_t room = 0;
    enum tern_status s = TERN_OK;
    for (const char *p = text, *end = text + bytes; p < end && !s;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *stop = newline ? newline : end;
        s = add_line(out, &room, p, (size_t)(stop - p));
        p = stop + 1;
    }
    if (!s) return TERN_OK;
    tern_records_free(out);
    return tern_fail(e, s, "records: out of memory");
}

enum tern_status tern_records_read(const char *path, struct tern_records *out, struct tern_error *e) {
    *out = (struct tern_records){0};
    char *text;
    size_t bytes;
    enum tern_status s = tern_file_read(path, file_bytes_max, &text, &bytes, e);
    if (s) return s;
    s = tern_records_parse(text, bytes, out, e);
    free(text);
    return s ? tern_fail_in(e, s, path) : TERN_OK;
}

void tern_records_free(struct tern_records *r) {
    tern_record_store_free(r->store);
    free(r->item);
    *r = (struct tern_records){0};
}
