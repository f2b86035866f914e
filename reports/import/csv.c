/* RFC 4180: fields in double quotes may hold commas, doubled quotes and line ends. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <string.h>

struct scan {
    const char *where, *text, *at, *end;
    int line_ended;
    struct tern_error *e;
};

/* The next field, into `out`. */
static enum tern_status field(struct scan *s, struct tern_text *out) {
    const char *quote = NULL; /* the one that is open */
    out->used = 0;
    s->line_ended = 0;
    for (; s->at < s->end; s->at++) {
        const char c = *s->at;
        if (quote) {
            if (c == '"' && s->at + 1 < s->end && s->at[1] == '"')
                s->at++;
            else if (c == '"') {
                quote = NULL;
                continue;
            }
            tern_text_bytes(out, s->at, 1);
        } else if (c == '"') {
            quote = s->at;
        } else if (c == ',' || c == '\n') {
            s->at++;
            s->line_ended = c == '\n';
            tern_text_put(out, "");
            return TERN_OK;
        } else if (c != '\r') {
            tern_text_bytes(out, s->at, 1);
        }
    }
    s->line_ended = 1;
    tern_text_put(out, "");
    return quote ? tern_import_fault(s->where, s->text, (size_t)(quote - s->text), s->e,
                                     "CSV: the quote that begins here is not closed")
                 : TERN_OK;
}

static enum tern_status line(struct scan *s, struct tern_text *t, json_t *list) {
    enum tern_status status;
    do {
        const char *from = s->at;
        if ((status = field(s, t))) return status;
        json_t *text = t->failed ? NULL : json_stringn(t->used ? t->data : "", t->used);
        if (!text && !t->failed)
            return tern_import_fault(s->where, s->text, (size_t)(from - s->text), s->e, "CSV: not UTF-8");
        if (json_array_append_new(list, text))
            return tern_fail(s->e, TERN_NO_MEMORY, "import: %s: out of memory", s->where);
    } while (!s->line_ended);
    return TERN_OK;
}

static enum tern_status rows_of(struct scan *s, struct tern_text *t, const json_t *head, json_t *rows) {
    enum tern_status status = TERN_OK;
    while (!status && s->at < s->end) {
        const char *from = s->at;
        json_t *cells = json_array(), *row = json_object();
        status = line(s, t, cells);
        const size_t n = json_array_size(cells), wanted = json_array_size(head);
        const int empty = n == 1 && !json_string_length(json_array_get(cells, 0));
        if (!status && !empty && n != wanted)
            status =
                tern_import_fault(s->where, s->text, (size_t)(from - s->text), s->e,
                                  "CSV: %zu field%s, but the header has %zu", n, n == 1 ? "" : "s", wanted);
        for (size_t i = 0; i < n && !status && !empty; i++)
            json_object_set(row, json_string_value(json_array_get(head, i)), json_array_get(cells, i));
        if (!status && !empty) json_array_append(rows, row);
        json_decref(row);
        json_decref(cells);
    }
    return status;
}

enum tern_status tern_import_csv(const char *where, const char *text, size_t bytes, json_t **out,
                                 struct tern_error *e) {
    struct scan s = {where, text, text, text + bytes, 0, e};
    struct tern_text t = {0};
    json_t *head = json_array(), *rows = json_array();
    enum tern_status status = line(&s, &t, head);
    if (!status && json_array_size(head) < 2)
        status = tern_import_fault(where, text, 0, e, "neither JSON nor a table");
    if (!status) status = rows_of(&s, &t, head, rows);
    if (!status && !json_array_size(rows))
        status = tern_import_fault(where, text, bytes, e, "CSV: a header, and no line behind it");
    json_decref(head);
    tern_text_free(&t);
    *out = status ? NULL : json_incref(rows);
    json_decref(rows);
    return status;
}
