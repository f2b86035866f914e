/* tern targets: the goals of packing one layout from another. */
#include "cli/targets/targets.h"

#include "tuner/targets/repack.h"

#include <stdio.h>

size_t tern_targets_repacking_selected(const struct tern_cli_filter *filter) {
    size_t count, n = 0;
    const struct tern_repack_target *t = tern_repack_targets(&count);
    for (size_t i = 0; i < count; i++) n += (size_t)tern_cli_matches(filter, t[i].name);
    return n;
}

static void say_repack(const struct tern_repack_target *t, const struct tern_repack_seen *s) {
    printf("%-18s %.3f [%.3f, %.3f] n=%zu  goal %.2f  %s\n", t->name, s->rate.median, s->rate.ci_lo,
           s->rate.ci_hi, s->rate.n, t->goal, tern_verdict_word(s->verdict));
    printf("    median %.2f Gweight/s on one core, %s -> %s\n", s->rate.median, t->from ? t->from : "trits",
           s->to->name);
}

static json_t *json_of_repack(const struct tern_repack_target *t, const struct tern_repack_seen *s) {
    return json_pack("{s:s, s:f, s:I, s:I, s:s, s:s, s:s, s:f, s:b, s:[f,f], s:I, s:f}", "name", t->name,
                     "goal", t->goal, "m", (json_int_t)t->m, "k", (json_int_t)t->k, "from",
                     t->from ? t->from : "trits", "to", s->to->name, "verdict", tern_verdict_word(s->verdict),
                     "value", s->rate.median, "ok", s->verdict == TERN_OK, "ci95", s->rate.ci_lo,
                     s->rate.ci_hi, "rounds", (json_int_t)s->rate.n, "ns_per_matrix", s->ns.median);
}

enum tern_status tern_targets_repacking(const struct tern_fixture *fixture, struct tern_targets_tally *y,
                                        struct tern_error *e) {
    size_t count;
    const struct tern_repack_target *t = tern_repack_targets(&count);
    for (size_t i = 0; i < count; i++) {
        struct tern_repack_seen seen;
        if (!tern_cli_matches(y->filter, t[i].name)) continue;
        const enum tern_status s =
            tern_repack_measure(&t[i], fixture->machine->usable, fixture->seed, &seen, e);
        if (s) return s;
        if (y->list)
            json_array_append_new(y->list, json_of_repack(&t[i], &seen));
        else
            say_repack(&t[i], &seen);
        tern_targets_count(y, seen.verdict);
    }
    return TERN_OK;
}
