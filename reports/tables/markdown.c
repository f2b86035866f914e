#include "reports/tables/markdown.h"

#include "reports/data/number.h"

#include <math.h>
#include <string.h>

void tern_md_interval(struct tern_text *t, double lo, double hi, int digits) {
    if (!isfinite(lo) || !isfinite(hi)) {
        tern_text_put(t, TERN_ABSENT);
        return;
    }
    tern_put_number(t, lo, digits);
    tern_text_put(t, "\xe2\x80\x93");
    tern_put_number(t, hi, digits);
}

void tern_md_speedup(struct tern_text *t, struct tern_speedup s) {
    tern_put_times(t, s.ratio);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        tern_text_put(t, " (");
        tern_md_interval(t, s.lo, s.hi, 3);
        tern_text_put(t, ")");
    }
    tern_text_put(t, " | ");
}

void tern_md_time(struct tern_text *t, const struct tern_record *r, struct tern_time_unit u) {
    tern_put_time(t, r->est.median, u);
    tern_text_printf(t, " %s | ", u.name);
    if (isfinite(r->est.ci_lo) && isfinite(r->est.ci_hi)) {
        tern_put_time(t, r->est.ci_lo, u);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_time(t, r->est.ci_hi, u);
    } else {
        tern_text_put(t, TERN_ABSENT);
    }
    tern_text_printf(t, " | %zu | ", r->est.n);
}

void tern_md_variant(struct tern_text *t, const struct tern_record *r) {
    tern_text_markdown(t, *tern_or_empty(r->variant) ? r->variant : "unnamed");
    if (*tern_or_empty(r->params) && strcmp(r->params, "-")) {
        tern_text_put(t, " ");
        tern_text_markdown(t, r->params);
    }
    tern_text_put(t, " | ");
}

void tern_md_figures(const struct tern_report_page *p, const char *section, struct tern_text *t) {
    for (size_t i = 0; i < p->figures->count; i++) {
        const struct tern_figure *f = &p->figures->item[i];
        if (strcmp(f->section, section)) continue;
        if (f->svg.used) {
            tern_text_put(t, "![");
            tern_text_markdown(t, f->title.data);
            tern_text_printf(t, "](figures/%s.svg)\n\n", f->name);
        } else {
            tern_text_put(t, "*Not drawn: ");
            tern_text_markdown(t, p->why_not_drawn);
            tern_text_put(t, ".*\n\n");
        }
        tern_text_put(t, "**");
        tern_text_markdown(t, f->title.data);
        if (p->machines > 1) {
            tern_text_put(t, ", ");
            tern_text_markdown(t, f->machine);
        }
        tern_text_put(t, ".** ");
        tern_text_markdown(t, f->caption.data);
        tern_text_put(t, "\n\n");
    }
}

void tern_md_absent(struct tern_text *t, const char *what, const char *command) {
    tern_text_printf(t, "Not measured: the records hold no %s. `%s` writes them.\n\n", what, command);
}
