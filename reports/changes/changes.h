/* Change points of a history: where a series of medians moved, with the statistics that say so.
 *
 * Candidates come from E-divisive: a segment is cut where the energy distance of its two parts is largest,
 * and the cut stands when few of its random permutations reach as far; then the parts are looked at. Where
 * the whole has no such cut, windows of it are searched, so that a regression and its fix do not hide each
 * other. A candidate counts when the points right before and right after it differ, too, by more than the
 * smallest change of interest and by the test of Mann and Whitney: a drift has no such place. Single outliers
 * are set to their neighbours' median first. Runs that were disturbed take no part (reports/changes/noise.h).
 *
 * Sources: Matteson and James, JASA 109 (2014); Hampel's filter; the windows are those of Hunter (Fleming et
 * al., ICPE 2023) made short, laid as in seeded binary segmentation (Kovacs et al., Biometrika 110, 2023). */
#ifndef TERN_REPORTS_CHANGES_CHANGES_H
#define TERN_REPORTS_CHANGES_CHANGES_H

#include "measure/records/record.h"
#include "reports/changes/noise.h"
#include "reports/data/text.h"
#include "reports/history/history.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_CHANGES_RUNS_MIN 10

struct tern_change_options {
    double min_effect;   /* smallest change of interest, as a share; 0: 0.01 */
    double p_max;        /* of both tests; 0: 0.003 */
    size_t permutations; /* 0: 199 or as many as p_max needs */
    uint64_t seed;
    int with_disturbed; /* of a series: 1: disturbed runs take part */
};

struct tern_change {
    size_t at;            /* the first point after the change */
    size_t since;         /* the last point before it; what lies between took no part */
    double before, after; /* medians of the points next to it, in the series' unit */
    double ratio, lo, hi; /* time after over time before; 95 % bootstrap interval */
    double p_energy;      /* of the permutations */
    double p_rank;        /* Mann-Whitney, the points next to it */
    size_t n_before, n_after;
    double q;                           /* E-divisive's statistic, of logarithms */
    const struct tern_annotation *note; /* of that commit; NULL: none */
};

/* Change points of n positive values (times or rates), rising. `change` has room for n. Fewer than
 * TERN_CHANGES_RUNS_MIN values have none. 0 when out of memory. */
int tern_changes_find(const double *x, size_t n, const struct tern_change_options *o,
                      struct tern_change *change, size_t *changes);

/* One series: one point per run, by time. Borrows the records. */
struct tern_series_point {
    const struct tern_record *record; /* its last one */
    double value;                     /* median of the run's medians */
    size_t records;
    enum tern_disturbance disturbed;
};
struct tern_series {
    const struct tern_record *key;
    struct tern_series_point *point;
    size_t points, used; /* all; those that took part in the search for changes */
    struct tern_change *change;
    size_t changes;
};
struct tern_series_set {
    struct tern_series *item;
    size_t count;
};
/* Series of (machine, variant, parameters, problem, unit), with their changes. `notes` (may be NULL) is
 * borrowed: a note belongs to a change when its commit begins the commit of the point there and what else it
 * names fits. */
enum tern_status tern_series_of(const struct tern_record *r, size_t n, const struct tern_annotations *notes,
                                const struct tern_change_options *o, struct tern_series_set *out,
                                struct tern_error *e);
/* 1 when the point took no part. */
int tern_series_left_out(const struct tern_series *s, size_t point);
/* How many of the newest points took no part: nothing is known of them yet. */
size_t tern_series_unjudged(const struct tern_series *s);
/* The median between the changes around a point, of the points that took part. NaN when there is none, or no
 * memory. */
double tern_series_level(const struct tern_series *s, size_t point);
/* Bounds for an axis: the values of the points that took part, and a bit; disturbed ones may lie far away. 0
 * when all took part, and no bounds are needed, or none. */
int tern_series_bounds(const struct tern_series *s, double *lo, double *hi);
/* The remark that fits a record, or NULL. `notes` may be NULL. */
const struct tern_annotation *tern_series_note(const struct tern_record *r,
                                               const struct tern_annotations *notes);
void tern_series_free(struct tern_series_set *s);
/* "gemv_p64... gemv 6912x2560x1 t1 wcold, m:..." */
void tern_series_name(const struct tern_series *s, char *out, size_t out_bytes);
/* The same without the machine. */
void tern_series_short_name(const struct tern_series *s, char *out, size_t out_bytes);

void tern_changes_text(const struct tern_series_set *s, struct tern_text *t);
void tern_changes_csv(const struct tern_series_set *s, struct tern_text *t);
void tern_changes_json(const struct tern_series_set *s, struct tern_text *t);

/* Writes data and a gnuplot script for each series of two points or more into `folder`, and draws them (SVG)
 * when gnuplot is in `search` (as PATH). *drawn counts figures; `why` says why some were not drawn. */
enum tern_status tern_changes_plot(const struct tern_series_set *s, const char *folder, const char *search,
                                   size_t *drawn, char *why, size_t why_bytes, struct tern_error *e);

#endif
