/* The sections whose tables stand in html_*.c, markdown.c and csv.c. */
#include "reports/page/csv_cells.h"
#include "reports/page/html_cells.h"
#include "reports/page/markdown_cells.h"
#include "reports/sections/e2e.h"
#include "reports/sections/sections.h"

static void winners(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_html_absent(t, "sample", "tern tune");
        return;
    }
    tern_html_summary(p, t);
    tern_html_figures(p, "winners", t);
    tern_html_winners(p, t);
}

static void leaderboard(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->problems) {
        tern_html_absent(t, "sample", "tern tune");
        return;
    }
    tern_text_put(t, "<p>\xe2\x80\x9cNot separable\xe2\x80\x9d: the 95 % interval overlaps that of the best "
                     "variant, so these samples do not tell which one is faster. Bars are on a logarithmic "
                     "scale of multiples of the best median; an arrow stands for more than "
                     "8.6\xc3\x97.</p>\n");
    tern_html_leaderboards(p, t);
}

static void roofline(const struct tern_report_page *p, struct tern_text *t) {
    tern_html_figures(p, "roofline", t);
    if (p->data->ceilings)
        tern_html_ceilings(p, t);
    else
        tern_html_absent(t, "ceiling", "tern ceilings");
}

static void e2e(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->e2es) {
        tern_html_absent(t, "end-to-end run", "tern e2e");
        return;
    }
    tern_sheet_html(p, tern_fill_models, t);
    tern_html_figures(p, "e2e", t);
    tern_sheet_html(p, tern_fill_sizes, t);
    tern_html_e2e(p, t);
}

static void e2e_markdown(const struct tern_report_page *p, struct tern_text *t) {
    if (p->data->e2es)
        tern_sheet_markdown(p, tern_fill_models, t), tern_sheet_markdown(p, tern_fill_sizes, t);
    tern_md_e2e(p, t);
}

static void models_csv(const struct tern_report_page *p, struct tern_text *t) {
    tern_sheet_csv(p, tern_fill_models, 0, t);
}

static void sizes_csv(const struct tern_report_page *p, struct tern_text *t) {
    tern_sheet_csv(p, tern_fill_sizes, 0, t);
}

const struct tern_section tern_section_machine = {
    .id = "machine",
    .nav = "Machine",
    .heading = "Machine",
    .html = tern_html_machine,
    .markdown = tern_md_machine,
    .csv = {{"machine.csv", tern_csv_machines}},
};
const struct tern_section tern_section_winners = {
    .id = "winners",
    .nav = "Winners",
    .heading = "Winners",
    .figures = tern_figure_speedup,
    .html = winners,
    .markdown = tern_md_winners,
    .csv = {{"winners.csv", tern_csv_winners}},
};
const struct tern_section tern_section_leaderboard = {
    .id = "leaderboard",
    .nav = "Leaderboard",
    .heading = "Leaderboard",
    .html = leaderboard,
    .markdown = tern_md_leaderboard,
    .csv = {{"leaderboard.csv", tern_csv_leaderboard}},
};
const struct tern_section tern_section_roofline = {
    .id = "roofline",
    .nav = "Roofline",
    .heading = "Roofline and ceilings",
    .figures = tern_figure_rooflines,
    .html = roofline,
    .markdown = tern_md_roofline,
    .csv = {{"roofline.csv", tern_csv_roofline}, {"ceilings.csv", tern_csv_ceilings}},
};
const struct tern_section tern_section_e2e = {
    .id = "e2e",
    .nav = "End to end",
    .heading = "End to end",
    .figures = tern_figure_e2e,
    .html = e2e,
    .markdown = e2e_markdown,
    .csv = {{"e2e.csv", tern_csv_e2e}, {"models.csv", models_csv}, {"sizes.csv", sizes_csv}},
};
const struct tern_section tern_section_missing = {
    .id = "missing",
    .nav = "Not measured",
    .heading = "What was not measured, and why",
    .html = tern_html_missing,
    .markdown = tern_md_missing,
    .csv = {{"missing.csv", tern_csv_missing}},
};
const struct tern_section tern_section_reproduce = {
    .id = "reproduce",
    .nav = "Reproduce",
    .heading = "Reproduce",
    .html = tern_html_reproduce,
    .markdown = tern_md_reproduce,
};
