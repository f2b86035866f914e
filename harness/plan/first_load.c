#define _GNU_SOURCE
#include "harness/plan/first_load.h"

#include "measure/clock.h"
#include "tuner/first_load/race.h"
#include "tuner/wisdom/plan_verdict.h"
#include "tuner/wisdom/ranks/gather.h"

#include <stdio.h>
#include <stdlib.h>

#define WEIGHTS_LEAST 5e7 /* 12 MB in two bits */

/* The model's matrix with the most weights. */
static struct tern_problem largest(const struct plan_request *r) {
    struct tern_problem p = {.n = 1, .threads = r->threads_decode, .regime = r->regime};
    for (enum tern_role role = 0; role < TERN_ROLES; role++) {
        size_t m, k;
        tern_role_shape(&r->model->hp, role, &m, &k);
        if (m * k > p.m * p.k) p.m = m, p.k = k;
    }
    return p;
}

static int decides(const struct tern_ranks *ranks, uint32_t usable, const struct tern_problem *p) {
    return ranks && ranks->source != TERN_RANKS_RELATIVE && tern_ranks_find(ranks, usable, p, NULL);
}

/* Whether decode and prefill are both decided by wisdom or by these ranks. */
static int settled(const struct plan_request *r, const struct tern_ranks *ranks) {
    struct tern_problem p = largest(r);
    const struct tern_plan_verdict *v = tern_plan_verdict_find(r->wisdom, &r->model->hp, r->threads_decode);
    const int tuned = !v || !v->decode.untuned;
    const int decode =
        (tuned && tern_wisdom_nearest(r->wisdom, r->usable, &p, NULL)) || decides(ranks, r->usable, &p);
    if (!decode || r->ubatch == 1) return decode;
    p.n = r->ubatch, p.threads = r->threads_prefill;
    return (tuned && tern_wisdom_nearest(r->wisdom, r->usable, &p, NULL)) || decides(ranks, r->usable, &p);
}

/* Own ranks go before those of a race, and these before a relative's. */
static void join(const struct plan_request *r, struct first_load *f) {
    const struct tern_ranks *shipped = r->wisdom->ranks;
    if (!f->raced.count) return;
    const int own = shipped && shipped->source == TERN_RANKS_OWN;
    f->link[0] = own ? *shipped : f->raced;
    if (shipped) f->link[1] = own ? f->raced : *shipped;
    f->link[0].next = shipped ? &f->link[1] : NULL;
    f->link[1].next = NULL;
    f->known.ranks = f->link;
}

static void race(const struct plan_request *r, const struct tern_machine *m, const char *path,
                 struct first_load *f) {
    const struct tern_problem p = largest(r);
    const struct tern_first_race how = {.machine = m,
                                        .ranks = r->wisdom->ranks,
                                        .m = p.m,
                                        .k = p.k,
                                        .ubatch = r->ubatch,
                                        .threads_decode = r->threads_decode,
                                        .threads_prefill = r->threads_prefill};
    const uint64_t begun = tern_now_ns();
    struct tern_wisdom found;
    struct tern_error e = {""};
    if (tern_first_race_run(&how, &found, &e) != TERN_OK) {
        snprintf(f->note, sizeof f->note, "no result: %.200s", e.text);
        return;
    }
    const int n = snprintf(f->note, sizeof f->note, "%.2f s (provisional; tern tune measures properly)",
                           1e-9 * (double)(tern_now_ns() - begun));
    if (!path || tern_wisdom_write(path, &found, &e) != TERN_OK)
        snprintf(f->note + n, sizeof f->note - (size_t)n, "; not kept: %.160s",
                 path ? e.text : "no folder is known");
    tern_ranks_free(&f->raced);
    if (tern_ranks_gather(&found, m, 1, &f->raced, &e) != TERN_OK) f->raced.count = 0;
    tern_wisdom_free(&found);
}

void tern_first_load(const struct plan_request *r, const struct tern_machine *m, const char *folder,
                     struct first_load *f) {
    *f = (struct first_load){.known = *r->wisdom};
    if (r->act != TERN_ACT_I8 || m->foreign || tern_model_macs(&r->model->hp) < WEIGHTS_LEAST) return;
    if (settled(r, r->wisdom->ranks)) return;
    char *path = tern_first_race_path(folder, m);
    if (path && tern_first_race_known(path, m, &f->raced, NULL) != TERN_OK) f->raced.count = 0;
    if (!settled(r, &f->raced)) race(r, m, path, f);
    join(r, f);
    free(path);
}

void tern_first_load_free(struct first_load *f) {
    tern_ranks_free(&f->raced);
}
