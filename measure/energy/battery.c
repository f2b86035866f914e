/* The battery that the machine runs on: coarse (it updates about once a second), but it is the whole machine.
 */
#include "base/memory.h"
#include "measure/clock.h"
#include "measure/energy/backend.h"
#include "measure/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUPPLY "/sys/class/power_supply"

struct battery {
    char name[64];
    double watts, joules;
    uint64_t at;
};

/* Power in W from power_now (microwatts), else from current_now and voltage_now (micro-amperes, microvolts).
 */
static enum tern_status read_watts(const struct battery *b, double *watts, struct tern_error *e) {
    char status[32];
    long long power, current, voltage;
    if (tern_sys_line(status, sizeof status, SUPPLY "/%s/status", b->name)) status[0] = 0;
    if (strcmp(status, "Discharging"))
        return tern_fail(e, TERN_UNSUPPORTED, "energy: battery: %s: %s, so its current is not the machine's",
                         b->name, status[0] ? status : "tells no status");
    const int rc = tern_sys_number(&power, SUPPLY "/%s/power_now", b->name);
    if (!rc) {
        *watts = fabs((double)power) * 1e-6;
        return TERN_OK;
    }
    if (rc == EACCES || rc == EPERM)
        return tern_fail(e, TERN_UNSUPPORTED, "energy: battery: %s: denied", b->name);
    if (tern_sys_number(&current, SUPPLY "/%s/current_now", b->name) ||
        tern_sys_number(&voltage, SUPPLY "/%s/voltage_now", b->name))
        return tern_fail(e, TERN_UNSUPPORTED, "energy: battery: %s: tells neither power nor current",
                         b->name);
    *watts = fabs((double)current) * (double)voltage * 1e-12;
    return TERN_OK;
}

static enum tern_status start(void *state, struct tern_error *e) {
    struct battery *b = state;
    b->joules = 0;
    b->at = tern_now_ns();
    return read_watts(b, &b->watts, e);
}

static void close_battery(void *state) {
    tern_free(state);
}

/* 1 when the folder has a supply of type Battery that feeds the system; b->name is set. */
static int find(struct battery *b) {
    char path[1024], text[32];
    DIR *d = tern_sys_path(path, sizeof path, SUPPLY) ? NULL : opendir(path);
    int found = 0;
    for (struct dirent *entry; d && !found && (entry = readdir(d)) != NULL;) {
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof b->name) continue;
        if (tern_sys_line(text, sizeof text, SUPPLY "/%s/type", entry->d_name) || strcmp(text, "Battery"))
            continue;
        /* "Device": of a mouse or a keyboard */
        if (!tern_sys_line(text, sizeof text, SUPPLY "/%s/scope", entry->d_name) && !strcmp(text, "Device"))
            continue;
        snprintf(b->name, sizeof b->name, "%.63s", entry->d_name);
        found = 1;
    }
    if (d) closedir(d);
    return found;
}

static enum tern_status open_battery(const char *file, void **state, char *name, size_t bytes,
                                     struct tern_error *e) {
    (void)file;
    struct battery *b = tern_alloc(sizeof *b);
    if (!b) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    enum tern_status s =
        find(b) ? start(b, e) : tern_fail(e, TERN_UNSUPPORTED, "energy: battery: there is none");
    if (s) return tern_free(b), s;
    snprintf(name, bytes, "%s, whole machine", b->name);
    *state = b;
    return TERN_OK;
}

static enum tern_status joules(void *state, double *out, struct tern_error *e) {
    struct battery *b = state;
    double watts = 0;
    const enum tern_status s = read_watts(b, &watts, e);
    const uint64_t now = tern_now_ns();
    if (s) return s;
    b->joules += (b->watts + watts) / 2 * (double)(now - b->at) * 1e-9;
    b->watts = watts;
    b->at = now;
    *out = b->joules;
    return TERN_OK;
}

static const char *frozen(void *state) {
    const struct battery *b = state;
    return b->watts > 0 ? NULL : b->name;
}

const struct tern_energy_backend tern_energy_battery = {
    TERN_ENERGY_BATTERY, "battery", open_battery, start, joules, frozen, close_battery, 1};
