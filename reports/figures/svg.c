#include "reports/figures/svg.h"

#include <string.h>

static int starts(const char *p, const char *with) {
    return !strncmp(p, with, strlen(with));
}

/* Past the first `what` at or after p; NULL when there is none. */
static const char *past(const char *p, const char *what) {
    const char *at = strstr(p, what);
    return at ? at + strlen(what) : NULL;
}

/* `<g ...>` newlines `</g>` newline: gnuplot leaves hundreds. Returns what follows, or NULL. */
static const char *empty_group(const char *p) {
    if (!starts(p, "<g fill=")) return NULL;
    const char *end = strchr(p, '>');
    if (!end) return NULL;
    end += 1 + strspn(end + 1, " \t\r\n");
    if (!starts(end, "</g>")) return NULL;
    end += 4;
    return end + strspn(end, "\r\n");
}

/* A hypertext point becomes a group with the text as its title. Returns what follows, or NULL. */
static const char *tooltip(const char *p, struct tern_text *out) {
    static const char open[] = "<g onmousemove=\"gnuplot_svg.showHypertext(evt,'";
    static const char shut[] = "')\" onmouseout=\"gnuplot_svg.hideHypertext()\"><title> </title>";
    if (!starts(p, open)) return NULL;
    const char *text = p + strlen(open), *end = strstr(text, shut);
    if (!end) return NULL;
    tern_text_put(out, "<g><title>");
    tern_text_bytes(out, text, (size_t)(end - text));
    tern_text_put(out, "</title>");
    return end + strlen(shut);
}

/* Ids and references to them, wherever gnuplot writes them. Returns the length of the opening, or 0. */
static size_t id_opening(const char *p) {
    static const char *const opening[] = {"id='", "id=\"", "href='#", "href=\"#", "url(#"};
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
        if (starts(p, opening[i])) return strlen(opening[i]);
    return 0;
}

static void body(const char *p, const char *name, struct tern_text *out) {
    while (*p) {
        const char *next = empty_group(p);
        if (!next) next = tooltip(p, out);
        if (!next && starts(p, "<title>gnuplot_plot_")) next = past(p, "</title>");
        if (!next && starts(p, "<desc>Produced by")) next = past(p, "</desc>");
        if (next) {
            p = next;
            continue;
        }
        const size_t opening = id_opening(p);
        tern_text_bytes(out, p, opening ? opening : 1);
        if (opening) tern_text_printf(out, "%s-", name);
        p += opening ? opening : 1;
    }
}

int tern_svg_finish(const char *raw, const char *name, const char *title, const char *css,
                    struct tern_text *out) {
    const char *svg = strstr(raw, "<svg"), *end = svg ? strchr(svg, '>') : NULL;
    if (!end) return -1;
    if (css) tern_text_put(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    tern_text_printf(out, "<svg class=\"drawing\" role=\"img\" aria-labelledby=\"%s-title\"", name);
    tern_text_bytes(out, svg + 4, (size_t)(end - svg - 4));
    tern_text_printf(out, ">\n<title id=\"%s-title\">", name);
    tern_text_html(out, title);
    tern_text_put(out, "</title>\n");
    if (css) tern_text_printf(out, "<style>\n%s</style>\n", css);
    const char *rest = end + 1;
    const char *old = strstr(rest, "<title>Gnuplot</title>");
    if (old) {
        tern_text_bytes(out, rest, (size_t)(old - rest));
        rest = old + strlen("<title>Gnuplot</title>");
    }
    body(rest, name, out);
    return 0;
}
