#include "reports/tables/tables.h"

#include "reports/data/number.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"

#include <math.h>
#include <string.h>

static size_t rows_of(const struct tern_report_table *t) {
    return t->cells / t->columns;
}

static int is_text(const struct tern_report_column *c) {
    return c->kind <= TERN_COLUMN_TEXT;
}

static int is_shown(const struct tern_report_table *x, size_t column) {
    const struct tern_report_column *c = &x->column[column];
    return c->head && !(c->kind == TERN_COLUMN_MACHINE && x->one_machine);
}

/* A range shows both ends in its text already. */
static int has_interval(const struct tern_report_cell *c) {
    return c->text && isfinite(c->lo) && isfinite(c->hi) && !strstr(c->text, "\xe2\x80\x93");
}

static void put_interval(const struct tern_report_cell *c, struct tern_text *t) {
    tern_put_number(t, c->lo, c->digits);
    tern_text_put(t, "\xe2\x80\x93");
    tern_put_number(t, c->hi, c->digits);
}

/* Long texts may take several lines. */
static const char *text_class(const struct tern_report_cell *c) {
    return c->text && strlen(c->text) > 44 ? " class=\"long\"" : "";
}

static void html_cell(const struct tern_report_cell *c, int text, struct tern_text *t) {
    tern_text_put(t, "<td");
    tern_text_put(t, text ? text_class(c) : c->how && c->text ? " class=\"n other\"" : " class=\"n\"");
    if (!text) {
        if (isfinite(c->v))
            tern_text_printf(t, " data-v=\"%.10g\"", c->v);
        else
            tern_text_put(t, " data-v=\"\"");
    }
    if (c->why) {
        tern_text_put(t, " title=\"");
        tern_text_html(t, c->why);
        tern_text_put(t, "\"");
    }
    tern_text_put(t, ">");
    tern_text_html(t, c->text ? c->text : TERN_ABSENT);
    if (has_interval(c)) {
        tern_text_put(t, " <span class=\"ci\">");
        put_interval(c, t);
        tern_text_put(t, "</span>");
    }
    if (c->how && c->text) tern_text_printf(t, " <span class=\"how\">%s</span>", c->how);
    tern_text_put(t, "</td>");
}

/* Each line is a paragraph. `put` escapes it, between `before` and `after`. */
static void put_paragraphs(const struct tern_text *text, const char *before,
                           void (*put)(struct tern_text *t, const char *s), const char *after,
                           struct tern_text *t) {
    for (const char *p = tern_or_empty(text->data); *p;) {
        struct tern_text line = {0};
        const size_t n = strcspn(p, "\n");
        tern_text_bytes(&line, p, n);
        tern_text_put(t, before);
        put(t, line.data);
        tern_text_put(t, after);
        t->failed |= line.failed;
        tern_text_free(&line);
        p += n + (p[n] == '\n');
    }
}

static void table_html(const struct tern_report_table *x, struct tern_text *t) {
    put_paragraphs(&x->before, "<p>", tern_text_html, "</p>\n", t);
    if (!x->cells) {
        if (!x->absent.used) return;
        tern_text_put(t, "<p class=\"absent\">Not measured: ");
        tern_text_html(t, x->absent.data);
        tern_text_put(t, ". <code>");
        tern_text_html(t, x->command.data);
        tern_text_put(t, "</code> writes them.</p>\n");
        return;
    }
    tern_text_printf(t, "<div class=\"scroll\"><table class=\"data\" data-filter=\"%s\"><caption>", x->name);
    tern_text_html(t, x->caption.data);
    tern_text_put(t, "</caption><thead><tr>");
    for (size_t i = 0; i < x->columns; i++)
        if (is_shown(x, i))
            tern_text_printf(t, "<th scope=\"col\"%s>%s</th>", is_text(&x->column[i]) ? "" : " class=\"n\"",
                             x->column[i].head);
    tern_text_put(t, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < rows_of(x); r++) {
        tern_text_put(t, "<tr>");
        for (size_t i = 0; i < x->columns; i++)
            if (is_shown(x, i)) html_cell(&x->cell[r * x->columns + i], is_text(&x->column[i]), t);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void table_markdown(const struct tern_report_table *x, struct tern_text *t) {
    put_paragraphs(&x->before, "", tern_text_markdown, "\n\n", t);
    if (!x->cells) {
        if (!x->absent.used) return;
        tern_text_put(t, "Not measured: ");
        tern_text_markdown(t, x->absent.data);
        tern_text_printf(t, ". `%s` writes them.\n\n", x->command.data);
        return;
    }
    tern_text_markdown(t, x->caption.data);
    tern_text_put(t, "\n\n|");
    for (size_t i = 0; i < x->columns; i++)
        if (is_shown(x, i)) tern_text_printf(t, " %s |", x->column[i].head);
    tern_text_put(t, "\n|");
    for (size_t i = 0; i < x->columns; i++)
        if (is_shown(x, i)) tern_text_put(t, is_text(&x->column[i]) ? "---|" : "--:|");
    tern_text_put(t, "\n");
    for (size_t at = 0; at < x->cells; at++) {
        const struct tern_report_cell *c = &x->cell[at];
        if (at % x->columns == 0) tern_text_put(t, "|");
        if (is_shown(x, at % x->columns)) {
            tern_text_put(t, " ");
            tern_text_markdown(t, c->text ? c->text : TERN_ABSENT);
            if (has_interval(c)) {
                tern_text_put(t, " (");
                put_interval(c, t);
                tern_text_put(t, ")");
            }
            if (c->how && c->text) tern_text_printf(t, " *%s*", c->how);
            tern_text_put(t, " |");
        }
        if (at % x->columns == x->columns - 1) tern_text_put(t, "\n");
    }
    tern_text_put(t, "\n");
}

static void table_csv(const struct tern_report_table *x, struct tern_text *t) {
    for (size_t i = 0; i < x->columns; i++) {
        const struct tern_report_column *c = &x->column[i];
        tern_text_printf(t, "%s%s", i ? "," : "", c->csv);
        if (c->kind >= TERN_COLUMN_INTERVAL) tern_text_printf(t, ",%s_low,%s_high", c->csv, c->csv);
        if (c->kind == TERN_COLUMN_HOW) tern_text_printf(t, ",%s_how", c->csv);
    }
    tern_text_put(t, "\n");
    for (size_t at = 0; at < x->cells; at++) {
        const struct tern_report_cell *c = &x->cell[at];
        const enum tern_column_kind kind = x->column[at % x->columns].kind;
        if (at % x->columns) tern_text_put(t, ",");
        if (kind <= TERN_COLUMN_TEXT)
            tern_text_csv(t, c->text);
        else
            tern_put_exact(t, c->v, "");
        if (kind >= TERN_COLUMN_INTERVAL) tern_csv_number(t, c->lo), tern_csv_number(t, c->hi);
        if (kind == TERN_COLUMN_HOW)
            tern_csv_text(t, c->text && isfinite(c->v) ? c->how ? c->how : "measured" : "");
        if (at % x->columns == x->columns - 1) tern_text_put(t, "\n");
    }
}

/* Fills the tables; 0 when memory ran out or the cells do not make whole rows. */
static int filled(const struct tern_report_page *p, tern_tables_fill fill, struct tern_report_tables *s,
                  struct tern_text *t) {
    *s = (struct tern_report_tables){0};
    fill(p, s);
    for (size_t i = 0; i < s->tables; i++) {
        const struct tern_report_table *x = &s->table[i];
        s->table[i].one_machine = p->machines < 2;
        s->failed |= x->before.failed || x->caption.failed || x->absent.failed || x->command.failed ||
                     x->cells % x->columns != 0;
    }
    t->failed |= s->failed;
    return !s->failed;
}

void tern_tables_html(const struct tern_report_page *p, tern_tables_fill fill, struct tern_text *t) {
    struct tern_report_tables s;
    if (filled(p, fill, &s, t))
        for (size_t i = 0; i < s.tables; i++) table_html(&s.table[i], t);
    tern_tables_free(&s);
}

void tern_tables_markdown(const struct tern_report_page *p, tern_tables_fill fill, struct tern_text *t) {
    struct tern_report_tables s;
    if (filled(p, fill, &s, t))
        for (size_t i = 0; i < s.tables; i++) table_markdown(&s.table[i], t);
    tern_tables_free(&s);
}

void tern_tables_csv(const struct tern_report_page *p, tern_tables_fill fill, size_t index,
                     struct tern_text *t) {
    struct tern_report_tables s;
    if (filled(p, fill, &s, t) && index < s.tables) table_csv(&s.table[index], t);
    tern_tables_free(&s);
}
