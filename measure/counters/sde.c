/* The tally as software-defined events: libsde publishes it, PAPI's sde component reads it. It needs no PMU,
 * so the whole road through PAPI is also tested on machines without one. */
#include "measure/counters/sde.h"

#include "measure/counters/tally.h"

#include <sde_lib.h>
#include <stdint.h>

static uint64_t probed; /* what the probe's loop adds to all of them: readers see differences only */

static long long value_of(void *kind) {
    return (long long)(tern_tally((enum tern_tally_kind)(uintptr_t)kind) +
                       __atomic_load_n(&probed, __ATOMIC_RELAXED));
}

void tern_sde_publish(void) {
    papi_handle_t tern = papi_sde_init("tern");
    if (!tern) return;
    for (uintptr_t i = 0; i < TERN_TALLY_KINDS; i++) {
        const char *name = tern_tally_name((enum tern_tally_kind)i);
        papi_sde_register_counter_cb(tern, name, PAPI_SDE_RO | PAPI_SDE_DELTA, PAPI_SDE_long_long, value_of,
                                     (void *)i);
        papi_sde_describe_counter(tern, name, tern_tally_about((enum tern_tally_kind)i));
    }
}

enum tern_status tern_sde_loop(struct tern_error *e) {
    (void)e;
    __atomic_fetch_add(&probed, 1, __ATOMIC_RELAXED);
    return TERN_OK;
}
