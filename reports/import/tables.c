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
static json_t *named_row(const json_t *head, const json_t *cells) {
    static const char *const names[][2] = {
        {"model", "model_type"},   {"threads", "n_threads"}, {"backend", "backends"},
        {"ngl", "n_gpu_layers"},   {"type_k", "type_k"},     {"type_v", "type_v"},
        {"fa", "flash_attn"},      {"mmap", "use_mmap"},     {"n_batch", "n_batch"},
        {"n_ubatch", "n_ubatch"},  {"sm", "split_mode"},     {"mg", "main_gpu"},
        {"nkvo", "no_kv_offload"}, {"ts", "tensor_split"},   {"embd", "embeddings"},
        {"dev", "devices"},        {"cpu_mask", "cpu_mask"}, {"cpu_strict", "cpu_strict"},
        {"poll", "poll"},          {"t/s", "avg_ts"}};
    json_t *row = json_object();
    for (size_t i = 0; i < json_array_size(cells) && i < json_array_size(head); i++) {
        const char *title = json_string_value(json_array_get(head, i)),
                   *cell = json_string_value(json_array_get(cells, i));
        if (!title || !cell) continue;
        if (!strcmp(title, "test")) take_test(row, cell);
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (!strcmp(title, names[n][0]))
                json_object_set_new(row, names[n][1],
                                    strcmp(title, "t/s") ? json_string(cell) : json_real(strtod(cell, NULL)));
    }
    return row;
}

json_t *tern_import_markdown(const char *text) {
    json_t *rows = json_array(), *head = NULL;
    for (const char *p = text; *p;) {
        const size_t n = strcspn(p, "\n");
        json_t *cells = cells_of(p, n);
        const char *first = json_string_value(json_array_get(cells, 0));
        if (json_array_size(cells) > 1 && !head)
            head = json_incref(cells);
        else if (json_array_size(cells) > 1 && first && strncmp(first, "--", 2) != 0 &&
                 strncmp(first, ":-", 2) != 0)
            json_array_append_new(rows, named_row(head, cells));
        json_decref(cells);
        p += n + (p[n] == '\n');
    }
    json_decref(head);
    if (json_array_size(rows)) return rows;
    json_decref(rows);
    return NULL;
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
        size_t n = strcspn(p, ",)");
        value = json_stringn(p, n);
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

json_t *tern_import_sql(const char *text) {
    json_t *rows = json_array();
    for (const char *p = text; (p = strcasestr(p, "INSERT INTO"));) {
        p += strcspn(p, "(");
        json_t *names = *p ? sql_list(&p) : NULL;
        p = names ? strcasestr(p, "VALUES") : NULL;
        if (p) p += strcspn(p, "(");
        json_t *values = p && *p ? sql_list(&p) : NULL;
        json_t *row = values ? json_object() : NULL;
        for (size_t i = 0; row && i < json_array_size(names); i++) {
            const char *name = json_string_value(json_array_get(names, i));
            if (name) json_object_set(row, name, json_array_get(values, i));
        }
        if (row) json_array_append_new(rows, row);
        json_decref(names);
        json_decref(values);
        if (!p) break;
    }
    if (json_array_size(rows)) return rows;
    json_decref(rows);
    return NULL;
}
