#include "tuner/trial/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_SHARE                                                                                         \
    24 /* packed copies of one format may take this part of the memory; there are about ten */

enum tern_status tern_fixture_open(const struct tern_machine *m, uint64_t seed, struct tern_fixture *b,
                                   struct tern_error *e) {
    return tern_fixture_open_within(m, seed, SIZE_MAX, b, e);
}

enum tern_status tern_fixture_open_within(const struct tern_machine *m, uint64_t seed, size_t cold_most,
                                          struct tern_fixture *b, struct tern_error *e) {
    size_t count;
    int capped;
    tern_variants(&count);
    *b = (struct tern_fixture){
        .machine = m, .seed = seed, .cold = TERN_WCOLD, .cold_bytes = tern_cold_bytes(m, &capped)};
    if (m->memory_bytes && b->cold_bytes > m->memory_bytes / MEMORY_SHARE)
        b->cold_bytes = m->memory_bytes / MEMORY_SHARE, capped = 1;
    if (b->cold_bytes > cold_most) b->cold_bytes = cold_most, capped = 1;
    if (capped) b->cold = TERN_WCOLD_CAPPED;
    b->proof = calloc(count + 1, sizeof *b->proof);
    if (!b->proof) return tern_fail(e, TERN_NO_MEMORY, "fixture: out of memory");
    return tern_test_weights_new(b->cold_bytes, seed, &b->test_weights, e);
}

void tern_fixture_close(struct tern_fixture *b) {
    for (size_t i = b->teams; i-- > 0;) {
        tern_ceiling_free(b->team[i].read);
        tern_ceiling_free(b->team[i].int8);
        tern_pool_free(b->team[i].pool); /* last made, first freed: each gives back the affinity it found */
    }
    tern_test_weights_free(b->test_weights);
    free(b->proof);
    *b = (struct tern_fixture){0};
}

enum tern_status tern_fixture_prove(struct tern_fixture *b, const struct tern_variant *v,
                                    struct tern_verdict *verdict, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    const struct tern_verify_options o = {
        .usable = b->machine->usable, .seed = b->seed, .effort = TERN_VERIFY_QUICK};
    return tern_prove(v, &o, verdict, &b->proof[v - all], e);
}

struct proving {
    struct tern_fixture *fixture;
    const struct tern_variant *const *list;
    tern_verdict_fn *report;
    void *ctx;
};

static void keep_proof(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    const struct proving *p = ctx;
    size_t count;
    p->fixture->proof[p->list[index] - tern_variants(&count)] = proof;
    if (p->report) p->report(p->ctx, index, verdict, proof);
}

enum tern_status tern_fixture_prove_all(struct tern_fixture *b, const struct tern_variant *const *v,
                                        size_t count, tern_verdict_fn *report, void *ctx,
                                        struct tern_error *e) {
    const struct tern_verify_options o = {
        .usable = b->machine->usable, .seed = b->seed, .effort = TERN_VERIFY_QUICK, .stop = b->stop};
    struct proving p = {b, v, report, ctx};
    return tern_prove_all(v, count, b->machine->cpus, &o, keep_proof, &p, e);
}

const struct tern_proof *tern_fixture_proof(const struct tern_fixture *b, const struct tern_variant *v) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    return v >= all && v < all + count ? b->proof[v - all] : NULL;
}

enum tern_status tern_fixture_team(struct tern_fixture *b, size_t threads, struct tern_team **out,
                                   struct tern_error *e) {
    for (size_t i = 0; i < b->teams; i++) {
        *out = &b->team[i];
        if (b->team[i].threads == threads) return TERN_OK;
    }
    if (threads > b->machine->cpus)
        return tern_fail(e, TERN_UNSUPPORTED, "threads: %zu: this process may use %zu processors", threads,
                         b->machine->cpus);
    if (b->teams == TERN_MAX_TEAMS)
        return tern_fail(e, TERN_BAD_INPUT, "threads: more than %d different counts", TERN_MAX_TEAMS);
    struct tern_team *t = &b->team[b->teams];
    *t = (struct tern_team){.threads = threads, .why_read = "not made", .why_int8 = "not made"};
    const enum tern_status s = tern_pool_new(threads, b->machine->cpu, &t->pool, e);
    if (s) return s;
    b->teams++;
    *out = t;
    return TERN_OK;
}

void tern_fixture_ceilings(struct tern_fixture *b, struct tern_team *t) {
    struct tern_error why;
    const uint32_t usable = b->machine->usable;
    if (!t->read && tern_ceiling_new(TERN_CEILING_READ, b->cold_bytes, usable, t->pool, &t->read, &why))
        snprintf(t->why_read, sizeof t->why_read, "%.191s", why.text);
    if (!t->int8 && tern_ceiling_new(TERN_CEILING_INT8, 0, usable, t->pool, &t->int8, &why))
        snprintf(t->why_int8, sizeof t->why_int8, "%.191s", why.text);
}

enum tern_status tern_fixture_trial(struct tern_fixture *b, const struct tern_variant *v, const int *param,
                                    const struct tern_problem *p, struct tern_trial **out,
                                    struct tern_error *e) {
    struct tern_team *team;
    *out = NULL;
    enum tern_status s = tern_fixture_team(b, p->threads, &team, e);
    if (!s) s = tern_test_weights_shape(b->test_weights, p->m, p->k, team->pool, e);
    if (s) return s;
    return tern_trial_new(tern_fixture_proof(b, v), param, p, b->test_weights, team->pool, b->machine->usable,
                          b->machine->l2_bytes, out, e);
}
