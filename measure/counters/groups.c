#include "measure/counters/groups.h"

#include "base/expression.h"
#include "base/file.h"
#include "measure/counters/counters.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/group_files.h"

static const size_t file_bytes_max = 1 << 20;

const char *const tern_group_variable[TERN_GROUP_VARIABLES] = {"ns",      "bytes",     "weights", "macs",
                                                               "threads", "read_peak", "mac_peak"};

/* Copies a text of the object; 0, or -1 when it is none or too long. An absent one is "" if it may be. */
static int text(const json_t *o, const char *key, int required, char *out, size_t bytes) {
    const json_t *v = json_object_get(o, key);
    out[0] = 0;
    if (!v && !required) return 0;
    const char *s = json_string_value(v);
    if (!s || strlen(s) >= bytes) return -1;
    memcpy(out, s, strlen(s) + 1);
    return 0;
}

static enum tern_status events(const json_t *o, const char *where, struct tern_counter_group *g,
                               struct tern_error *e) {
    const char *key;
    json_t *value;
    if (!json_is_object(o)) return tern_fail(e, TERN_BAD_INPUT, "counters: %s: events: no object", where);
    json_object_foreach((json_t *)(uintptr_t)o, key, value) {
        struct tern_counter_event *ev = &g->event[g->events];
        if (g->events == TERN_GROUP_EVENTS || strlen(key) >= sizeof ev->name)
            return tern_fail(e, TERN_BAD_INPUT, "counters: %s: event %s: more than %d, or too long", where,
                             key, TERN_GROUP_EVENTS);
        snprintf(ev->name, sizeof ev->name, "%s", key);
        if (text(value, "papi", 0, ev->papi, sizeof ev->papi) ||
            text(value, "perf", 0, ev->perf, sizeof ev->perf) ||
            text(value, "sde", 0, ev->sde, sizeof ev->sde) || (!ev->papi[0] && !ev->perf[0] && !ev->sde[0]))
            return tern_fail(e, TERN_BAD_INPUT, "counters: %s: event %s: has no name for papi, perf or sde",
                             where, key);
        g->events++;
    }
    return TERN_OK;
}

static enum tern_status metrics(const json_t *list, const char *where, struct tern_counter_group *g,
                                struct tern_error *e) {
    struct tern_formula_name name[TERN_GROUP_EVENTS + TERN_GROUP_VARIABLES];
    size_t i, names = 0;
    json_t *value;
    for (i = 0; i < g->events; i++) name[names++].name = g->event[i].name;
    for (i = 0; i < TERN_GROUP_VARIABLES; i++) name[names++].name = tern_group_variable[i];
    if (!json_is_array(list)) return tern_fail(e, TERN_BAD_INPUT, "counters: %s: metrics: no list", where);
    json_array_foreach(list, i, value) {
        struct tern_counter_metric *m = &g->metric[g->metrics];
        if (g->metrics == TERN_GROUP_METRICS || text(value, "name", 1, m->name, sizeof m->name) ||
            text(value, "unit", 1, m->unit, sizeof m->unit) ||
            text(value, "formula", 1, m->formula, sizeof m->formula))
            return tern_fail(e, TERN_BAD_INPUT,
                             "counters: %s: metric %zu: name, unit or formula is missing, or "
                             "there are more than %d",
                             where, i, TERN_GROUP_METRICS);
        if (tern_formula_check(m->formula, name, names, e)) return tern_fail_in(e, TERN_BAD_INPUT, where);
        g->metrics++;
    }
    return TERN_OK;
}

enum tern_status tern_group_parse(const char *json, const char *where, struct tern_counter_group *out,
                                  struct tern_error *e) {
    json_error_t at;
    memset(out, 0, sizeof *out);
    json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, &at);
    if (!o) return tern_fail(e, TERN_BAD_INPUT, "counters: %s: line %d: %s", where, at.line, at.text);
    enum tern_status s = TERN_OK;
    if (text(o, "name", 1, out->name, sizeof out->name) || text(o, "about", 1, out->about, sizeof out->about))
        s = tern_fail(e, TERN_BAD_INPUT, "counters: %s: name or about is missing", where);
    if (!s) s = events(json_object_get(o, "events"), where, out, e);
    if (!s) s = metrics(json_object_get(o, "metrics"), where, out, e);
    json_decref(o);
    return s;
}

static enum tern_status read_group(const char *path, struct tern_counter_group *out, struct tern_error *e) {
    char *json;
    enum tern_status s = tern_file_read(path, file_bytes_max, &json, NULL, e);
    if (s) return s;
    s = tern_group_parse(json, path, out, e);
    free(json);
    return s;
}

size_t tern_groups_count(void) {
    return sizeof group_files / sizeof *group_files;
}

enum tern_status tern_group_builtin(size_t i, struct tern_counter_group *out, struct tern_error *e) {
    return tern_group_parse((const char *)group_files[i].text, group_files[i].name, out, e);
}

enum tern_status tern_group_find(const char *name, struct tern_counter_group *out, struct tern_error *e) {
    char list[256] = "";
    const size_t n = strlen(name);
    if (n > 5 && !strcmp(name + n - 5, ".json")) return read_group(name, out, e);
    for (size_t i = 0; i < tern_groups_count(); i++) {
        const enum tern_status s = tern_group_builtin(i, out, e);
        if (s || !strcmp(out->name, name)) return s;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", out->name);
    }
    return tern_fail(e, TERN_BAD_INPUT,
                     "counters: %.64s: no such group: there are %s, and files that end in "
                     ".json",
                     name, list);
}

/* The facts of one back-end. */
static const struct tern_counters_facts *facts_of(const char *backend) {
    size_t count;
    const struct tern_counters_facts *f = tern_counters_backends(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(f[i].backend, backend)) return &f[i];
    return NULL;
}

const char *tern_event_name(const struct tern_counter_event *ev, char *buffer, size_t bytes,
                            const char **why) {
    *why = NULL;
    if (ev->sde[0]) {
        *why = facts_of("sde")->why_not;
        return *why ? NULL : ev->sde;
    }
    const struct tern_counters_facts *f = ev->papi[0] ? tern_counters_facts() : facts_of("perf software");
    *why = f->why_not;
    if (*why) return NULL;
    if (!strcmp(f->backend, "papi")) return ev->papi;
    *why = ev->perf[0] ? NULL : "perf has no generic event for it";
    if (*why) return NULL;
    snprintf(buffer, bytes, "perf:%s", ev->perf);
    return buffer;
}
