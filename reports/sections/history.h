/* What the figures and the tables of the section "History" share. */
#ifndef TERN_REPORTS_SECTIONS_HISTORY_H
#define TERN_REPORTS_SECTIONS_HISTORY_H

#include "reports/changes/changes.h"
#include "reports/figures/figures.h"

static inline const char *tern_commit_text(const struct tern_record *r) {
    return *tern_or_empty(r->commit) ? r->commit : "commit not known";
}

static inline int tern_series_is_of(const struct tern_series *s, const char *machine) {
    return !strcmp(tern_or_empty(s->key->machine), machine);
}

/* Each series over time, those with changes first. */
void tern_figure_history(const struct tern_report_data *d, const char *machine, size_t index,
                         struct tern_figures *out);

#endif
