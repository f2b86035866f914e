#define _GNU_SOURCE
#include "measure/machine/noise.h"

#include "measure/machine/frequency.h"
#include "measure/machine/quota.h"
#include "measure/sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CPU         "/sys/devices/system/cpu/"
#define TICKS_MOST  (1ull << 56) /* no machine runs that long, and eight of them can be added up */
#define EVENTS_MOST (1ll << 48)  /* likewise, for TERN_MAX_CPUS processors */

__attribute__((format(printf, 3, 4))) static void say(struct tern_noise_fact *f, enum tern_noise_state state,
                                                      const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->value, sizeof f->value, fmt, ap);
    va_end(ap);
    f->state = state;
}

static void governor(const struct tern_machine *m, struct tern_noise_fact *f) {
    if (!m->governor[0]) {
        say(f, TERN_NOISE_UNKNOWN, "no cpufreq here%s", m->hypervisor[0] ? " (the host decides)" : "");
        return;
    }
    say(f, strcmp(m->governor, "performance") ? TERN_NOISE_NOISY : TERN_NOISE_QUIET, "%s", m->governor);
    f->remedy = "sudo cpupower frequency-set -g performance";
}

static void turbo(const struct tern_machine *m, struct tern_noise_fact *f) {
    (void)m;
    long long v;
    if (!tern_sys_number(&v, CPU "intel_pstate/no_turbo")) {
        say(f, v ? TERN_NOISE_QUIET : TERN_NOISE_NOISY, v ? "off" : "on");
        f->remedy = "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo";
    } else if (!tern_sys_number(&v, CPU "cpufreq/boost")) {
        say(f, v ? TERN_NOISE_NOISY : TERN_NOISE_QUIET, v ? "on" : "off");
        f->remedy = "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost";
    } else {
        say(f, TERN_NOISE_UNKNOWN, "no switch here%s", m->hypervisor[0] ? " (the host decides)" : "");
    }
}

static void smt(const struct tern_machine *m, struct tern_noise_fact *f) {
    long long v;
    if (tern_sys_number(&v, CPU "smt/active")) {
        say(f, TERN_NOISE_UNKNOWN, "not told");
        return;
    }
    say(f, v ? TERN_NOISE_NOISY : TERN_NOISE_QUIET,
        v                  ? "on"
        : m->hypervisor[0] ? "off (in this guest)"
                           : "off");
    f->remedy =
        "use one thread per core (tern does), or echo off | sudo tee /sys/devices/system/cpu/smt/control";
}

static void load(const struct tern_machine *m, struct tern_noise_fact *f) {
    char text[64], *end;
    double v;
    if (tern_sys_line(text, sizeof text, "/proc/loadavg") || (v = strtod(text, &end), end == text)) {
        say(f, TERN_NOISE_UNKNOWN, "not told");
        return;
    }
    say(f, v > 0.25 * (double)m->cpus ? TERN_NOISE_NOISY : TERN_NOISE_QUIET,
        "%.2f over 1 min on %zu processors", v, m->cpus);
    f->remedy = "end other programs, then wait a minute";
}

static void steal(const struct tern_machine *m, struct tern_noise_fact *f) {
    struct tern_noise_snapshot s;
    tern_noise_snapshot(m, &s);
    if (s.steal_ticks < 0 || s.total_ticks <= 0) {
        say(f, TERN_NOISE_UNKNOWN, "not told");
        return;
    }
    const double share = (double)s.steal_ticks / (double)s.total_ticks;
    say(f, share > 0.001 ? TERN_NOISE_NOISY : TERN_NOISE_QUIET, "%.2f %% of the time since boot",
        100.0 * share);
    f->remedy = "neighbours on the host take processor time: measure at another hour, or on a dedicated host";
}

static void throttle(const struct tern_machine *m, struct tern_noise_fact *f) {
    struct tern_noise_snapshot s;
    tern_noise_snapshot(m, &s);
    if (s.throttles < 0) {
        say(f, TERN_NOISE_UNKNOWN, "no thermal counters here");
        return;
    }
    say(f, s.throttles ? TERN_NOISE_NOISY : TERN_NOISE_QUIET, "%lld events since boot",
        (long long)s.throttles);
    f->remedy = "improve the cooling, or lower the clock";
}

static void thp(const struct tern_machine *m, struct tern_noise_fact *f) {
    if (!m->thp[0]) {
        say(f, TERN_NOISE_UNKNOWN, "this kernel has none, or does not tell");
        return;
    }
    say(f, strcmp(m->thp, "never") ? TERN_NOISE_QUIET : TERN_NOISE_NOISY, "%s", m->thp);
    f->remedy = "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled";
}

static void vm(const struct tern_machine *m, struct tern_noise_fact *f) {
    if (!m->hypervisor[0] && !m->hypervisor_told) {
        say(f, TERN_NOISE_UNKNOWN, "neither the processor nor the firmware tells");
        return;
    }
    say(f, m->hypervisor[0] ? TERN_NOISE_NOISY : TERN_NOISE_QUIET, "%s",
        m->hypervisor[0] ? m->hypervisor : "none seen");
    f->remedy = "compare only ratios measured in one run, or use bare metal";
}

void tern_noise_facts(const struct tern_machine *m, struct tern_noise_fact *fact) {
    static const struct {
        const char *name;
        void (*look)(const struct tern_machine *m, struct tern_noise_fact *f);
    } source[TERN_NOISE_FACTS] = {{"governor", governor}, {"turbo", turbo}, {"smt", smt},
                                  {"load", load},         {"steal", steal}, {"throttle", throttle},
                                  {"thp", thp},           {"vm", vm}};
    for (size_t i = 0; i < TERN_NOISE_FACTS; i++) {
        memset(&fact[i], 0, sizeof fact[i]);
        fact[i].name = source[i].name;
        source[i].look(m, &fact[i]);
        if (fact[i].state != TERN_NOISE_NOISY) fact[i].remedy = NULL;
    }
}

void tern_noise_snapshot(const struct tern_machine *m, struct tern_noise_snapshot *s) {
    char text[256];
    unsigned long long v[8] = {0}; /* user nice system idle iowait irq softirq steal */
    *s = (struct tern_noise_snapshot){-1, -1, -1, -1, -1, 0, 0};
    if (!tern_sys_line(text, sizeof text, "/proc/stat") &&
        sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
               &v[6], &v[7]) == 8) {
        for (int i = 0; i < 8; i++) v[i] = v[i] < TICKS_MOST ? v[i] : TICKS_MOST;
        s->steal_ticks = (int64_t)v[7];
        s->total_ticks = 0;
        for (int i = 0; i < 8; i++) s->total_ticks += (int64_t)v[i];
        s->busy_ticks = (int64_t)(v[0] + v[1] + v[2] + v[5] + v[6]);
    }
    struct timespec own;
    if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own))
        s->own_seconds = (double)own.tv_sec + (double)own.tv_nsec * 1e-9;
    s->ghz = tern_frequency_now_ghz();
    s->quota_waits = tern_cpu_quota_waits();
    for (size_t i = 0; i < m->cpus; i++) {
        long long n;
        if (tern_sys_number(&n, CPU "cpu%d/thermal_throttle/core_throttle_count", m->cpu[i])) continue;
        if (n < 0 || n > EVENTS_MOST) continue;
        s->throttles = (s->throttles < 0 ? 0 : s->throttles) + n;
    }
}

double tern_noise_steal(const struct tern_noise_snapshot *before, const struct tern_noise_snapshot *after) {
    if (before->steal_ticks < 0 || after->steal_ticks < 0) return -1;
    const int64_t total = after->total_ticks - before->total_ticks;
    if (total <= 0) return -1;
    const double share = (double)(after->steal_ticks - before->steal_ticks) / (double)total;
    return share < 0 ? 0 : share > 1 ? 1 : share; /* the kernel lets steal run backwards now and then */
}

void tern_noise_flags(const struct tern_noise_fact *fact, char *out, size_t out_bytes) {
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < TERN_NOISE_FACTS && at < out_bytes; i++)
        if (fact[i].state == TERN_NOISE_NOISY)
            at += (size_t)snprintf(out + at, out_bytes - at, "%s%s", at ? " " : "", fact[i].name);
}
