#include "tuner/trial/round.h"

#include "measure/clock.h"

#include <math.h>
#include <stdlib.h>

static double timed(const struct tern_entrant *en, uint64_t calls) {
    const uint64_t start = tern_now_ns();
    en->work(en->ctx, calls);
    const double ns = (double)(tern_now_ns() - start) - tern_clock_facts()->overhead_ns;
    return ns > 0 ? ns : 0;
}

/* Cost per unit of work of one sample. */
static double sample(struct tern_entrant *en, const struct tern_meter *meter) {
    const double work = (double)en->calls * en->per;
    if (!meter || meter->objective == TERN_OBJECTIVE_TIME) return timed(en, en->calls) / work;
    double joules = NAN;
    if (tern_energy_start(meter->energy, NULL)) return NAN;
    const double ns = timed(en, en->calls);
    if (tern_energy_joules(meter->energy, &joules, NULL)) return NAN;
    return tern_cost(meter->objective, ns / work, joules / work);
}

int tern_round(struct tern_entrant *entrant, const size_t *which, size_t count, uint64_t seed, size_t number,
               double epoch_ns, const struct tern_meter *meter, const volatile int *stop, double *ns) {
    if (meter && meter->objective != TERN_OBJECTIVE_TIME) epoch_ns = fmax(epoch_ns, TERN_ENERGY_EPOCH_NS);
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
        ns[order[i]] = sample(en, meter);
        whole = !stop || !*stop;
    }
    free(order);
    return whole;
}
