/* The steps of PAPI, shared by its two back-ends: processor events and software-defined events. Internal. */
#ifndef TERN_MEASURE_COUNTERS_PAPI_H
#define TERN_MEASURE_COUNTERS_PAPI_H

#include "measure/counters/backend.h"

enum tern_status tern_papi_open(const char *const *names, size_t count, void **state, struct tern_error *e);
enum tern_status tern_papi_start(void *state, struct tern_error *e);
enum tern_status tern_papi_read(void *state, int64_t *value, struct tern_error *e);
enum tern_status tern_papi_stop(void *state, int64_t *value, struct tern_error *e);
void tern_papi_close(void *state);

/* Tells libsde of the tally; before PAPI is initialised, whose component looks for libsde then. */
void tern_sde_publish(void);

#endif
