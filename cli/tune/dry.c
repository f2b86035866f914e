#include "cli/command.h"
#include "cli/tune/tune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line per reason. */
static void say_left_out(const struct tern_candidates *c) {
    for (size_t i = 0; i < c->out_count; i++) {
        size_t same = 0, first = 1;
        for (size_t j = 0; j < c->out_count; j++) {
            if (strcmp(c->out[i].why, c->out[j].why)) continue;
            if (j < i) first = 0;
            same++;
        }
        if (first) printf("    %zu without: %s\n", same, c->out[i].why);
    }
}

/* "all", "split=k" for all of that kind, or the one combination. */
static void point_text(const struct tern_left_out *o, char *out, size_t bytes) {
    if (o->every || o->by_k)
        snprintf(out, bytes, "%s", o->by_k ? "split=k" : "all");
    else
        tern_variant_params_text(o->variant, o->param, out, bytes);
}

static void say_points(const struct tern_candidates *c, const struct tern_candidate_point *place) {
    char params[160];
    for (size_t i = 0; i < c->count; i++) {
        const struct tern_variant *v = c->item[i].variant;
        if (i && c->item[i - 1].variant == v) continue;
        size_t points = 0;
        for (size_t j = i; j < c->count && c->item[j].variant == v; j++) points++;
        printf("    %s: %zu point%s", v->name, points, points > 1 ? "s" : "");
        for (size_t d = 0; d < v->space->constraints; d++) printf(", where %s", v->space->constraint[d].must);
        for (size_t j = i; j < c->count && c->item[j].variant == v; j++) {
            if (!place[j].seed) continue;
            tern_variant_params_text(v, c->item[j].param, params, sizeof params);
            printf("; seed %s", params);
        }
        putchar('\n');
    }
    for (size_t i = 0; i < c->out_count; i++) {
        const struct tern_left_out *o = &c->out[i];
        point_text(o, params, sizeof params);
        printf("    without %s %s: %s%s%s%s\n", o->variant->name, params, o->why, o->must ? " (" : "",
               o->must ? o->must : "", o->must ? ")" : "");
    }
}

static json_t *json_points(const struct tern_candidates *c) {
    json_t *list = json_array();
    char params[160];
    for (size_t i = 0; i < c->out_count; i++) {
        const struct tern_left_out *o = &c->out[i];
        point_text(o, params, sizeof params);
        json_t *line =
            json_pack("{s:s, s:s, s:s}", "variant", o->variant->name, "params", params, "why", o->why);
        if (o->must) json_object_set_new(line, "must", json_string(o->must));
        json_array_append_new(list, line);
    }
    return list;
}

static json_t *json_seeds(const struct tern_candidates *c, const struct tern_candidate_point *place) {
    json_t *list = json_array();
    char params[160];
    for (size_t i = 0; i < c->count; i++) {
        if (!place[i].seed) continue;
        tern_variant_params_text(c->item[i].variant, c->item[i].param, params, sizeof params);
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "variant", c->item[i].variant->name, "params", params));
    }
    return list;
}

/* Samples that the strategy will take, roughly: seeds, some twelve neighbours in each group that is explored,
 * the halving of the best twelve; then the final of nine. */
static double samples_of(const struct tern_tune_arguments *a, const struct tern_candidates *c, size_t seeds) {
    const struct tern_effort *e = a->tune.effort;
    const double final = 9 * (double)e->final_max;
    if (!strcmp(a->tune.strategy->name, "exhaustive")) return (double)(c->count * e->rounds_max) + final;
    if (strcmp(a->tune.strategy->name, "race")) return 0.6 * (double)c->count + 64 + final;
    const double first = (double)(seeds + 12 * e->groups) * (double)e->rounds_first;
    return first + 24 * (double)e->rounds_max / 2 + final;
}

struct sums {
    size_t candidates, seeds, known;
    double seconds;
};

static enum tern_status one_problem(const struct tern_tune_arguments *a, const struct tern_problem *p,
                                    int known, struct sums *all, json_t *list, struct tern_error *e) {
    struct tern_candidates c;
    char text[96];
    const enum tern_status s = tern_space_of(p, a->tune.machine->usable, NULL, a->tune.lossy, &c, e);
    if (s) return s;
    struct tern_candidate_point *place = calloc(c.count + 1, sizeof *place);
    if (!place) {
        tern_candidates_free(&c);
        return tern_fail(e, TERN_NO_MEMORY, "tune: out of memory");
    }
    const struct tern_seed_facts facts = {p->regime, p->k, a->tune.machine->l1d_bytes, NAN};
    size_t seeds = 0;
    tern_space_places(&c, &facts, place);
    for (size_t i = 0; i < c.count; i++) seeds += place[i].seed;
    tern_problem_text(p, text, sizeof text);
    all->candidates += c.count;
    all->seeds += seeds;
    all->known += known != 0;
    if (!known) all->seconds += 1.5e-3 * samples_of(a, &c, seeds);
    if (a->json) {
        json_t *o =
            json_pack("{s:s, s:I, s:I, s:I, s:b}", "problem", text, "candidates", (json_int_t)c.count,
                      "seeds", (json_int_t)seeds, "left_out", (json_int_t)c.out_count, "known", known);
        if (a->verbose) {
            json_object_set_new(o, "seed_points", json_seeds(&c, place));
            json_object_set_new(o, "without", json_points(&c));
        }
        json_array_append_new(list, o);
    } else {
        printf("%-32s %4zu candidates, %zu of them seeds, %zu left out%s\n", text, c.count, seeds,
               c.out_count, known ? "; known" : "");
        if (a->verbose)
            say_points(&c, place);
        else
            say_left_out(&c);
    }
    free(place);
    tern_candidates_free(&c);
    return TERN_OK;
}

int tern_tune_dry_run(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom) {
    struct tern_wisdom w = {0};
    struct tern_error e;
    struct sums all = {0};
    json_t *list = json_array();
    enum tern_status s = wisdom ? tern_wisdom_read(wisdom, a->tune.machine->key, 0, &w, &e) : TERN_OK;
    for (size_t i = 0; i < tasks->count && !s; i++) {
        const struct tern_problem *p = &tasks->item[i].problem;
        s = one_problem(a, p, tern_tune_knows(&a->tune, &w, p) != NULL, &all, list, &e);
    }
    tern_wisdom_free(&w);
    if (s) {
        json_decref(list);
        return tern_cli_fail(s, &e);
    }
    const double budget = a->tune.budget_seconds, eta = all.seconds < budget ? all.seconds : budget;
    if (a->json)
        return tern_tune_document(a, json_pack("{s:o, s:I, s:I, s:I, s:f, s:f}", "problems", list,
                                               "candidates", (json_int_t)all.candidates, "seeds",
                                               (json_int_t)all.seeds, "known", (json_int_t)all.known,
                                               "eta_seconds_modelled", eta, "at_most_seconds", budget));
    json_decref(list);
    printf("%zu problems, %zu of them known; %zu candidates, %zu seeds; about %.0f s (modelled: 1.5 ms a "
           "sample), at most %.0f s (the budget)\n",
           tasks->count, all.known, all.candidates, all.seeds, eta, budget);
    return 0;
}
