#include "measure/energy/energy.h"

#include "base/memory.h"
#include "measure/clock.h"
#include "measure/energy/backend.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROBE_NS     50000000u
#define FROZEN_NS    100000000u
#define WATTS_MIN    0.05
#define WATTS_MAX    2000.0
#define POLL_SECONDS 0.05

struct tern_energy {
    const struct tern_energy_backend *b;
    void *state;
    uint64_t started_ns;
    char name[128];
};

/* In the order in which they are tried. */
static const struct tern_energy_backend *const sources[TERN_ENERGY_SOURCES] = {
    &tern_energy_perf, &tern_energy_powercap, &tern_energy_hwmon, &tern_energy_battery};

const char *tern_energy_source_name(enum tern_energy_source s) {
    static const char *const names[] = {"none", "powercap", "perf", "hwmon", "battery", "meter"};
    return (unsigned)s < sizeof names / sizeof *names ? names[s] : "?";
}

static enum tern_status open_on(const struct tern_energy_backend *b, const char *file,
                                struct tern_energy **out, struct tern_error *e) {
    struct tern_energy *m = tern_alloc(sizeof *m);
    *out = NULL;
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    const int at = snprintf(m->name, sizeof m->name, "%s ", b->name);
    const enum tern_status s = b->open(file, &m->state, m->name + at, sizeof m->name - (size_t)at, e);
    if (s) return tern_free(m), s;
    m->b = b;
    m->started_ns = tern_now_ns();
    *out = m;
    return TERN_OK;
}

/* "not there" tells less than any other reason. */
static int tells_more(const char *reason, const char *than) {
    return !*than || (strstr(than, "there") && !strstr(reason, "there"));
}

enum tern_status tern_energy_open(struct tern_energy **out, struct tern_error *e) {
    struct tern_error best = {""}, powercap = {""};
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++) {
        struct tern_error why = {""};
        if (!open_on(sources[i], NULL, out, &why)) return TERN_OK;
        if (sources[i] == &tern_energy_powercap) powercap = why;
        if (tells_more(why.text, best.text)) best = why;
    }
    /* Where nothing is there at all, the usual source is the one to speak of. */
    return tern_fail(e, TERN_UNSUPPORTED, "%s", strstr(best.text, "there") ? powercap.text : best.text);
}

enum tern_status tern_energy_open_source(const char *name, struct tern_energy **out, struct tern_error *e) {
    *out = NULL;
    if (!strcmp(name, "auto")) return tern_energy_open(out, e);
    if (!strncmp(name, "meter:", 6)) return open_on(&tern_energy_meter, name + 6, out, e);
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++)
        if (!strcmp(name, sources[i]->name)) return open_on(sources[i], NULL, out, e);
    return tern_fail(e, TERN_BAD_INPUT,
                     "energy: %.64s: no such source: auto, perf, powercap, hwmon, battery, meter:FILE.csv",
                     name);
}

void tern_energy_close(struct tern_energy *m) {
    if (!m) return;
    m->b->close(m->state);
    tern_free(m);
}

enum tern_status tern_energy_start(struct tern_energy *m, struct tern_error *e) {
    const enum tern_status s = m->b->start(m->state, e);
    m->started_ns = tern_now_ns();
    return s;
}

static enum tern_status check_moved(const struct tern_energy *m, struct tern_error *e) {
    const char *frozen = m->b->frozen ? m->b->frozen(m->state) : NULL;
    if (!frozen) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "energy: %s: %s: does not move", m->b->name, frozen);
}

enum tern_status tern_energy_joules(struct tern_energy *m, double *joules, struct tern_error *e) {
    double sum;
    enum tern_status s = m->b->joules(m->state, &sum, e);
    if (!s && tern_now_ns() - m->started_ns >= FROZEN_NS) s = check_moved(m, e);
    if (!s) *joules = sum;
    return s;
}

enum tern_status tern_energy_probe(struct tern_energy *m, double *watts, struct tern_error *e) {
    if (watts) *watts = NAN;
    if (m->b == &tern_energy_meter) return TERN_OK; /* it was read when it was opened */
    enum tern_status s = tern_energy_start(m, e);
    if (s) return s;
    const uint64_t t0 = tern_now_ns();
    volatile double busy = 1.0;
    while (tern_now_ns() - t0 < PROBE_NS) busy = busy * 1.0000001;
    double joules;
    s = m->b->joules(m->state, &joules, e);
    if (!s) s = check_moved(m, e);
    if (s) return s;
    const double seen = joules / ((double)(tern_now_ns() - t0) * 1e-9);
    if (watts) *watts = seen;
    if (seen < WATTS_MIN || seen > WATTS_MAX * m->b->domains_max)
        return tern_fail(e, TERN_UNSUPPORTED, "energy: %s: %g W is not plausible", m->name, seen);
    return TERN_OK;
}

static void sleep_seconds(double seconds) {
    struct timespec t = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    nanosleep(&t, NULL);
}

enum tern_status tern_energy_idle(struct tern_energy *m, double seconds, double *watts,
                                  struct tern_error *e) {
    enum tern_status s = tern_energy_start(m, e);
    const uint64_t t0 = tern_now_ns();
    double joules = NAN, passed = 0;
    while (!s && passed < seconds) {
        sleep_seconds(fmin(POLL_SECONDS, seconds - passed));
        passed = (double)(tern_now_ns() - t0) * 1e-9;
        if (m->b != &tern_energy_meter || passed >= seconds) s = tern_energy_joules(m, &joules, e);
    }
    if (!s) *watts = joules / passed;
    return s;
}

enum tern_energy_source tern_energy_source(const struct tern_energy *m) {
    return m ? m->b->source : TERN_ENERGY_NONE;
}

const char *tern_energy_name(const struct tern_energy *m) {
    return m->name;
}

/* ---- facts ---- */

static struct tern_energy_facts facts, source_facts[TERN_ENERGY_SOURCES];
static pthread_once_t facts_once = PTHREAD_ONCE_INIT, sources_once = PTHREAD_ONCE_INIT;

static void give_remedy(struct tern_energy_facts *f) {
    const char *remedy = "";
    if (strstr(f->why_not, "perf: ") && strstr(f->why_not, "denied"))
        remedy = "sudo sysctl kernel.perf_event_paranoid=0, or setcap cap_perfmon+ep on the program";
    else if (strstr(f->why_not, "powercap") && strstr(f->why_not, ": denied"))
        remedy = "echo 'SUBSYSTEM==\"powercap\", RUN+=\"/bin/chmod -R a+r /sys%p\"' | "
                 "sudo tee /etc/udev/rules.d/70-rapl.rules; sudo udevadm trigger -s powercap";
    else if (strstr(f->why_not, "powercap") && strstr(f->why_not, "not there"))
        remedy = "on bare metal: sudo modprobe intel_rapl_msr";
    else if (strstr(f->why_not, ": denied"))
        remedy = "run as a user who may read the file";
    else if (strstr(f->why_not, "so its current is not"))
        remedy = "unplug the mains while measuring";
    snprintf(f->remedy, sizeof f->remedy, "%s", remedy);
}

static void find_one(const char *name, struct tern_energy_facts *f) {
    struct tern_energy *m;
    struct tern_error e = {0};
    enum tern_status s = tern_energy_open_source(name, &m, &e);
    if (!s) {
        f->source = tern_energy_source(m);
        snprintf(f->name, sizeof f->name, "%s", m->name);
        s = tern_energy_probe(m, &f->watts, &e);
    }
    tern_energy_close(m);
    if (!s) return;
    snprintf(f->why_not, sizeof f->why_not, "%.380s", e.text);
    give_remedy(f);
}

static void find_sources(void) {
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++) {
        find_one(sources[i]->name, &source_facts[i]);
        source_facts[i].source = sources[i]->source;
    }
}

const struct tern_energy_facts *tern_energy_sources(void) {
    pthread_once(&sources_once, find_sources);
    return source_facts;
}

/* The first source that survives its probe; when none does, what tern_energy_open says. */
static void find_facts(void) {
    const struct tern_energy_facts *each = tern_energy_sources();
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++)
        if (!each[i].why_not[0]) {
            facts = each[i];
            return;
        }
    find_one("auto", &facts);
}

const struct tern_energy_facts *tern_energy_facts(void) {
    pthread_once(&facts_once, find_facts);
    return &facts;
}

const char *tern_energy_why_not(void) {
    const struct tern_energy_facts *f = tern_energy_facts();
    return f->why_not[0] ? f->why_not : NULL;
}
