#include "measure/energy/model.h"

#include "base/file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned char tern_energy_horowitz2014[];

static int text(const json_t *o, const char *key, char *out, size_t bytes) {
    const char *s = json_string_value(json_object_get(o, key));
    if (!s || !*s || strlen(s) >= bytes) return -1;
    memcpy(out, s, strlen(s) + 1);
    return 0;
}

static int range(const json_t *o, const char *key, struct tern_energy_range *out) {
    const json_t *part = json_object_get(o, key);
    char source[256];
    out->from = json_number_value(json_object_get(part, "from"));
    out->to = json_number_value(json_object_get(part, "to"));
    return text(part, "source", source, sizeof source) || !(out->from > 0) || !(out->to >= out->from) ? -1
                                                                                                      : 0;
}

enum tern_status tern_energy_model_parse(const char *json, const char *where, struct tern_energy_model *out,
                                         struct tern_error *e) {
    json_error_t at;
    memset(out, 0, sizeof *out);
    json_t *o = json_loads(json, JSON_REJECT_DUPLICATES, &at);
    if (!o) return tern_fail(e, TERN_BAD_INPUT, "energy: model: %s: line %d: %s", where, at.line, at.text);
    const json_t *pj = json_object_get(o, "picojoules");
    const char *bad = text(o, "name", out->name, sizeof out->name)         ? "name"
                      : text(o, "about", out->about, sizeof out->about)    ? "about"
                      : text(o, "source", out->source, sizeof out->source) ? "source"
                      : range(pj, "l1_byte", &out->l1_byte)                ? "picojoules.l1_byte"
                      : range(pj, "l2_byte", &out->l2_byte)                ? "picojoules.l2_byte"
                      : range(pj, "dram_byte", &out->dram_byte)            ? "picojoules.dram_byte"
                      : range(pj, "mac", &out->mac)                        ? "picojoules.mac"
                                                                           : NULL;
    json_decref(o);
    if (!bad) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT,
                     "energy: model: %s: %s: missing, no positive range, or without a source", where, bad);
}

enum tern_status tern_energy_model_read(const char *path, struct tern_energy_model *out,
                                        struct tern_error *e) {
    char *json;
    if (!path)
        return tern_energy_model_parse((const char *)tern_energy_horowitz2014, "horowitz2014.json", out, e);
    enum tern_status s = tern_file_read(path, 1 << 20, &json, NULL, e);
    if (s) return s;
    s = tern_energy_model_parse(json, path, out, e);
    free(json);
    return s;
}

struct tern_energy_range tern_energy_modelled(const struct tern_energy_model *m, int cold, double bytes,
                                              double macs) {
    const struct tern_energy_range *byte = cold ? &m->dram_byte : &m->l2_byte;
    return (struct tern_energy_range){(byte->from * bytes + m->mac.from * macs) * 1e-12,
                                      (byte->to * bytes + m->mac.to * macs) * 1e-12};
}
