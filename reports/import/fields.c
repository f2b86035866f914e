/* Fields of foreign files, and the record they become. */
#define _GNU_SOURCE
#include "reports/import/fields.h"

#include "measure/clock.h"
#include "reports/data/order.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *tern_import_text(const json_t *o, const char *key) {
    const char *text = json_string_value(json_object_get(o, key));
    return text && *text ? text : NULL;
}

double tern_import_number(const json_t *o, const char *key) {
    const json_t *v = json_object_get(o, key);
    const char *text = json_string_value(v);
    char *end;
    if (json_is_number(v)) return json_number_value(v);
    if (!text || !*text) return NAN;
    const double x = strtod(text, &end);
    return *end || !isfinite(x) ? NAN : x;
}

size_t tern_import_count(const json_t *o, const char *key) {
    const double x = tern_import_number(o, key);
    return x > 0 && x < 1e9 ? (size_t)x : 0;
}

void tern_import_time(const char *text, char *out, size_t out_bytes) {
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d-%H:%M:%S"};
    struct tm t = {0};
    const char *rest = NULL;
    size_t form = 0;
    int hours, minutes;
    char sign;
    for (; text && form < 3; form++)
        if ((rest = strptime(text, forms[form], &t))) break;
    snprintf(out, out_bytes, "%.*s", 40, tern_or_empty(text));
    if (!rest) return;
    if (form) {
        if (!*rest) strftime(out, out_bytes, forms[0], &t);
        return;
    }
    if (*rest == '.') rest += 1 + strspn(rest + 1, "0123456789");
    long shift = 0;
    if (sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) == 3 && (sign == '+' || sign == '-'))
        shift = (hours * 60L + minutes) * (sign == '+' ? 60 : -60);
    else if (strcmp(rest, "Z") && *rest)
        return;
    const time_t at = timegm(&t) - shift;
    if (gmtime_r(&at, &t)) strftime(out, out_bytes, "%Y-%m-%dT%H:%M:%SZ", &t);
}

enum tern_status tern_import_fault(const char *where, const char *text, size_t at, struct tern_error *e,
                                   const char *fmt, ...) {
    char why[256];
    size_t line = 1;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < at; i++) line += text[i] == '\n';
    return tern_fail(e, TERN_BAD_INPUT, "import: %s: line %zu, byte %zu: %s", where, line, at, why);
}

double tern_import_unit_ns(const char *unit) {
    return !unit || !strcmp(unit, "ns") ? 1
           : !strcmp(unit, "us")        ? 1e3
           : !strcmp(unit, "ms")        ? 1e6
           : !strcmp(unit, "s")         ? 1e9
                                        : NAN;
}

void tern_import_setting(struct tern_text *t, const char *key, const json_t *v) {
    const char *text = json_string_value(v);
    char *other = NULL;
    if (!v || json_is_null(v) || (text && !*text)) return;
    tern_text_printf(t, "%s%s=", t->used ? "," : "", key);
    if (json_is_boolean(v))
        tern_text_put(t, json_is_true(v) ? "1" : "0");
    else if (json_is_number(v))
        tern_text_printf(t, "%.10g", json_number_value(v));
    else if (!text)
        text = other = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
    for (; text && *text; text++) tern_text_bytes(t, *text == ',' || *text == ' ' ? "_" : text, 1);
    free(other);
}

void tern_import_settings(struct tern_text *t, const json_t *object) {
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)object, key, v) tern_import_setting(t, key, v);
}

json_t *tern_import_list(const json_t *value) {
    json_t *v = (json_t *)(uintptr_t)value;
    return json_is_array(v) ? json_incref(v) : json_pack("[O]", v);
}

enum tern_status tern_import_put(struct tern_import_work *w, struct tern_record *r) {
    char run[128], now[32];
    const struct tern_import_options *o = w->o;
    if (o->machine) r->machine = o->machine;
    if (o->source) r->source = o->source;
    if (o->commit) r->commit = o->commit;
    if (!r->machine || !*r->machine) r->machine = "not said";
    tern_utc_text(now, sizeof now);
    if (!r->ts || !*r->ts) r->ts = o->written ? o->written : now;
    snprintf(run, sizeof run, "import-%.60s-%.40s", r->source, r->ts);
    if (!r->run) r->run = o->run ? o->run : run;
    char *line = tern_record_json(r, w->e);
    if (!line) return TERN_NO_MEMORY;
    tern_text_put(w->lines, line);
    tern_text_put(w->lines, "\n");
    free(line);
    w->records++;
    return w->lines->failed ? tern_fail(w->e, TERN_NO_MEMORY, "import: out of memory") : TERN_OK;
}

enum tern_status tern_import_put_timing(struct tern_import_work *w, const struct tern_import_timing *t) {
    const size_t most = json_array_size(t->samples);
    struct tern_record r;
    char ts[64];
    double *sample = malloc((most + 1) * sizeof *sample);
    size_t n = 0;
    if (!sample) return tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", w->where);
    for (size_t i = 0; i < most; i++) {
        const double v = json_number_value(json_array_get(t->samples, i)) * t->unit_ns;
        if (v > 0 && isfinite(v)) sample[n++] = v;
    }
    tern_record_init(&r);
    tern_import_time(t->ts, ts, sizeof ts);
    r.kind = "sample", r.variant = t->name, r.source = t->source, r.unit = "ns/call";
    r.params = t->params && *t->params ? t->params : "-";
    r.machine = t->machine, r.commit = t->commit, r.ts = ts, r.complete = 1;
    enum tern_status s = TERN_OK;
    if (n) {
        r.est = tern_estimate_of(sample, n);
        r.samples = sample, r.sample_count = n, r.flags = "imported";
    } else if (t->median > 0 && isfinite(t->median * t->unit_ns)) {
        r.est.n = t->n ? t->n : 1, r.est.median = t->median * t->unit_ns;
        r.est.ci_lo = t->lo > 0 ? t->lo * t->unit_ns : NAN;
        r.est.ci_hi = t->lo > 0 ? t->hi * t->unit_ns : NAN;
        r.flags = "imported aggregate";
    }
    if (r.est.n && t->name)
        s = tern_import_put(w, &r);
    else
        w->skipped++;
    free(sample);
    return s;
}
