/* Tables that llama-bench prints besides JSON and CSV: Markdown and SQL. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The cells of "| a | b |" without the white space around them. */
static json_t *cells_of(const char *line, size_t bytes) {
    json_t *list = json_array();
    const char *end = line + bytes;
    for (const char *p = memchr(line, '|', bytes); p && ++p < end;) {
        const char *stop = memchr(p, '|', (size_t)(end - p));
        if (!stop) break;
        const char *from = p, *to = stop;
        while (from < to && (*from == ' ' || *from == '\t')) from++;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t')) to--;
        json_t *cell = json_stringn(from, (size_t)(to - from));
        json_array_append_new(list, cell ? cell : json_null());
        p = stop;
    }
    return list;
}

/* "pp512", "tg128", "pp64+tg16", "tg32 @ d512" as the numbers that JSON has. */
static void take_test(json_t *row, const char *test) {
    const char *prompt = strstr(test, "pp"), *made = strstr(test, "tg"), *depth = strstr(test, "@ d");
    json_object_set_new(row, "n_prompt", json_integer(prompt ? strtol(prompt + 2, NULL, 10) : 0));
    json_object_set_new(row, "n_gen", json_integer(made ? strtol(made + 2, NULL, 10) : 0));
    if (depth) json_object_set_new(row, "n_depth", json_integer(strtol(depth + 3, NULL, 10)));
}

/* The columns of llama-bench's Markdown under the names of its JSON. */
static const char *column(const char *title) {
    static const char *const names[][2] = {{"model", "model_type"},
                                           {"threads", "n_threads"},
                                           {"backend", "backends"},
                                           {"ngl", "n_gpu_layers"},
                                           {"fa", "flash_attn"},
                                           {"mmap", "use_mmap"},
                                           {"sm", "split_mode"},
                                           {"mg", "main_gpu"},
                                           {"nkvo", "no_kv_offload"},
                                           {"ts", "tensor_split"},
                                           {"embd", "embeddings"},
                                           {"dev", "devices"},
                                           {"ot", "tensor_buft_overrides"},
                                           {"nopo", "no_op_offload"},
                                           {"ncmoe", "n_cpu_moe"},
                                           {"dio", "use_direct_io"},
                                           {"t/s", "avg_ts"},
                                           {"size", "model_size"},
                                           {"params", "model_n_params"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(title, names[i][0])) return names[i][1];
    return title;
}

static json_t *named_row(const json_t *head, const json_t *cells) {
    json_t *row = json_object();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const char *title = json_string_value(json_array_get(head, i)),
                   *cell = json_string_value(json_array_get(cells, i));
        if (!title || !cell) continue;
        if (!strcmp(title, "test"))
            take_test(row, cell);
        else if (!strcmp(title, "t/s"))
            json_object_set_new(row, "avg_ts", json_real(strtod(cell, NULL)));
        else
            json_object_set_new(row, column(title), json_string(cell));
    }
    return row;
}

/* "build: 8f1d2c3 (1234)" stands below a table. */
static void put_build(json_t *rows, size_t from, const char *line) {
    char commit[64] = "";
    if (sscanf(line, "build: %63[^ (\r\n]", commit) != 1) return;
    for (size_t i = from; i < json_array_size(rows); i++)
        json_object_set_new(json_array_get(rows, i), "build_commit", json_string(commit));
}

enum tern_status tern_import_markdown(const char *where, const char *text, json_t **out,
                                      struct tern_error *e) {
    json_t *rows = json_array(), *head = NULL;
    size_t begun = 0; /* rows of the tables before this one */
    enum tern_status s = TERN_OK;
    for (const char *p = text; *p && !s;) {
        const size_t n = strcspn(p, "\n");
        json_t *cells = *p == '|' ? cells_of(p, n) : NULL;
        const char *first = json_string_value(json_array_get(cells, 0));
        if (!cells) {
            put_build(rows, begun, p);
        } else if (first && !strcmp(first, "model")) {
            json_decref(head);
            head = json_incref(cells);
            begun = json_array_size(rows);
        } else if (head && json_array_size(cells) != json_array_size(head)) {
            s = tern_import_fault(where, text, (size_t)(p - text), e,
                                  "Markdown: %zu cells, but the header has %zu", json_array_size(cells),
                                  json_array_size(head));
        } else if (head && first && strncmp(first, "--", 2) != 0 && strncmp(first, ":-", 2) != 0) {
            json_array_append_new(rows, named_row(head, cells));
        }
        json_decref(cells);
        p += n + (p[n] == '\n');
    }
    json_decref(head);
    if (!s && !json_array_size(rows))
        s = tern_import_fault(where, text, strlen(text), e, "Markdown: no row of llama-bench");
    *out = s ? NULL : json_incref(rows);
    json_decref(rows);
    return s;
}

/* One value of a VALUES list: 'text' with doubled quotes, or a word. Moves on to the comma or parenthesis. */
static json_t *sql_value(const char **at) {
    const char *p = *at + strspn(*at, " \t\r\n");
    json_t *value;
    if (*p == '\'') {
        struct tern_text t = {0};
        for (p++; *p && (*p != '\'' || p[1] == '\''); p++) {
            tern_text_bytes(&t, p, 1);
            p += *p == '\'';
        }
        p += *p == '\'';
        value = json_stringn(t.data ? t.data : "", t.used);
        tern_text_free(&t);
    } else {
        const size_t n = strcspn(p, ",)");
        value = n == 4 && !strncasecmp(p, "NULL", 4) ? json_null() : json_stringn(p, n);
        p += n;
    }
    *at = p + strspn(p, " \t\r\n");
    return value ? value : json_null();
}

/* "(a, b, ...)" at *at as a list. NULL when it is none. */
static json_t *sql_list(const char **at) {
    json_t *list = json_array();
    if (**at != '(') return json_decref(list), NULL;
    do {
        (*at)++;
        json_array_append_new(list, sql_value(at));
    } while (**at == ',');
    if (**at == ')') return (*at)++, list;
    json_decref(list);
    return NULL;
}

/* The statement that begins at *at as a row, and *at moves behind it. NULL when it is not of the form. */
static json_t *sql_row(const char **at) {
    const char *p = *at + strcspn(*at, "(");
    json_t *names = *p ? sql_list(&p) : NULL, *values = NULL;
    p = names ? strcasestr(p, "VALUES") : NULL;
    if (p) p += strcspn(p, "(");
    if (p && *p) values = sql_list(&p);
    const size_t n = json_array_size(names);
    json_t *row = values && n && json_array_size(values) == n ? json_object() : NULL;
    for (size_t i = 0; row && i < n; i++)
        json_object_set(row, json_string_value(json_array_get(names, i)), json_array_get(values, i));
    json_decref(names);
    json_decref(values);
    *at = p;
    return row;
}

enum tern_status tern_import_sql(const char *where, const char *text, json_t **out, struct tern_error *e) {
    json_t *rows = json_array();
    enum tern_status s = TERN_OK;
    for (const char *p = text; !s && (p = strcasestr(p, "INSERT INTO"));) {
        const char *begin = p;
        json_t *row = sql_row(&p);
        if (row)
            json_array_append_new(rows, row);
        else
            s = tern_import_fault(where, text, (size_t)(begin - text), e,
                                  "SQL: not INSERT INTO table (names) VALUES (as many values)");
    }
    *out = s ? NULL : json_incref(rows);
    json_decref(rows);
    return s;
}
