/* The same functions in a build without Google Benchmark. */
#include "measure/gbench/gbench.h"

static enum tern_status missing(struct tern_error *e) {
    return tern_fail(e, TERN_UNSUPPORTED,
                     "bench: Google Benchmark: not in this build; install libbenchmark-dev and build again");
}

const char *tern_gbench_version(void) {
    return NULL;
}

enum tern_status tern_gbench_register(const struct tern_gbench_case *c, struct tern_error *e) {
    (void)c;
    return missing(e);
}

enum tern_status tern_gbench_count(struct tern_gbench_state *s, const char *name, double value,
                                   enum tern_gbench_counter kind, struct tern_error *e) {
    (void)s, (void)name, (void)value, (void)kind;
    return missing(e);
}

void tern_gbench_label(struct tern_gbench_state *s, const char *label) {
    (void)s, (void)label;
}

enum tern_status tern_gbench_context(const char *key, const char *value, struct tern_error *e) {
    (void)key, (void)value;
    return missing(e);
}

enum tern_status tern_gbench_run(int argc, char *const *argv, tern_gbench_sink sink, void *user,
                                 struct tern_gbench_result *out, struct tern_error *e) {
    (void)argc, (void)argv, (void)sink, (void)user;
    *out = (struct tern_gbench_result){0};
    return missing(e);
}
