#include "base/memory.h"
#include "measure/counters/backend.h"
#include "measure/counters/sde.h"
#include "measure/counters/tally.h"

#include <papi.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct event_set {
    int set;
    size_t count;
};

static char refused[256];      /* "" when the library is ready */
static char perf_refused[256]; /* "" when its component for processor events is, too */

/* The library says "no events" for each event when its component is off; the component knows why. */
static void component_reason(void) {
    for (int i = 0; i < PAPI_num_components(); i++) {
        const PAPI_component_info_t *info = PAPI_get_component_info(i);
        if (!info || strcmp(info->name, "perf_event") || !info->disabled ||
            info->disabled == PAPI_EDELAY_INIT)
            continue;
        const char *why = info->disabled_reason[0] ? info->disabled_reason : "disabled without a reason";
        snprintf(perf_refused, sizeof perf_refused, "PAPI: perf_event: %.200s", why);
    }
}

static void begin(void) {
#ifdef TERN_HAVE_SDE
    tern_sde_publish();
#endif
    const int got = PAPI_library_init(PAPI_VER_CURRENT);
    if (got != PAPI_VER_CURRENT) {
        snprintf(refused, sizeof refused, "PAPI: library: %s",
                 got > 0 ? "not the version this program was built for" : PAPI_strerror(got));
        return;
    }
    const int rc = PAPI_thread_init((unsigned long (*)(void))pthread_self);
    if (rc != PAPI_OK)
        snprintf(refused, sizeof refused, "PAPI: threads: %s", PAPI_strerror(rc));
    else
        component_reason();
}

static enum tern_status failed(struct tern_error *e, const char *what, int rc) {
    return tern_fail(e, TERN_UNSUPPORTED, "PAPI: %s: %s", what, PAPI_strerror(rc));
}

static void papi_close(void *state) {
    struct event_set *s = state;
    long long ignored[TERN_MAX_COUNTERS];
    int status = 0;
    if (PAPI_state(s->set, &status) == PAPI_OK && (status & PAPI_RUNNING)) PAPI_stop(s->set, ignored);
    PAPI_cleanup_eventset(s->set);
    PAPI_destroy_eventset(&s->set);
    tern_free(s);
}

static enum tern_status papi_open(const char *const *names, size_t count, void **state,
                                  struct tern_error *e) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, begin);
    if (refused[0]) return tern_fail(e, TERN_UNSUPPORTED, "%s", refused);
    if (perf_refused[0] && !tern_tally_is_event(names[0]))
        return tern_fail(e, TERN_UNSUPPORTED, "%s", perf_refused);

    struct event_set *s = tern_alloc(sizeof *s);
    if (!s) return tern_fail(e, TERN_NO_MEMORY, "PAPI: out of memory");
    s->set = PAPI_NULL;
    s->count = count;
    int rc = PAPI_create_eventset(&s->set);
    if (rc != PAPI_OK) {
        tern_free(s);
        return failed(e, "event set", rc);
    }
    for (size_t i = 0; i < count; i++) {
        rc = PAPI_add_named_event(s->set, names[i]);
        if (rc == PAPI_OK) continue;
        papi_close(s);
        return failed(e, names[i], rc);
    }
    *state = s;
    return TERN_OK;
}

static enum tern_status papi_start(void *state, struct tern_error *e) {
    const int rc = PAPI_start(((struct event_set *)state)->set);
    return rc == PAPI_OK ? TERN_OK : failed(e, "start", rc);
}

static enum tern_status take(struct event_set *s, int (*get)(int, long long *), const char *what,
                             int64_t *value, struct tern_error *e) {
    long long v[TERN_MAX_COUNTERS] = {0};
    const int rc = get(s->set, v);
    if (rc != PAPI_OK) return failed(e, what, rc);
    for (size_t i = 0; i < s->count; i++) value[i] = v[i];
    return TERN_OK;
}

static enum tern_status papi_read(void *state, int64_t *value, struct tern_error *e) {
    return take(state, PAPI_read, "read", value, e);
}

static enum tern_status papi_stop(void *state, int64_t *value, struct tern_error *e) {
    return take(state, PAPI_stop, "stop", value, e);
}

const struct tern_counters_backend tern_counters_papi = {
    .name = "papi",
    .cycles = "PAPI_TOT_CYC",
    .instructions = "PAPI_TOT_INS",
    .open = papi_open,
    .start = papi_start,
    .read = papi_read,
    .stop = papi_stop,
    .close = papi_close,
};

#ifdef TERN_HAVE_SDE
const struct tern_counters_backend tern_counters_sde = {
    .name = "sde",
    .open = papi_open,
    .start = papi_start,
    .read = papi_read,
    .stop = papi_stop,
    .close = papi_close,
    .loop = tern_sde_loop,
};
#endif
