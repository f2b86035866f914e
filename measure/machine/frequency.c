#include "measure/machine/frequency.h"

#include "measure/clock.h"

#include <stdint.h>

#define LINKS 8192 /* of three cycles: about 8 us a burst, so that some burst is not interrupted */

#define BURSTS_NOW 4

#if defined(__x86_64__)
static uint64_t chain(uint64_t x) {
    const uint64_t factor = 3;
    for (int i = 0; i < LINKS / 8; i++)
        __asm__ volatile("imulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\t"
                         "imulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\timulq %1, %0"
                         : "+r"(x)
                         : "r"(factor)
                         : "cc");
    return x;
}

static double fastest_of(int bursts) {
    volatile uint64_t sink = chain(1);
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < bursts; i++) {
        const uint64_t t0 = tern_now_ns();
        sink = chain(sink);
        const uint64_t ns = tern_now_ns() - t0;
        if (ns < best) best = ns;
    }
    return best ? 3.0 * LINKS / (double)best : 0.0;
}

double tern_frequency_ghz(void) {
    return fastest_of(TERN_FREQUENCY_BURSTS);
}

double tern_frequency_now_ghz(void) {
    return fastest_of(BURSTS_NOW);
}
#else
/* The latency of a multiply differs between the ARM cores (2 to 4 cycles): not known is better than wrong. */
double tern_frequency_ghz(void) {
    return 0.0;
}

double tern_frequency_now_ghz(void) {
    return 0.0;
}
#endif
