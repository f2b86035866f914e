/* Change points of a history: where a series of medians moved, with the statistics that say so.
 *
 * 1. Disturbed runs are left out (reports/changes/noise.h). A single outlier gets the median of its
 *    neighbours.
 * 2. E-divisive finds candidates. It cuts a segment where the energy distance of the two parts is largest.
 *    The cut stands when few random permutations of the segment reach that distance. Then the parts are
 *    searched.
 * 3. Where a segment has no such cut, its order is looked at: with levels that return (10, 20, 10, 20) the sum of
 *    |y[i+1] - y[i]| is smaller than that of nearly all permutations. Then the best cut of all shorter windows is taken,
 *    unless the windows of many permutations have one as good. Otherwise a regression and its fix would hide each
 *    other.
 * 4. Levels of a few runs are told by how far they lie apart (reports/changes/levels.h).
 * 5. A candidate counts when the points right before and right after it differ as well: by more than the
 *    smallest change of interest, and by the test of Mann and Whitney or by that distance. A slow drift has no such place.
 *
 * Sources: Matteson and James, JASA 109 (2014); Hampel's filter; the windows are those of Hunter (Fleming
 * et al., ICPE 2023) made short, laid as in seeded binary segmentation (Kovacs et al., Biometrika 110,
 * 2023). */
#ifndef TERN_REPORTS_CHANGES_CHANGES_H
#define TERN_REPORTS_CHANGES_CHANGES_H

#include "measure/records/record.h"
#include "reports/changes/noise.h"
#include "reports/data/text.h"
#include "reports/history/history.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_CHANGES_RUNS_MIN 8

struct tern_change_options {
    double min_effect;   /* smallest change of interest, as a share; 0: 0.01 */
    double p_max;        /* largest p of both tests; 0: 0.003 */
    size_t permutations; /* 0: 199, or as many as p_max needs */
    uint64_t seed;
    int with_disturbed; /* 1: disturbed runs are searched, too */
};

struct tern_change {
    size_t at;            /* the first point after the change */
    size_t since;         /* the last point before it; points in between were left out */
    double before, after; /* medians of the points next to it, in the series' unit */
    double ratio, lo, hi; /* time after over time before; 95 % bootstrap interval */
    double p_energy;      /* of the permutations; NaN: found by the distance of the levels */
    double p_rank;        /* Mann-Whitney, the points next to it */
    size_t n_before, n_after;
    double q;                           /* E-divisive's statistic, of the logarithms; NaN as p_energy */
    double apart;                       /* the distance of the levels, when they lie apart; else 0 */
    const struct tern_annotation *note; /* the annotation of that commit; NULL: none */
};

/* The change points of n positive values (times or rates), in their order. `change` has room for n. Fewer
 * than TERN_CHANGES_RUNS_MIN values have no change point. 0 when out of memory. */
int tern_changes_find(const double *x, size_t n, const struct tern_change_options *o,
                      struct tern_change *change, size_t *changes);

/* One series: one point for each run, in the order of time. Borrows the records. */
struct tern_series_point {
    const struct tern_record *record; /* its last one */
    double value;                     /* median of the run's medians */
    size_t records;
    enum tern_disturbance disturbed;
};
struct tern_series {
    const struct tern_record *key;
    struct tern_series_point *point;
    size_t points, used; /* all points; those that were searched for changes */
    struct tern_change *change;
    size_t changes;
};
struct tern_series_set {
    struct tern_series *item;
    size_t count;
};
/* The series of (machine, variant, parameters, problem, unit), with their changes. `notes` (may be NULL) is
 * borrowed. An annotation belongs to a change when the commit of that point begins with its commit, and when
 * machine, variant and problem fit. */
enum tern_status tern_series_of(const struct tern_record *r, size_t n, const struct tern_annotations *notes,
                                const struct tern_change_options *o, struct tern_series_set *out,
                                struct tern_error *e);
/* 1 when the point was left out. */
int tern_series_left_out(const struct tern_series *s, size_t point);
/* How many of the newest points were left out: nothing is known about them yet. */
size_t tern_series_unjudged(const struct tern_series *s);
/* The median of the points between the two changes around `point`, without those that were left out. NaN when
 * there is no such point, or no memory. */
double tern_series_level(const struct tern_series *s, size_t point);
/* Bounds for an axis: a little wider than the values of the points that were not left out. Disturbed points
 * may lie far outside. 0 when no bounds are needed, because no point was left out or all were. */
int tern_series_bounds(const struct tern_series *s, double *lo, double *hi);
/* The annotation that fits a record, or NULL. `notes` may be NULL. */
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
