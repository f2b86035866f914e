/* RFC 4180: fields in double quotes may hold commas, doubled quotes and line ends. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <string.h>

struct scan {
    const char *at, *end;
    int line_ended;
};

/* The next field, into `out`. */
static void field(struct scan *s, struct tern_text *out) {
    int quoted = 0;
    out->used = 0;
    s->line_ended = 0;
    for (; s->at < s->end; s->at++) {
        const char c = *s->at;
        if (quoted) {
            if (c == '"' && s->at + 1 < s->end && s->at[1] == '"')
                s->at++;
            else if (c == '"') {
                quoted = 0;
                continue;
            }
            tern_text_bytes(out, s->at, 1);
        } else if (c == '"') {
            quoted = 1;
        } else if (c == ',' || c == '\n') {
            s->at++;
            s->line_ended = c == '\n';
            tern_text_put(out, "");
            return;
        } else if (c != '\r') {
            tern_text_bytes(out, s->at, 1);
        }
    }
    s->line_ended = 1;
    tern_text_put(out, "");
}

static json_t *line(struct scan *s, struct tern_text *t) {
    json_t *list = json_array();
    do {
        field(s, t);
        json_t *text = t->failed ? NULL : json_stringn(t->used ? t->data : "", t->used);
        if (json_array_append_new(list, text ? text : json_null())) break;
    } while (!s->line_ended);
    return list;
}

json_t *tern_import_csv(const char *text, size_t bytes) {
    struct scan s = {text, text + bytes, 0};
    struct tern_text t = {0};
    json_t *head = line(&s, &t), *rows = json_array();
    int good = json_array_size(head) > 1;
    while (good && s.at < s.end) {
        json_t *cells = line(&s, &t), *row = json_object();
        const size_t n = json_array_size(cells);
        if (n > 1) {
            for (size_t i = 0; i < n && i < json_array_size(head); i++) {
                const char *key = json_string_value(json_array_get(head, i));
                if (key) json_object_set(row, key, json_array_get(cells, i));
            }
            json_array_append(rows, row);
        }
        json_decref(row);
        json_decref(cells);
    }
    json_decref(head);
    tern_text_free(&t);
    if (good && json_array_size(rows)) return rows;
    json_decref(rows);
    return NULL;
}
