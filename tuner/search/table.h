/* A recorded table: every candidate of one problem with its times in several rounds. On it strategies are
 * compared without a machine, and all of them see the same noise.
 *
 * JSON lines, plain or gzip. The first describes problem and machine:
 *     {"tern_table":1,"machine":"m:…","m":640,"k":2560,"n":1,"threads":1,"regime":"wcold","rounds":7,
 *      "candidates":1136,"read_ns_per_byte":0.04,"int8_ns_per_mac":0.005,"date":"…"}
 * each other one a candidate, those of a variant one after the other (null: could not be measured):
 *     {"variant":"gemv_…","params":{"prefetch":0,"panels":1},"at":[0,0],"seed":true,"default":false,
 *      "bytes":409600,"ns":[14210.0,…]}
 * `at` are the places of the values in their lists. What could not be measured of the ceilings is missing. */
#ifndef TERN_TUNER_SEARCH_TABLE_H
#define TERN_TUNER_SEARCH_TABLE_H

#include "tuner/search/space.h"
#include "tuner/search/strategies.h"

#include <stddef.h>

struct tern_table_row {
    char variant[96], params[128]; /* "prefetch=0 panels=1" */
    double bytes;                  /* packed weights */
};

struct tern_table {
    char machine[24], date[24];
    struct tern_problem problem;
    size_t count, rounds, fallback;
    double read_ns, int8_ns; /* per byte, per multiply-add; NaN: not known */
    struct tern_table_row *row;
    struct tern_candidate_point *place;
    double *ns; /* [candidate * rounds + round] */
};

/* An empty table of these candidates (all NaN), to be filled. */
enum tern_status tern_table_new(const struct tern_candidates *c, const struct tern_candidate_point *place,
                                size_t rounds, struct tern_table *out, struct tern_error *e);
/* TERN_BAD_INPUT names the line. */
enum tern_status tern_table_read(const char *path, struct tern_table *out, struct tern_error *e);
/* Replaces the file; compressed when the name ends in ".gz". */
enum tern_status tern_table_write(const char *path, const struct tern_table *t, struct tern_error *e);
void tern_table_free(struct tern_table *t);

/* What a strategy did on a table. An evaluation is one measured round of one candidate. Its answer is the
 * candidate that it would name after a round; it has reached a limit when that answer is within it, by the
 * recorded medians, from then on. Rounds are drawn by lot, none twice before all have been drawn. */
struct tern_replay {
    size_t evaluations;                /* taken in all */
    size_t candidates;                 /* measured at least once */
    size_t to_2_percent, to_1_percent; /* 0: never reached */
    double loss;                       /* of the last answer: time over the optimum's, minus 1 */
};
enum tern_status tern_replay_run(const struct tern_table *t, const struct tern_strategy *strategy,
                                 const struct tern_effort *effort, uint64_t seed, struct tern_replay *out,
                                 struct tern_error *e);
/* Every candidate in every recorded round. */
size_t tern_table_evaluations(const struct tern_table *t);

#endif
