/* The layouts that the plan of a model may choose, in the final. Decode and prefill share one packed copy of a matrix,
 * and the winners of a shape's problems mostly have different layouts. So the best of each layout in question meets
 * the winner in the same rounds. */
#include "tuner/contest/phases.h"

#include <string.h>

#define NEAR_BEST 1.3 /* in decode; what is slower there pays for no prefill */
#define NEAR_MOST 4   /* such layouts, beside those of the default and of challengers */

static int has_layout(const struct tern_contest *c, const size_t *member, size_t n,
                      const struct tern_format *f) {
    for (size_t i = 0; i < n; i++)
        if (c->member[member[i]].variant->format == f) return 1;
    return 0;
}

/* Whether wisdom has the layout beside decode's winner of the shape. */
static int is_near_in_decode(const struct tern_contest *c, const struct tern_format *f) {
    const struct tern_problem *p = &c->problem;
    for (size_t i = 0; i < c->s->wisdom.count; i++) {
        const struct tern_wisdom_entry *en = &c->s->wisdom.entry[i];
        const struct tern_problem *q = &en->problem;
        int param[TERN_MAX_PARAMS];
        if (q->m != p->m || q->k != p->k || q->n != 1 || q->threads != p->threads ||
            strcmp(en->objective, "time"))
            continue;
        const struct tern_variant *base = tern_wisdom_named(en->base, param);
        const int own =
            tern_variant_named(en->variant)->format == f && (!en->of_layout || en->ratio <= NEAR_BEST);
        if (own || (!en->of_layout && base && base->format == f)) return 1;
    }
    return 0;
}

size_t tern_contest_add_layouts(const struct tern_contest *c, const struct tern_found *f, size_t *member,
                                size_t n) {
    const size_t most = n + NEAR_MOST;
    if (!c->task->model[0] || c->s->o->objective != TERN_OBJECTIVE_TIME) return n;
    const double best = f->ordered ? f->estimate[f->order[0]].min : 0;
    for (size_t i = 0; i < f->ordered && n < most; i++) {
        const struct tern_format *its = c->space.item[f->order[i]].variant->format;
        const int near =
            c->problem.n == 1 ? f->estimate[f->order[i]].min <= NEAR_BEST * best : is_near_in_decode(c, its);
        if (near && !has_layout(c, member, n, its)) member[n++] = f->order[i];
    }
    return n;
}
