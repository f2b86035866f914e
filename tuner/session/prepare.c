/* Before the first problem: proofs, threads, ceilings. */
#define _GNU_SOURCE
#include "measure/machine/pin.h"
#include "tuner/contest/baselines.h"
#include "tuner/search/strategies.h"
#include "tuner/session/session.h"
#include "tuner/wisdom/core_kinds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASELINES_SECONDS 30 /* of budget, for the proofs of baselines and their rounds */

/* Portable variants are a third of all and never win where one with instructions of this machine can run: their proofs
 * and their packing are spared, but for a search that spares nothing. */
static int wants_portable(const struct tern_session *s, const struct tern_candidates *c) {
    if (s->o->table || !isfinite(s->o->effort->drop_guess) || !strcmp(s->o->strategy->name, "exhaustive"))
        return 1;
    for (size_t i = 0; i < c->count; i++)
        if (c->item[i].variant->isa) return 0;
    return 1;
}

/* Marks the candidates of what is not known yet, and its dense baselines, and winners that are to meet those
 * of other thread counts; nobody else is ever timed. */
static enum tern_status mark_timed(const struct tern_session *s, unsigned char *timed, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    const uint32_t usable = s->o->machine->usable;
    for (size_t t = 0; t < s->o->tasks; t++) {
        const struct tern_problem *p = &s->o->task[t].problem;
        struct tern_candidates c;
        const struct tern_wisdom_entry *en = tern_session_remembers(s, &s->o->task[t]);
        if (en && s->o->compare_threads) timed[tern_variant_named(en->variant) - all] = 1;
        if (en) continue;
        const enum tern_status st = tern_space_of(p, usable, NULL, s->o->lossy, &c, e);
        if (st) return st;
        const int portable = wants_portable(s, &c);
        for (size_t i = 0; i < c.count; i++)
            if (portable || c.item[i].variant->isa) timed[c.item[i].variant - all] = 1;
        tern_candidates_free(&c);
        for (size_t i = 0; i < TERN_BASELINE_VARIANTS; i++) {
            const struct tern_variant *v = tern_baseline_variant(p, usable, i);
            if (v && !s->o->table && s->o->budget_seconds >= BASELINES_SECONDS) timed[v - all] = 1;
        }
        for (size_t i = 0; i < count; i++)
            if (!strcmp(all[i].format->name, "f16") &&
                tern_variant_fits(&all[i], usable, p->m, p->k, p->n, NULL))
                timed[i] = 1;
    }
    return TERN_OK;
}

struct proving {
    struct tern_session *s;
    const struct tern_variant **list;
    size_t count, finished;
};

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    struct proving *p = ctx;
    const struct tern_tune_hooks *h = &p->s->o->hooks;
    const char *name = p->list[index]->name;
    char note[160];
    snprintf(note, sizeof note, "verified %zu of %zu: %s", ++p->finished, p->count, name);
    if (h->progress) h->progress(h->ctx, 0, note);
    p->s->proved += proof != NULL;
    p->s->refuted += proof == NULL;
    if (!proof)
        tern_session_warn(p->s, "verify: %s: %s: %s; it is not timed and cannot win", name,
                          tern_verdict_name(verdict->kind), verdict->text);
}

enum tern_status tern_session_prove(struct tern_session *s, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    struct proving p = {.s = s, .list = malloc((count + 1) * sizeof *p.list)};
    unsigned char *timed = calloc(count + 1, 1);
    enum tern_status st = TERN_OK;
    if (!p.list || !timed) st = tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    if (!st) st = mark_timed(s, timed, e);
    for (size_t i = 0; i < count && !st; i++)
        if (timed[i]) p.list[p.count++] = &all[i];
    if (!st) st = tern_fixture_prove_all(&s->fixture, p.list, p.count, on_verdict, &p, e);
    free(timed);
    free(p.list);
    return st;
}

/* What is remembered for one kind of core must have run on that kind; elsewhere a thread that moves is noise.
 */
static enum tern_status pin(struct tern_session *s, const struct tern_team *t, struct tern_error *e) {
    struct tern_error why;
    const enum tern_status st = tern_pin_team(t->pool, s->o->machine->cpu, &why);
    if (!st) return TERN_OK;
    if (st == TERN_NO_MEMORY || tern_core_kind_alone(s->o->machine))
        return tern_fail(e, st, "%.500s", why.text);
    tern_session_warn(s, "%s", why.text);
    return TERN_OK;
}

enum tern_status tern_session_teams(struct tern_session *s, struct tern_error *e) {
    for (size_t i = 0; i < s->o->tasks; i++) {
        struct tern_team *team;
        const size_t made = s->fixture.teams;
        enum tern_status st = tern_fixture_team(&s->fixture, s->o->task[i].problem.threads, &team, e);
        if (!st && s->fixture.teams > made) st = pin(s, team, e);
        if (st) return st;
        if (!tern_session_remembers(s, &s->o->task[i])) tern_fixture_ceilings(&s->fixture, team);
    }
    return TERN_OK;
}
