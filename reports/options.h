/* What a report is made of, besides the records: where they came from, what to show and where to write. */
#ifndef TERN_REPORTS_OPTIONS_H
#define TERN_REPORTS_OPTIONS_H

#include <stddef.h>

/* A file the records came from; shown on the page. Strings are borrowed. */
struct tern_report_source {
    const char *path;
    size_t records, skipped; /* valid lines, and lines that were torn or of another schema */
};

struct tern_series_set;
struct tern_annotations;

struct tern_report_options {
    const char *out;                         /* folder; made if missing */
    const struct tern_report_source *source; /* may be NULL when sources == 0 */
    size_t sources;
    const struct tern_series_set *history; /* the series of a history (changes/changes.h); NULL: none */
    const struct tern_annotations *notes;  /* the remarks of that history; NULL: none */
    const char *history_path;
    int all_runs;       /* 0: of several runs of one problem only the newest */
    int svg_only;       /* 1: neither PNG nor PDF, which take longer */
    const char *search; /* folders to look for gnuplot in, as in PATH; NULL or "": none */
};

#endif
