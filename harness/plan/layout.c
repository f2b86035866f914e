/* What wisdom is asked for a shape: its problems, and the layout of its weights. */
#include "harness/plan/choose.h"
#include "tuner/wisdom/layouts.h"

struct tern_problem tern_chooser_problem(const struct chooser *c, size_t m, size_t k, size_t n) {
    const struct plan_request *r = c->request;
    return (struct tern_problem){.m = m,
                                 .k = k,
                                 .n = n,
                                 .threads = n == 1 ? r->threads_decode : r->threads_prefill,
                                 .regime = r->regime};
}

enum tern_status tern_chooser_plan(const struct chooser *c, const struct tern_problem *p,
                                   const struct tern_format *format, struct tern_plan *out,
                                   struct tern_error *e) {
    const struct plan_request *r = c->request;
    if (!c->untuned[p->n > 1]) return tern_plan_for(r->wisdom, r->usable, p, format, out, e);
    const enum tern_status s = tern_plan_default(r->wisdom, r->usable, p, format, out, e);
    out->from_wisdom = s == TERN_OK; /* it was measured to be the better choice */
    return s;
}

const struct tern_format *tern_chooser_layout(const struct chooser *c, size_t m, size_t k) {
    const struct plan_request *r = c->request;
    const struct tern_problem one = tern_chooser_problem(c, m, k, 1),
                              many = tern_chooser_problem(c, m, k, r->ubatch);
    return r->wisdom && !c->untuned[0]
               ? tern_layout_for(r->wisdom, r->usable, &one, r->ubatch > 1 ? &many : NULL)
               : NULL;
}
