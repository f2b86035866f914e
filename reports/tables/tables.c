#define _GNU_SOURCE
#include "reports/tables/tables.h"

#include "reports/data/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct tern_report_table *current(struct tern_report_tables *s) {
    return &s->table[s->tables - 1];
}

void tern_tables_begin(struct tern_report_tables *s, const char *name,
                       const struct tern_report_column *column) {
    struct tern_report_table *t = &s->table[s->tables++];
    *t = (struct tern_report_table){.name = name, .column = column};
    while (column[t->columns].csv) t->columns++;
}

struct tern_text *tern_tables_caption(struct tern_report_tables *s) {
    return &current(s)->caption;
}

struct tern_text *tern_tables_before(struct tern_report_tables *s) {
    return &current(s)->before;
}

void tern_tables_absent(struct tern_report_tables *s, const char *what, const char *command) {
    tern_text_put(&current(s)->absent, what);
    tern_text_put(&current(s)->command, command);
}

/* Takes `text`, which may be NULL. */
static void add(struct tern_report_tables *s, struct tern_report_cell cell, const char *why) {
    struct tern_report_table *t = current(s);
    if (t->cells == t->room) {
        const size_t room = t->room ? t->room * 2 : 64;
        struct tern_report_cell *grown = realloc(t->cell, room * sizeof *grown);
        if (!grown) {
            s->failed = 1;
            free(cell.text);
            return;
        }
        t->cell = grown, t->room = room;
    }
    cell.why = why && *why ? strdup(why) : NULL;
    if (why && *why && !cell.why) s->failed = 1;
    t->cell[t->cells++] = cell;
}

static void add_number(struct tern_report_tables *s, struct tern_report_cell cell, struct tern_text *text,
                       const char *why) {
    s->failed |= text->failed;
    cell.text = text->data;
    add(s, cell, why);
}

void tern_tables_text(struct tern_report_tables *s, const char *text) {
    char *copy = strdup(tern_or_empty(text));
    if (!copy) s->failed = 1;
    add(s, (struct tern_report_cell){.v = NAN, .lo = NAN, .hi = NAN, .text = copy}, NULL);
}

void tern_tables_count(struct tern_report_tables *s, size_t v) {
    struct tern_text t = {0};
    if (v) tern_text_printf(&t, "%zu", v);
    add_number(s, (struct tern_report_cell){.v = v ? (double)v : NAN, .lo = NAN, .hi = NAN}, &t, NULL);
}

void tern_tables_interval(struct tern_report_tables *s, double v, double lo, double hi, int digits,
                          const char *unit, const char *how, const char *why) {
    struct tern_text t = {0};
    if (isfinite(v)) {
        tern_put_number(&t, v, digits);
        tern_text_put(&t, unit);
    }
    add_number(s, (struct tern_report_cell){.v = v, .lo = lo, .hi = hi, .digits = digits, .how = how}, &t,
               why);
}

void tern_tables_p(struct tern_report_tables *s, double p) {
    struct tern_text t = {0};
    if (isfinite(p)) tern_text_printf(&t, "%.2g", p);
    add_number(s, (struct tern_report_cell){.v = p, .lo = NAN, .hi = NAN}, &t, NULL);
}

void tern_tables_number(struct tern_report_tables *s, double v, int digits, const char *unit, const char *how,
                        const char *why) {
    tern_tables_interval(s, v, NAN, NAN, digits, unit, how, why);
}

void tern_tables_ratio(struct tern_report_tables *s, double v, double lo, double hi, const char *how,
                       const char *why) {
    tern_tables_interval(s, v, lo, hi, 3, "\xc3\x97", how, why);
}

void tern_tables_range(struct tern_report_tables *s, double from, double to, int digits, const char *unit,
                       const char *how, const char *why) {
    struct tern_text t = {0};
    const int is_there = from > 0 && isfinite(to);
    if (is_there) {
        tern_put_number(&t, from, digits);
        tern_text_put(&t, "\xe2\x80\x93");
        tern_put_number(&t, to, digits);
        tern_text_put(&t, unit);
    }
    /* no interval of a centre: the text has both ends */
    add_number(
        s, (struct tern_report_cell){.v = is_there ? sqrt(from * to) : NAN, .lo = from, .hi = to, .how = how},
        &t, why);
}

void tern_tables_bytes(struct tern_report_tables *s, double v, const char *how, const char *why) {
    struct tern_text t = {0};
    if (isfinite(v)) tern_put_bytes(&t, v);
    add_number(s, (struct tern_report_cell){.v = v, .lo = NAN, .hi = NAN, .how = how}, &t, why);
}

void tern_tables_free(struct tern_report_tables *s) {
    for (size_t i = 0; i < s->tables; i++) {
        struct tern_report_table *t = &s->table[i];
        for (size_t j = 0; j < t->cells; j++) {
            free(t->cell[j].text);
            free(t->cell[j].why);
        }
        free(t->cell);
        tern_text_free(&t->before);
        tern_text_free(&t->caption);
        tern_text_free(&t->absent);
        tern_text_free(&t->command);
    }
    *s = (struct tern_report_tables){0};
}
