#include "tuner/search/table.h"
#include "measure/clock.h"
#include "tuner/contest/phases.h"

#include <stdio.h>
#include <stdlib.h>

/* Every candidate in every round, round after round, in place of a search. */
enum tern_status tern_contest_table(struct tern_contest *c, const struct tern_candidate_point *place,
                                    struct tern_outcome *out, struct tern_error *e) {
    const struct tern_tune_options *o = c->s->o;
    const size_t n = c->space.count;
    struct tern_table t;
    size_t *which = malloc((n + 1) * sizeof *which), rounds = 0;
    double *ns = malloc((n + 1) * sizeof *ns);
    enum tern_status st = tern_table_new(&c->space, place, o->table_rounds, &t, e);
    if (!st && (!which || !ns)) st = tern_fail(e, TERN_NO_MEMORY, "table: out of memory");
    if (st) goto done;
    for (size_t i = 0; i < n; i++) {
        which[i] = i;
        t.row[i].bytes = (double)c->space.item[i].variant->format->bytes(c->problem.m, c->problem.k);
    }
    t.problem = c->problem;
    t.fallback = c->fallback;
    t.read_ns = c->read_ns, t.int8_ns = c->int8_ns;
    snprintf(t.machine, sizeof t.machine, "%s", o->machine->key);
    tern_utc_text(t.date, sizeof t.date);
    c->phase = "table";
    while (rounds < t.rounds && tern_contest_round(c, rounds, which, n, ns, 0)) {
        for (size_t i = 0; i < n; i++) t.ns[i * t.rounds + rounds] = ns[i];
        rounds++;
    }
    if (rounds < t.rounds)
        st = tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    else
        st = tern_table_write(o->table, &t, e);
    out->recorded = st ? 0 : rounds;
done:
    tern_table_free(&t);
    free(which);
    free(ns);
    return st;
}
