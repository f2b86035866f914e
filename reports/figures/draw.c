#define _GNU_SOURCE
#include "reports/figures/figures.h"

#include "base/file.h"
#include "reports/assets/assets.h"
#include "reports/figures/gnuplot.h"
#include "reports/figures/svg.h"
#include "reports/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SVG_LIMIT = 32 << 20 };
static const double gnuplot_seconds = 60;

static enum tern_status save(const struct tern_text *t, const char *folder, const char *name,
                             const char *ending, struct tern_error *e) {
    char *file = tern_format_text("%s.%s", name, ending);
    if (!file) return tern_fail(e, TERN_NO_MEMORY, "report: %s: out of memory", name);
    const enum tern_status s = tern_text_save(t, folder, file, e);
    free(file);
    return s;
}

/* Draws one figure; the reason of a failure goes to `e`. */
static enum tern_status draw(struct tern_figure *f, const char *folder, const char *program, const char *path,
                             int png, int pdf, struct tern_error *e) {
    struct tern_text alone = {0};
    char *raw = NULL, *script = tern_format_text("%s.gp", f->name);
    size_t bytes;
    enum tern_status s =
        script ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "report: %s: out of memory", f->name);
    if (!s) s = tern_gnuplot_run(program, folder, script, gnuplot_seconds, e);
    if (!s) s = tern_file_read(path, SVG_LIMIT, &raw, &bytes, e);
    if (s) goto done;
    if (tern_svg_finish(raw, f->name, f->title.data, (const char *)tern_asset_figure_css, &alone) ||
        tern_svg_finish(raw, f->name, f->title.data, NULL, &f->svg)) {
        s = tern_fail(e, TERN_UNSUPPORTED, "gnuplot: %s: did not write an SVG drawing", path);
        goto done;
    }
    s = save(&alone, folder, f->name, "svg", e);
    if (s) goto done;
    f->png = png && !tern_gnuplot_run_as(program, folder, script, "png", gnuplot_seconds, NULL);
    f->pdf = pdf && !tern_gnuplot_run_as(program, folder, script, "pdf", gnuplot_seconds, NULL);
done:
    if (s || f->svg.failed) tern_text_free(&f->svg);
    tern_text_free(&alone);
    free(script);
    free(raw);
    return s;
}

/* An earlier PNG or PDF of that name. */
static void forget(const char *folder, const char *name) {
    static const char *const ending[] = {"png", "pdf"};
    for (size_t i = 0; i < 2; i++) {
        char *path = tern_format_text("%s/%s.%s", folder, name, ending[i]);
        if (path) unlink(path);
        free(path);
    }
}

enum tern_status tern_figures_draw(struct tern_figures *f, const char *folder, const char *search,
                                   int svg_only, char *why, size_t why_bytes, size_t *drawn,
                                   struct tern_error *e) {
    char *program = tern_find_program("gnuplot", search);
    enum tern_status s = tern_mkdirs(folder, e);
    *drawn = 0;
    *why = 0;
    const int more = program && !svg_only, png = more && tern_gnuplot_has(program, "pngcairo"),
              pdf = more && tern_gnuplot_has(program, "pdfcairo");
    if (program && !png)
        f->why_no_png = svg_only ? "SVG only was asked for" : "this gnuplot has no terminal pngcairo";
    if (program && !pdf)
        f->why_no_pdf = svg_only ? "SVG only was asked for" : "this gnuplot has no terminal pdfcairo";
    for (size_t i = 0; !s && i < f->count; i++) {
        struct tern_figure *g = &f->item[i];
        struct tern_error reason = {""};
        char *path = tern_format_text("%s/%s.svg", folder, g->name);
        if (!path)
            s = tern_fail(e, TERN_NO_MEMORY, "report: %s: out of memory", g->name);
        else
            unlink(path);
        if (!s) forget(folder, g->name);
        if (!s) s = save(&g->data, folder, g->name, "dat", e);
        if (!s) s = save(&g->script, folder, g->name, "gp", e);
        if (!s && program) {
            if (!draw(g, folder, program, path, png, pdf, &reason))
                ++*drawn;
            else if (!*why)
                snprintf(why, why_bytes, "%s", reason.text);
        }
        free(path);
    }
    if (!program && f->count)
        snprintf(why, why_bytes,
                 "gnuplot was not found: install the package %s; data and scripts are in figures/",
                 TERN_GNUPLOT_PACKAGE);
    free(program);
    return s;
}
