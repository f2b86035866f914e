#include "reports/tables/html.h"

#include "reports/data/flags.h"
#include "reports/data/number.h"

#include <math.h>
#include <string.h>

void tern_cell_heads(struct tern_text *t, const char *const *text) {
    for (; *text; text++) {
        const int number = **text == '>';
        tern_text_printf(t, "<th scope=\"col\"%s>%s</th>", number ? " class=\"n\"" : "", *text + number);
    }
}

/* `<td class="n" data-v="...">`: the script sorts by data-v; absent numbers go last. */
void tern_cell_open(struct tern_text *t, double v) {
    tern_text_put(t, "<td class=\"n\"");
    if (isfinite(v))
        tern_text_printf(t, " data-v=\"%.10g\">", v);
    else
        tern_text_put(t, " data-v=\"\">");
}

void tern_cell_count(struct tern_text *t, size_t v) {
    tern_text_printf(t, "<td class=\"n\" data-v=\"%zu\">%zu</td>", v, v);
}

void tern_cell_text(struct tern_text *t, const char *s) {
    tern_text_put(t, "<td>");
    tern_text_html(t, s);
    tern_text_put(t, "</td>");
}

void tern_cell_variant(struct tern_text *t, const struct tern_record *r) {
    tern_text_put(t, "<td class=\"v\"><code>");
    tern_text_html(t, *tern_or_empty(r->variant) ? r->variant : "unnamed");
    tern_text_put(t, "</code>");
    if (*tern_or_empty(r->params) && strcmp(r->params, "-")) {
        tern_text_put(t, " <span class=\"params\">");
        tern_text_html(t, r->params);
        tern_text_put(t, "</span>");
    }
    tern_text_put(t, "</td>");
}

void tern_cell_speedup(struct tern_text *t, struct tern_speedup s) {
    tern_cell_open(t, s.ratio);
    tern_put_times(t, s.ratio);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        tern_text_put(t, " <span class=\"ci\">");
        tern_put_number(t, s.lo, 3);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_number(t, s.hi, 3);
        tern_text_put(t, "</span>");
    }
    tern_text_put(t, "</td>");
}

static int has_interval(const struct tern_estimate *x) {
    return isfinite(x->ci_lo) && isfinite(x->ci_hi);
}

static void put_times(struct tern_text *t, const struct tern_estimate *x, struct tern_time_unit u) {
    tern_put_time(t, x->ci_lo, u);
    tern_text_put(t, "\xe2\x80\x93");
    tern_put_time(t, x->ci_hi, u);
}

void tern_cell_time(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u) {
    tern_cell_open(t, r->est.median);
    tern_put_time(t, r->est.median, u);
    tern_text_printf(t, " %s", u.name);
    if (has_interval(&r->est)) {
        tern_text_put(t, " <span class=\"ci\">");
        put_times(t, &r->est, u);
        tern_text_put(t, "</span>");
    }
    tern_text_put(t, "</td>");
}

void tern_cell_time_pair(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u) {
    tern_cell_open(t, r->est.median);
    tern_put_time(t, r->est.median, u);
    tern_text_put(t, "</td>");
    tern_cell_open(t, r->est.ci_lo);
    if (has_interval(&r->est))
        put_times(t, &r->est, u);
    else
        tern_text_put(t, TERN_ABSENT);
    tern_text_put(t, "</td>");
}

void tern_cell_ceiling(struct tern_text *t, const struct tern_record *r) {
    tern_cell_open(t, r->of_ceiling);
    if (isfinite(r->of_ceiling)) {
        tern_put_number(t, r->of_ceiling * 100, 3);
        tern_text_put(t, " %");
        if (*tern_or_empty(r->ceiling)) {
            tern_text_put(t, " <span class=\"ci\">");
            tern_text_html(t, r->ceiling);
            tern_text_put(t, "</span>");
        }
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_put(t, "</td>");
}

void tern_cell_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r) {
    struct tern_text notes = {0};
    tern_put_notes(&notes, d, r);
    tern_cell_text(t, notes.data);
    t->failed |= notes.failed;
    tern_text_free(&notes);
}

void tern_cell_problem(struct tern_text *t, const struct tern_report_page *p, const struct tern_record *r) {
    if (p->machines > 1) tern_cell_text(t, r->machine);
    tern_text_printf(t, "<td class=\"s\" data-v=\"%zu\">", r->m * r->k);
    tern_put_shape(t, r);
    tern_text_put(t, "</td>");
    tern_cell_count(t, r->n);
    tern_cell_count(t, r->threads);
    tern_cell_text(t, r->regime);
}

void tern_html_open_table(struct tern_text *t, const struct tern_report_page *p, const char *filter,
                          const char *caption, const char *const *heads) {
    tern_text_put(t, "<div class=\"scroll\">");
    if (*filter)
        tern_text_printf(t, "<table class=\"data\" data-filter=\"%s\">", filter);
    else
        tern_text_put(t, "<table class=\"plain\">");
    tern_text_printf(t, "<caption>%s</caption><thead><tr>", caption);
    if (p->machines > 1) tern_cell_heads(t, (const char *const[]){"Machine", NULL});
    tern_cell_heads(t, heads);
    tern_text_put(t, "</tr></thead><tbody>\n");
}

void tern_html_figures(const struct tern_report_page *p, const char *section, struct tern_text *t) {
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        if (strcmp(f->section, section)) continue;
        tern_text_printf(t, "<figure id=\"figure-%s\">\n", f->name);
        if (f->svg.used) {
            tern_text_printf(
                t, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"caption-%s\">",
                f->name);
            tern_text_bytes(t, f->svg.data, f->svg.used);
            tern_text_put(t, "</div>\n");
        } else {
            tern_text_put(t, "<p class=\"warning\">Not drawn: ");
            tern_text_html(t, p->why_not_drawn);
            tern_text_put(t, ".</p>\n");
        }
        tern_text_printf(t, "<figcaption id=\"caption-%s\"><b>", f->name);
        tern_text_html(t, f->title.data);
        if (p->machines > 1) {
            tern_text_put(t, ", ");
            tern_text_html(t, f->machine);
        }
        tern_text_put(t, ".</b> ");
        tern_text_html(t, f->caption.data);
        tern_text_printf(t,
                         " <span class=\"files\">Files: <a href=\"figures/%s.gp\">%s.gp</a>, <a "
                         "href=\"figures/%s.dat\">%s.dat</a>",
                         f->name, f->name, f->name, f->name);
        if (f->svg.used) tern_text_printf(t, ", <a href=\"figures/%s.svg\">%s.svg</a>", f->name, f->name);
        if (f->png) tern_text_printf(t, ", <a href=\"figures/%s.png\">%s.png</a>", f->name, f->name);
        if (f->pdf) tern_text_printf(t, ", <a href=\"figures/%s.pdf\">%s.pdf</a>", f->name, f->name);
        tern_text_put(t, "</span></figcaption>\n</figure>\n");
    }
}

void tern_html_absent(struct tern_text *t, const char *what, const char *command) {
    tern_text_printf(
        t, "<p class=\"absent\">Not measured: the records hold no %s. <code>%s</code> writes them.</p>\n",
        what, command);
}
