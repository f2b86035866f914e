#include "measure/machine/frequency.h"

#include "measure/clock.h"
#include "measure/machine/arch/arch.h"

#include <stdint.h>

#define BURSTS_NOW 4

static double fastest_of(int bursts) {
    if (!tern_arch_chain) return 0.0;
    volatile uint64_t sink = tern_arch_chain(1);
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < bursts; i++) {
        const uint64_t t0 = tern_now_ns();
        sink = tern_arch_chain(sink);
        const uint64_t ns = tern_now_ns() - t0;
        if (ns < best) best = ns;
    }
    return best ? (double)TERN_CHAIN_CYCLES / (double)best : 0.0;
}

double tern_frequency_ghz(void) {
    return fastest_of(TERN_FREQUENCY_BURSTS);
}

double tern_frequency_now_ghz(void) {
    return fastest_of(BURSTS_NOW);
}
