/* The final of a problem: who takes part, for how long, and the road from its rounds to the verdict. */
#define _GNU_SOURCE
#include "tuner/contest/phases.h"

#include "measure/sampling/block.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EPOCH_SECONDS        1e-3
#define EPOCH_MAX_SECONDS    4e-3
#define ENERGY_EPOCH_SECONDS 0.12 /* counters of energy tick about every millisecond */
#define CHALLENGERS          3
#define FINALS               3 /* at most, until one is clean */
#define OVERDRAW             0.2
#define DENSE_SHARE          0.1 /* of the time that is left, for the copies of a dense matrix */

static size_t add_ceiling(struct tern_contest *c, struct tern_ceiling *ceiling, const char *role) {
    snprintf(c->member[c->members].name, sizeof c->member->name, "ceiling:%s %s", role,
             tern_ceiling_name(ceiling));
    c->timed[c->members] = (struct tern_alternative){
        .work = tern_ceiling_run, .ctx = ceiling, .per = tern_ceiling_work(ceiling)};
    return c->members++;
}

static int on_final_go(void *ctx, size_t number) {
    const struct tern_contest *c = ctx;
    if (c->s->o->stop && *c->s->o->stop) return 0;
    if (number < c->remembered[TERN_FINAL]) return 1;
    if (c->was_done) return 0;
    if (number == 0 || (number < c->effort->final_min && !c->s->finished)) return 1;
    /* To become a result it may overdraw its part a little, not so much that those after it get none. */
    const double now = tern_seconds_now(), over = OVERDRAW * (c->ends - c->started);
    return now < (number < c->effort->final_min ? c->ends + over : c->final_ends);
}

static const struct tern_variant *best_ranked(const struct tern_contest *c, const char *format) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (strcmp(v->format->name, format) || !tern_fixture_proof(&c->s->fixture, v)) continue;
        if (!tern_variant_fits(v, c->s->o->machine->usable, c->problem.m, c->problem.k, c->problem.n, NULL))
            continue;
        if (!best || v->rank > best->rank) best = v;
    }
    return best;
}

static size_t find_format(const struct tern_contest *c, const struct tern_found *f, const char *format) {
    for (size_t i = 0; i < f->ordered; i++)
        if (!strcmp(c->space.item[f->order[i]].variant->format->name, format)) return f->order[i];
    return SIZE_MAX;
}

static size_t place_of(const size_t *member, size_t n, size_t wanted) {
    for (size_t i = 0; i < n; i++)
        if (member[i] == wanted && i != TERN_FINAL_TWIN) return i;
    return SIZE_MAX;
}

/* Samples of equal length are hit by interruptions alike: the final's are as long as one reading of the cold
 * buffer, within reason. */
static void match_epochs(struct tern_contest *c, const size_t *member, size_t n, size_t read) {
    if (c->by_cost) c->epoch_seconds = ENERGY_EPOCH_SECONDS;
    if (read)
        c->epoch_seconds = tern_matched_epoch(&c->timed[member[read]], EPOCH_SECONDS, EPOCH_MAX_SECONDS);
    for (size_t i = 0; i < n; i++) c->timed[member[i]].calls = 0;
}

/* Baselines and ceilings, behind the n candidates that may win; the new count. */
static size_t add_observers(struct tern_contest *c, const struct tern_found *f,
                            struct tern_final_roles *roles, size_t *member, size_t n) {
    const struct tern_variant *f16 = best_ranked(c, "f16"), *i2s = best_ranked(c, "i2s");
    if (f16 && tern_contest_seconds_to_build(c, f16) < DENSE_SHARE * (c->ends - tern_seconds_now())) {
        roles->f16 = n;
        member[n++] = tern_contest_add(c, f16, NULL, "");
    }
    const size_t seen = find_format(c, f, "i2s"), place = place_of(member, n, seen);
    if (seen != SIZE_MAX && place != SIZE_MAX) {
        roles->i2s = place; /* 0 when it is the default itself, which then is its own baseline */
    } else if (i2s) {
        roles->i2s = n;
        member[n++] = seen != SIZE_MAX ? seen : tern_contest_add(c, i2s, NULL, "");
    }
    if (c->team->read && c->problem.regime != TERN_HOT && c->s->o->objective == TERN_OBJECTIVE_TIME) {
        roles->read = n;
        member[n++] = add_ceiling(c, c->team->read, "read");
    }
    if (c->team->int8 && c->s->o->objective == TERN_OBJECTIVE_TIME) {
        roles->int8 = n;
        member[n++] = add_ceiling(c, c->team->int8, "int8");
    }
    return n;
}

/* Journals of runs that were killed know finals that were dirty: theirs are other names. */
static const char *phase_of(size_t attempt) {
    static const char *const phase[] = {"duel", "duel 2", "duel 3", "duel 4", "duel 5", "duel 6"};
    const size_t last = sizeof phase / sizeof *phase - 1;
    return phase[attempt < last ? attempt : last];
}

/* So that a run that goes on from the journal does not take the dirty rounds for clean ones. */
static void note_dirt(struct tern_contest *c, size_t attempt) {
    const struct tern_journal_key key = {.problem = c->text, .phase = "dirty", .round = attempt};
    c->failure = tern_journal_add(c->s->journal, &key, NULL, NULL, 0, 0, &c->error);
}

/* One final, with the state of the machine before and after it. What is remembered was judged when it was run. */
static enum tern_status one_final(struct tern_contest *c, const struct tern_search *s, size_t challengers,
                                  size_t attempt, struct tern_final *d, struct tern_block *block,
                                  struct tern_error *e) {
    c->phase = phase_of(attempt);
    c->remembered[TERN_FINAL] = tern_journal_rounds(c->s->journal, c->text, c->phase);
    tern_block_begin(c->s->o->machine, block);
    const enum tern_status st = tern_final_run(s, challengers, d, e);
    tern_block_end(c->s->o->machine, block);
    if (c->remembered[TERN_FINAL] || c->was_done) block->dirt = 0, block->why[0] = 0;
    return st;
}

/* A dirty final is run again while another one fits into the problem's time: the next problem must not pay for it. The last
 * one that is complete counts. */
static enum tern_status run_finals(struct tern_contest *c, const struct tern_search *s, size_t challengers,
                                   struct tern_final *d, struct tern_outcome *out, struct tern_error *e) {
    struct tern_block block;
    const size_t before = tern_journal_rounds(c->s->journal, c->text, "dirty");
    const double began = tern_seconds_now();
    enum tern_status st = one_final(c, s, challengers, before, d, &block, e);
    const double took = tern_seconds_now() - began;
    out->finals = 1;
    while (!st && block.dirt) {
        out->dirt = block.dirt;
        snprintf(out->why_dirty, sizeof out->why_dirty, "%s", block.why);
        if (c->s->o->accept_busy) return st;
        note_dirt(c, before + out->finals - 1);
        if (out->finals == FINALS || tern_seconds_now() + took > c->ends || c->failure ||
            tern_session_stopped(c->s))
            break;
        struct tern_final next;
        c->final_ends = c->ends;
        if (one_final(c, s, challengers, before + out->finals, &next, &block, e)) break;
        out->finals++;
        if (next.complete || !d->complete) {
            tern_final_free(d);
            *d = next;
        } else {
            tern_final_free(&next);
            break;
        }
        if (!block.dirt) out->dirt = 0, out->why_dirty[0] = 0;
    }
    if (!st && out->dirt) d->complete = 0;
    return st;
}

enum tern_status tern_contest_final(struct tern_contest *c, const struct tern_found *f,
                                    struct tern_outcome *out, struct tern_error *e) {
    size_t member[TERN_FINAL_CHALLENGER + CHALLENGERS + TERN_OUTCOME_LAYOUTS + TERN_CONTEST_EXTRAS], n = 0;
    struct tern_final_roles roles = {.member = member};
    const struct tern_candidate *fallback = &c->space.item[c->fallback];
    member[n++] = c->fallback;
    member[n++] = tern_contest_add(c, fallback->variant, fallback->param, "twin:");
    for (size_t i = 0; i < f->ordered && roles.challengers < CHALLENGERS; i++) {
        if (f->order[i] == c->fallback) continue;
        member[n++] = f->order[i];
        roles.challengers++;
    }
    n = tern_contest_add_layouts(c, f, member, n);
    roles.challengers = n - TERN_FINAL_CHALLENGER;
    n = add_observers(c, f, &roles, member, n);
    c->phase = phase_of(0);
    c->by_cost = c->s->o->objective != TERN_OBJECTIVE_TIME;
    c->map = member;
    match_epochs(c, member, n, roles.read);
    const struct tern_search s = {
        .count = n, .effort = c->effort, .round = tern_contest_on_round, .go = on_final_go, .ctx = c};
    struct tern_final d;
    enum tern_status st = run_finals(c, &s, roles.challengers, &d, out, e);
    c->map = NULL;
    if (st) return st;
    tern_verdict(c, &d, &roles, out);
    tern_final_free(&d);
    return tern_contest_baselines(c, f, out, e);
}
