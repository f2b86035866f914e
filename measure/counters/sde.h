/* What the back-ends of PAPI take from libsde, which publishes the tally as software-defined events. */
#ifndef TERN_MEASURE_COUNTERS_SDE_H
#define TERN_MEASURE_COUNTERS_SDE_H

#include "base/status.h"

/* Tells libsde of the tally. Must come before PAPI is initialised, because its component looks for libsde
 * then. */
void tern_sde_publish(void);
/* The known loop of the probe: every event of the tally moves by one. */
enum tern_status tern_sde_loop(struct tern_error *e);

#endif
