/* Sensors below /sys/class/hwmon: counters of energy (microjoules), or of power (microwatts), which is
 * integrated between readings. A sensor that tells a voltage and a current (millivolts, milliamperes) is one of power.
 *
 * A board has many sensors that contain each other, so only sensors with a label that is known to be a whole
 * socket, module or machine are taken, best kind first, and only one kind at a time. Sources: amd_energy, xgene, the
 * Grace tuning guide of NVIDIA, Linux Documentation/hwmon/ina3221.rst with the labels of the Jetson boards, and the
 * power sensor of Apple's management controller. */
#include "base/memory.h"
#include "measure/clock.h"
#include "measure/energy/backend.h"
#include "measure/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HWMON        "/sys/class/hwmon"
#define MAX_DEVICES  64
#define MAX_INPUTS   288 /* per device: amd_energy has one per core */
#define MAX_SENSORS  16
#define READING_MOST (1ll << 61) /* two of them can be added and subtracted */

struct sensor {
    char path[96], current[96],
        label[48];           /* current: "" unless power is a product, and path that of the voltage */
    long long last, counted; /* microjoules; or the last microwatts */
};

struct sensors {
    struct sensor sensor[MAX_SENSORS];
    size_t count;
    int is_power;
    uint64_t at;   /* time of the last reading of power */
    double joules; /* of power, integrated */
};

/* Best kind first; within a kind the sensors are of different sockets and add up. */
enum quantity { ENERGY, POWER, VOLTAGE_AND_CURRENT };

static const struct {
    const char *label; /* how a label begins */
    enum quantity quantity;
} kinds[] = {{"Esocket", ENERGY},
             {"Package", ENERGY},
             {"Module Power Socket", POWER},
             {"Grace Power Socket", POWER},
             {"CPU Power Socket", POWER},
             {"Total System Power", POWER},
             {"VDD_IN", POWER},
             {"POM_5V_IN", POWER},
             {"VDD_IN", VOLTAGE_AND_CURRENT},
             {"POM_5V_IN", VOLTAGE_AND_CURRENT},
             {"CPU power", POWER}};

static enum tern_status read_sensor(const struct sensor *s, long long *v, struct tern_error *e) {
    long long current = 1;
    int rc = tern_sys_number(v, "%s", s->path);
    if (!rc && s->current[0]) rc = tern_sys_number(&current, "%s", s->current);
    /* mV times mA are microwatts */
    if (!rc && (__builtin_mul_overflow(*v, current, v) || *v > READING_MOST || *v < -READING_MOST))
        rc = EINVAL;
    if (!rc) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "energy: hwmon: %s: %s", s->label,
                     rc == EACCES || rc == EPERM ? "denied"
                     : rc == EINVAL              ? "holds no number"
                                                 : strerror(rc));
}

static void add(struct sensors *m, int device, const char *stem, int i, const char *label) {
    static const char *const inputs[] = {"input", "average"};
    long long v;
    struct sensor *s = &m->sensor[m->count];
    for (int k = 0; k < 2; k++) {
        snprintf(s->path, sizeof s->path, HWMON "/hwmon%d/%s%d_%s", device, stem, i, inputs[k]);
        if (tern_sys_number(&v, "%s", s->path) == ENOENT) continue;
        snprintf(s->label, sizeof s->label, "%.47s", label);
        m->count++;
        return;
    }
}

static void add_product(struct sensors *m, int device, int i, const char *label) {
    struct sensor *s = &m->sensor[m->count];
    snprintf(s->path, sizeof s->path, HWMON "/hwmon%d/in%d_input", device, i);
    snprintf(s->current, sizeof s->current, HWMON "/hwmon%d/curr%d_input", device, i);
    snprintf(s->label, sizeof s->label, "%.47s", label);
    m->count++;
}

static void find(struct sensors *m, const char *begins, enum quantity quantity) {
    static const char *const stems[] = {"energy", "power", "in"};
    m->is_power = quantity != ENERGY;
    for (int device = 0; device < MAX_DEVICES; device++) {
        char label[64];
        if (tern_sys_line(label, sizeof label, HWMON "/hwmon%d/name", device)) continue;
        for (int i = 1; i <= MAX_INPUTS && m->count < MAX_SENSORS; i++) {
            /* Labels of amd_energy are numbered through; those of power sensors may have gaps at the start.
             */
            if (tern_sys_line(label, sizeof label, HWMON "/hwmon%d/%s%d_label", device, stems[quantity], i)) {
                if (i > 16) break;
                continue;
            }
            if (strncmp(label, begins, strlen(begins))) continue;
            if (quantity == VOLTAGE_AND_CURRENT)
                add_product(m, device, i, label);
            else
                add(m, device, stems[quantity], i, label);
        }
    }
}

static enum tern_status start(void *state, struct tern_error *e) {
    struct sensors *m = state;
    for (size_t i = 0; i < m->count; i++) {
        const enum tern_status s = read_sensor(&m->sensor[i], &m->sensor[i].last, e);
        if (s) return s;
        m->sensor[i].counted = 0;
    }
    m->at = tern_now_ns();
    m->joules = 0;
    return TERN_OK;
}

static void close_sensors(void *state) {
    tern_free(state);
}

static enum tern_status open_sensors(const char *file, void **state, char *name, size_t bytes,
                                     struct tern_error *e) {
    (void)file;
    struct sensors *m = tern_alloc(sizeof *m);
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !m->count; k++)
        find(m, kinds[k].label, kinds[k].quantity);
    enum tern_status s =
        m->count
            ? TERN_OK
            : tern_fail(e, TERN_UNSUPPORTED, "energy: hwmon: no sensor of a whole socket or module is there");
    if (!s) s = start(m, e);
    if (s) return tern_free(m), s;
    size_t at = 0;
    for (size_t i = 0; i < m->count && at < bytes; i++)
        at += (size_t)snprintf(name + at, bytes - at, "%s%s", i ? "+" : "", m->sensor[i].label);
    *state = m;
    return TERN_OK;
}

static enum tern_status joules(void *state, double *out, struct tern_error *e) {
    struct sensors *m = state;
    const uint64_t now = tern_now_ns();
    double sum = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct sensor *p = &m->sensor[i];
        long long v;
        const enum tern_status s = read_sensor(p, &v, e);
        if (s) return s;
        if (m->is_power) {
            m->joules += (double)(p->last + v) / 2 * 1e-6 * (double)(now - m->at) * 1e-9;
        } else {
            if (v < p->last)
                return tern_fail(e, TERN_UNSUPPORTED, "energy: hwmon: %s: ran backwards", p->label);
            p->counted += v - p->last;
            sum += (double)p->counted * 1e-6;
        }
        p->last = v;
    }
    m->at = now;
    *out = m->is_power ? m->joules : sum;
    return TERN_OK;
}

static const char *frozen(void *state) {
    const struct sensors *m = state;
    for (size_t i = 0; i < m->count; i++)
        if (m->is_power ? m->sensor[i].last == 0 : m->sensor[i].counted == 0) return m->sensor[i].label;
    return NULL;
}

const struct tern_energy_backend tern_energy_hwmon = {
    TERN_ENERGY_HWMON, "hwmon", open_sensors, start, joules, frozen, close_sensors, MAX_SENSORS};
