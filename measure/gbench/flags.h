/* Google Benchmark answers some flags by ending the process (exit or abort). This looks at them first. */
#ifndef TERN_MEASURE_GBENCH_FLAGS_H
#define TERN_MEASURE_GBENCH_FLAGS_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the library will take `--benchmark_<name>` to be: the last in argv, else the environment's
 * BENCHMARK_<NAME>, else NULL. */
const char *tern_gbench_flag(int argc, char *const *argv, const char *name);

/* TERN_OK when the library survives these arguments and this environment. */
enum tern_status tern_gbench_check_flags(int argc, char *const *argv, struct tern_error *e);

#ifdef __cplusplus
}
#endif

#endif
