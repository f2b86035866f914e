/* The machine as a record, so that a report knows it from the records alone. */
#include "base/isa.h"
#include "measure/records/record.h"

#include <stdio.h>
#include <string.h>

struct words {
    char *text;
    size_t used, bytes;
};

/* Quotes and control characters of `value` become '?', so that a reader can find the end of the word. */
static void put_text(struct words *w, const char *key, const char *value) {
    const size_t need = strlen(key) + strlen(value) + sizeof " =\"\"";
    if (!*value || w->bytes - w->used <= need) return;
    const int quoted = strchr(value, ' ') != NULL;
    char *at = w->text + w->used;
    at += sprintf(at, "%s%s=%s", w->used ? " " : "", key, quoted ? "\"" : "");
    for (const char *p = value; *p; p++) *at++ = *p == '"' || (unsigned char)*p < ' ' ? '?' : *p;
    if (quoted) *at++ = '"';
    *at = 0;
    w->used = (size_t)(at - w->text);
}

static void put_count(struct words *w, const char *key, size_t n) {
    char text[24];
    if (!n) return;
    snprintf(text, sizeof text, "%zu", n);
    put_text(w, key, text);
}

void tern_record_of_machine(const struct tern_machine *m, char *params, size_t params_bytes,
                            struct tern_record *r) {
    struct words w = {.text = params, .bytes = params_bytes};
    char isa[160];
    int capped = 0;
    tern_record_init(r);
    if (params_bytes) *params = 0;
    put_text(&w, "vendor", m->vendor);
    put_count(&w, "cpus", m->cpus);
    if (m->quota > 0) {
        char quota[24];
        snprintf(quota, sizeof quota, "%.4g", m->quota);
        put_text(&w, "quota", quota);
    }
    put_count(&w, "cores", m->cores);
    put_count(&w, "packages", m->packages);
    put_count(&w, "numa", m->numa_nodes);
    put_count(&w, "l1d", m->l1d_bytes);
    put_count(&w, "l2", m->l2_bytes);
    put_count(&w, "l3", m->l3_bytes);
    if (m->caches_usual) put_text(&w, "caches", "usual for this core");
    put_count(&w, "memory", m->memory_bytes);
    put_count(&w, "vector", m->vector_bytes);
    tern_isa_text(m->usable, isa, sizeof isa);
    put_text(&w, "usable", isa);
    if (m->usable != m->isa) {
        tern_isa_text(m->isa, isa, sizeof isa);
        put_text(&w, "isa", isa);
    }
    put_text(&w, "hypervisor", m->hypervisor);
    put_text(&w, "kernel", m->kernel);
    put_text(&w, "governor", m->governor);
    put_text(&w, "thp", m->thp);
    put_text(&w, "topology", m->topology_source);
    tern_cold_bytes(m, &capped);
    r->kind = "machine";
    r->machine = m->key;
    r->variant = m->brand;
    r->params = params;
    r->flags = *m->hypervisor ? (capped ? "vm wcold-capped" : "vm") : capped ? "wcold-capped" : NULL;
    r->complete = 1;
}
