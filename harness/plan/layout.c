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

const struct tern_format *tern_chooser_layout(const struct chooser *c, size_t m, size_t k) {
    const struct plan_request *r = c->request;
    const struct tern_problem one = tern_chooser_problem(c, m, k, 1),
                              many = tern_chooser_problem(c, m, k, r->ubatch);
    return r->wisdom ? tern_layout_for(r->wisdom, r->usable, &one, r->ubatch > 1 ? &many : NULL) : NULL;
}
