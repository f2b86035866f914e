#define _GNU_SOURCE
#include "measure/doctor.h"

#include "measure/counters/counters.h"
#include "measure/energy/energy.h"
#include "measure/machine/machine.h"
#include "measure/machine/noise.h"
#include "measure/machine/optional.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *tern_doctor_state_name(enum tern_doctor_state s) {
    static const char *const names[] = {"yes", "no", "quiet", "noisy", "unknown"};
    return (size_t)s < sizeof names / sizeof *names ? names[s] : "?";
}

static size_t counters(struct tern_doctor_item *item) {
    size_t count;
    const struct tern_counters_facts *c = tern_counters_backends(&count);
    const struct tern_counters_facts *best = tern_counters_facts();
    item[0] = (struct tern_doctor_item){.group = "measuring", .name = "counters"};
    item[0].state = best->why_not ? TERN_DOCTOR_NO : TERN_DOCTOR_YES;
    snprintf(item[0].value, sizeof item[0].value, "%s", best->why_not ? best->why_not : best->backend);
    snprintf(item[0].remedy, sizeof item[0].remedy, "%s", best->why_not ? best->remedy : "");
    for (size_t i = 0; i < count; i++) {
        struct tern_doctor_item *it = &item[1 + i];
        *it = (struct tern_doctor_item){.group = "counters", .name = c[i].backend};
        it->state = c[i].why_not ? TERN_DOCTOR_NO : TERN_DOCTOR_YES;
        snprintf(it->value, sizeof it->value, "%s", c[i].why_not ? c[i].why_not : c[i].gives);
        snprintf(it->remedy, sizeof it->remedy, "%s", c[i].why_not ? c[i].remedy : "");
    }
    return 1 + count;
}

static void energy_item(const struct tern_energy_facts *j, const char *group, const char *name,
                        struct tern_doctor_item *item) {
    *item = (struct tern_doctor_item){.group = group, .name = name};
    item->state = j->why_not[0] ? TERN_DOCTOR_NO : TERN_DOCTOR_YES;
    if (j->why_not[0])
        snprintf(item->value, sizeof item->value, "%s", j->why_not);
    else
        snprintf(item->value, sizeof item->value, "%s (%.1f W over one 50 ms probe)", j->name, j->watts);
    snprintf(item->remedy, sizeof item->remedy, "%s", j->remedy);
}

static size_t energy(struct tern_doctor_item *item) {
    const struct tern_energy_facts *each = tern_energy_sources();
    for (size_t i = 0; i < TERN_ENERGY_SOURCES; i++)
        energy_item(&each[i], "energy", tern_energy_source_name(each[i].source), &item[i]);
    return TERN_ENERGY_SOURCES;
}

static size_t noise(const struct tern_machine *m, struct tern_doctor_item *item) {
    struct tern_noise_fact fact[TERN_NOISE_FACTS];
    tern_noise_facts(m, fact);
    for (size_t i = 0; i < TERN_NOISE_FACTS; i++) {
        item[i] = (struct tern_doctor_item){.group = "noise", .name = fact[i].name};
        item[i].state = fact[i].state == TERN_NOISE_QUIET   ? TERN_DOCTOR_QUIET
                        : fact[i].state == TERN_NOISE_NOISY ? TERN_DOCTOR_NOISY
                                                            : TERN_DOCTOR_UNKNOWN;
        snprintf(item[i].value, sizeof item[i].value, "%s", fact[i].value);
        snprintf(item[i].remedy, sizeof item[i].remedy, "%s", fact[i].remedy ? fact[i].remedy : "");
    }
    return TERN_NOISE_FACTS;
}

static size_t libraries(struct tern_doctor_item *item) {
    size_t count;
    const struct tern_optional *o = tern_optionals(&count);
    for (size_t i = 0; i < count; i++) {
        item[i] = (struct tern_doctor_item){.group = "library", .name = o[i].name};
        item[i].state = o[i].built ? TERN_DOCTOR_YES : TERN_DOCTOR_NO;
        snprintf(item[i].value, sizeof item[i].value, "%s%s", o[i].built ? "" : "not built in: no ",
                 o[i].gives);
        if (!o[i].built)
            snprintf(item[i].remedy, sizeof item[i].remedy,
                     "sudo apt install %s, then build with -D%s=enabled", o[i].package, o[i].name);
    }
    return count;
}

/* Where the shell would find it; 0 when nowhere. */
static int in_path(const char *program, char *out, size_t out_bytes) {
    const char *path = getenv("PATH");
    for (const char *p = path; p && *p;) {
        const size_t n = strcspn(p, ":");
        const int fits = (size_t)snprintf(out, out_bytes, "%.*s/%s", (int)n, p, program) < out_bytes;
        if (n && fits && !access(out, X_OK)) return 1;
        p += n + (p[n] == ':');
    }
    return 0;
}

static void gnuplot(struct tern_doctor_item *item) {
    *item = (struct tern_doctor_item){.group = "program", .name = "gnuplot", .state = TERN_DOCTOR_YES};
    if (in_path("gnuplot", item->value, sizeof item->value)) return;
    item->state = TERN_DOCTOR_NO;
    snprintf(item->value, sizeof item->value, "not in PATH: reports have no charts");
    snprintf(item->remedy, sizeof item->remedy, "sudo apt install gnuplot-nox");
}

/* The two summaries first, then what stands behind them. */
size_t tern_doctor_read(const struct tern_machine *m, struct tern_doctor_item *item) {
    struct tern_doctor_item behind[8];
    const size_t backends = counters(behind);
    size_t n = 0;
    item[n++] = behind[0];
    energy_item(tern_energy_facts(), "measuring", "energy", &item[n++]);
    memcpy(item + n, behind + 1, (backends - 1) * sizeof *item);
    n += backends - 1;
    n += energy(item + n);
    n += noise(m, item + n);
    n += libraries(item + n);
    gnuplot(&item[n++]);
    return n;
}
