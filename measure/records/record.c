/* Writer: a record becomes one line of JSON. What is absent is left out, never written as zero or null. */
#define _GNU_SOURCE
#include "measure/records/record.h"

#include "base/file.h"
#include "base/starved/json.h"
#include "measure/clock.h"
#include "measure/commit.h"
#include "measure/records/json_text.h"
#include "measure/records/search_json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Digits of a number: more than any clock delivers, few enough that 0.1 is written 0.1, and exact for the
 * integers (bytes, multiply-adds) up to 10^12. */
enum { DIGITS = 12 };

void tern_record_init(struct tern_record *r) {
    *r = (struct tern_record){
        .est = {.median = NAN, .mad = NAN, .min = NAN, .ci_lo = NAN, .ci_hi = NAN},
        .ratio = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN},
        .bytes = NAN,
        .macs = NAN,
        .of_ceiling = NAN,
        .joules = NAN,
        .idle_watts = NAN,
        .modelled_from = NAN,
        .modelled_to = NAN,
        .floor = NAN,
        .memory = {NAN, NAN, NAN, NAN, NAN, NAN, NAN},
    };
}

/* An object being filled; `bad` once memory has run out. json_object_set_new fails on NULL, which saves the
 * checks. */
struct object {
    json_t *o;
    int bad;
};

static struct object begin_object(void) {
    json_t *o = json_object();
    return (struct object){o, !o};
}

static void put(struct object *w, const char *key, json_t *value) {
    if (json_object_set_new(w->o, key, value)) w->bad = 1;
}

static void put_text(struct object *w, const char *key, const char *text) {
    if (text && *text) put(w, key, tern_json_text(text));
}

static void put_number(struct object *w, const char *key, double x) {
    if (isfinite(x)) put(w, key, json_real(x));
}

static void put_count(struct object *w, const char *key, size_t n) {
    if (n) put(w, key, json_integer((json_int_t)n));
}

static void put_interval(struct object *w, double lo, double hi) {
    if (isfinite(lo) && isfinite(hi)) put(w, "ci95", json_pack("[f,f]", lo, hi));
}

/* Takes `part`; an empty one is left out. */
static void put_part(struct object *w, const char *key, struct object part) {
    if (part.bad) w->bad = 1;
    if (!part.bad && json_object_size(part.o))
        put(w, key, part.o);
    else
        json_decref(part.o);
}

static void put_shape(struct object *w, const struct tern_record *r) {
    struct object part = begin_object();
    put_count(&part, "m", r->m);
    put_count(&part, "k", r->k);
    put_count(&part, "n", r->n);
    put_part(w, "shape", part);
}

static void put_samples(struct object *w, const double *x, size_t n) {
    if (!n) return;
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(list, isfinite(x[i]) ? json_real(x[i]) : json_null())) w->bad = 1;
    put(w, "samples", list);
}

static void put_estimate(struct object *w, const struct tern_record *r) {
    if (r->est.n == 0 || !isfinite(r->est.median)) return;
    struct object part = begin_object();
    put_number(&part, "median", r->est.median);
    put_number(&part, "mad", r->est.mad);
    put_number(&part, "min", r->est.min);
    put_count(&part, "n", r->est.n);
    put_interval(&part, r->est.ci_lo, r->est.ci_hi);
    put_text(&part, "unit", r->unit);
    if (r->est.unstable) put(&part, "unstable", json_true());
    put_samples(&part, r->samples, r->sample_count);
    put_part(w, "est", part);
}

static void put_ratio(struct object *w, const struct tern_record *r) {
    struct object part = begin_object();
    put_text(&part, "base", r->base);
    if (r->ratio.n && isfinite(r->ratio.median)) {
        put_number(&part, "ratio", r->ratio.median);
        put_interval(&part, r->ratio.ci_lo, r->ratio.ci_hi);
        put_count(&part, "n", r->ratio.n);
        put(&part, "ties", json_integer((json_int_t)r->ratio.ties));
    }
    if (r->base && r->floor > 0) put_number(&part, "floor", r->floor);
    put_part(w, "vs", part);
}

static void put_counters(struct object *w, const struct tern_record *r) {
    struct object part = begin_object(), values = begin_object();
    for (size_t i = 0; i < r->counters; i++) put_number(&values, r->counter[i].name, r->counter[i].value);
    if (r->counters)
        put_text(&part, "src", r->counters_src);
    else
        put_text(&part, "why", r->why_no_counters);
    put_part(&part, "values", values);
    put_part(w, "counters", part);
}

static void put_energy(struct object *w, const struct tern_record *r) {
    struct object part = begin_object();
    if (r->energy_src && isfinite(r->joules)) {
        put_number(&part, "joules", r->joules);
        put_number(&part, "idle_watts", r->idle_watts);
        put_text(&part, "src", r->energy_src);
    } else {
        put_text(&part, "why", r->why_no_energy);
    }
    if (r->energy_model && isfinite(r->modelled_from) && isfinite(r->modelled_to)) {
        put(&part, "modelled", json_pack("[f,f]", r->modelled_from, r->modelled_to));
        put_text(&part, "model", r->energy_model);
    }
    put_part(w, "energy", part);
}

static void put_memory(struct object *w, const struct tern_record *r) {
    struct object part = begin_object();
    put_number(&part, "peak_rss", r->memory.peak_rss);
    put_number(&part, "body", r->memory.body);
    put_number(&part, "head", r->memory.head);
    put_number(&part, "kv", r->memory.kv);
    put_number(&part, "file", r->memory.file);
    put_number(&part, "weights", r->memory.weights);
    put_number(&part, "head_weights", r->memory.head_weights);
    put_part(w, "memory", part);
}

static void put_flags(struct object *w, const char *flags) {
    static const char space[] = " \t";
    if (!flags || !flags[strspn(flags, space)]) return;
    json_t *list = json_array();
    char *copy = strdup(flags), *rest = NULL;
    if (!copy) w->bad = 1;
    for (char *word = copy ? strtok_r(copy, space, &rest) : NULL; word; word = strtok_r(NULL, space, &rest))
        if (json_array_append_new(list, tern_json_text(word))) w->bad = 1;
    free(copy);
    put(w, "flags", list);
}

static const char *or_own_machine(const char *key) {
    const struct tern_machine *own;
    if (key && *key) return key;
    return tern_machine_get(&own, NULL) ? NULL : own->key; /* an unknown machine is an absent key */
}

static const char *or_own(const char *text, const char *own, const struct tern_record *r) {
    return (text && *text) || (r->source && *r->source) ? text : own;
}

static json_t *object_of(const struct tern_record *r) {
    char now[32];
    tern_utc_text(now, sizeof now);
    struct object w = begin_object();
    put(&w, "schema", json_integer(TERN_RECORD_SCHEMA));
    put_text(&w, "kind", r->kind);
    put_text(&w, "ts", r->ts && *r->ts ? r->ts : now);
    put_text(&w, "machine", or_own_machine(r->machine));
    put_text(&w, "code", r->code);
    put_text(&w, "suite", or_own(r->suite, TERN_VERSION, r));
    put_text(&w, "commit", or_own(r->commit, TERN_COMMIT, r));
    put_text(&w, "source", r->source);
    put_text(&w, "run", r->run);
    put_text(&w, "variant", r->variant);
    put_text(&w, "params", r->params);
    put_text(&w, "op", r->op);
    put_text(&w, "format", r->format);
    put_text(&w, "model", r->model);
    put_shape(&w, r);
    put_count(&w, "threads", r->threads);
    put_text(&w, "regime", r->regime);
    put_estimate(&w, r);
    put_ratio(&w, r);
    put_number(&w, "bytes", r->bytes);
    put_number(&w, "macs", r->macs);
    put_number(&w, "of_ceiling", r->of_ceiling);
    put_text(&w, "ceiling", r->ceiling);
    put_counters(&w, r);
    put_energy(&w, r);
    put_memory(&w, r);
    struct object spent = begin_object();
    for (size_t i = 0; i < r->spents; i++) put_number(&spent, r->spent[i].name, r->spent[i].value);
    put_part(&w, "spent", spent);
    if (r->search) put(&w, "search", tern_search_to_json(r->search));
    put_flags(&w, r->flags);
    put(&w, "complete", json_boolean(r->complete));
    if (!w.bad) return w.o;
    json_decref(w.o);
    return NULL;
}

static enum tern_status line_of(const struct tern_record *r, char **line, struct tern_error *e) {
    *line = NULL;
    if (!r->kind || !*r->kind) return tern_fail(e, TERN_BAD_INPUT, "record: kind: missing");
    json_t *o = object_of(r);
    *line = tern_json_dump(o, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    json_decref(o);
    return *line ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "record: %s: out of memory", r->kind);
}

char *tern_record_json(const struct tern_record *r, struct tern_error *e) {
    char *line;
    line_of(r, &line, e);
    return line;
}

enum tern_status tern_record_append(const char *path, const struct tern_record *r, struct tern_error *e) {
    char *line;
    enum tern_status s = line_of(r, &line, e);
    if (!s) s = tern_file_append_line(path, line, e);
    free(line);
    return s;
}
