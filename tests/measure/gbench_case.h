/* Shared by the tests of the façade over Google Benchmark: a folder of their own, and a run with flags. */
#ifndef TERN_TEST_GBENCH_CASE_H
#define TERN_TEST_GBENCH_CASE_H

#include "measure/gbench/gbench.h"

#include <jansson.h>

/* Sends stdout and stderr of the test to files in a new folder; skips when the build has no Google Benchmark.
 */
void gbench_begin(void);
void gbench_end(void);

/* "<folder>/<name>", valid until the test ends. */
const char *gbench_path(const char *name);

/* What was written to "stdout" or "stderr" so far. */
char *gbench_written(const char *name);

/* The file as JSON, strictly: no NaN, no duplicate keys. NULL with a message in the log when it is not. */
json_t *gbench_json(const char *path);
/* First result whose name begins with `name`; borrowed. */
json_t *gbench_row_of(json_t *file, const char *name);

/* Runs with these flags (and 1 ms per case), NULL-terminated. */
enum tern_status gbench_run(const char *const *flags, tern_gbench_sink sink, void *user,
                            struct tern_gbench_result *out, struct tern_error *e);

/* Work that takes time: ctx is a counter of calls. */
void gbench_work(void *ctx, uint64_t calls);

#endif
