#include "tuner/round.h"

#include "measure/clock.h"

#include <math.h>
#include <stdlib.h>

static double timed(const struct tern_entrant *en, uint64_t calls) {
    const uint64_t start = tern_now_ns();
    en->work(en->ctx, calls);
    const double ns = (double)(tern_now_ns() - start) - tern_clock_facts()->overhead_ns;
    return ns > 0 ? ns : 0;
}

int tern_round(struct tern_entrant *entrant, const size_t *which, size_t count, uint64_t seed, size_t number,
               double epoch_ns, const volatile int *stop, double *ns) {
    size_t *order = malloc((count + 1) * sizeof *order);
    if (!order) return 0;
    tern_latin_order(seed, number, count, order);
    int whole = 1;
    for (size_t i = 0; whole && i < count; i++) {
        struct tern_entrant *en = &entrant[which[order[i]]];
        ns[order[i]] = NAN;
        if (!en->work) continue;
        if (!en->calls) {
            const double once = timed(en, 1);
            en->calls = once * 2 > epoch_ns ? 1 : (uint64_t)ceil(epoch_ns / (once > 1 ? once : 1));
            /* The first call is slow with cold tables: measure the count once more when it was small. */
            if (en->calls > 1)
                en->calls = (uint64_t)ceil(epoch_ns / (timed(en, en->calls) / (double)en->calls + 1));
            if (!en->calls) en->calls = 1;
        }
        ns[order[i]] = timed(en, en->calls) / (double)en->calls / en->per;
        whole = !stop || !*stop;
    }
    free(order);
    return whole;
}
