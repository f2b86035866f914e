#include "measure/machine/identity.h"

#include "measure/machine/arm_cores.h"
#include "measure/sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Value of "key : value" in one block of /proc/cpuinfo; 1 when present. */
static int field(const char *block, const char *end, const char *key, char *out, size_t out_bytes) {
    const size_t n = strlen(key);
    for (const char *p = block; p < end; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : end) {
        if (strncmp(p, key, n)) continue;
        const char *colon = p + n;
        while (*colon == ' ' || *colon == '\t') colon++;
        if (*colon != ':') continue;
        colon += colon[1] == ' ' ? 2 : 1;
        snprintf(out, out_bytes, "%.*s", (int)strcspn(colon, "\n"), colon);
        return 1;
    }
    return 0;
}

static int number(const char *block, const char *end, const char *key) {
    char text[32], *stop;
    if (!field(block, end, key, text, sizeof text)) return -1;
    const long v = strtol(text, &stop, 0); /* x86 writes decimal, ARM 0x... */
    return stop == text || v < 0 || v > INT32_MAX ? -1 : (int)v;
}

/* The block of processor `cpu`, or the first one: on hybrid ARM machines they differ. */
static const char *block_of(const char *text, int cpu, const char **end) {
    const char *found = NULL;
    for (const char *p = text; *p;) {
        const char *stop = strstr(p, "\n\n");
        stop = stop ? stop + 1 : p + strlen(p);
        const int n = number(p, stop, "processor");
        if (n == cpu || (!found && n >= 0)) found = p, *end = stop;
        if (n == cpu) break;
        p = *stop ? stop + 1 : stop;
    }
    return found;
}

uint64_t tern_machine_midr(int cpu) {
    char text[32];
    if (tern_sys_line(text, sizeof text, "/sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", cpu))
        return 0;
    return strtoull(text, NULL, 16);
}

static void arm_identity(struct tern_machine *m, struct tern_midr id) {
    const struct tern_arm_core *core = tern_arm_core(id.implementer, id.part);
    const char *maker = tern_arm_implementer(id.implementer);
    snprintf(m->vendor, sizeof m->vendor, "0x%02x", (unsigned)id.implementer);
    m->model = id.part;
    m->variant = id.variant;
    m->stepping = id.revision;
    if (core)
        snprintf(m->brand, sizeof m->brand, "%s %s", maker ? maker : m->vendor, core->name);
    else
        snprintf(m->brand, sizeof m->brand, "%s core 0x%03x", maker ? maker : m->vendor, (unsigned)id.part);
}

/* ARM: four numbers in the text, or MIDR_EL1 where a kernel hides them. */
static void read_arm(struct tern_machine *m, const char *block, const char *end) {
    struct tern_midr id = {number(block, end, "CPU implementer"), number(block, end, "CPU variant"),
                           number(block, end, "CPU part"), number(block, end, "CPU revision")};
    if (id.implementer < 0 || id.part < 0) {
        const uint64_t midr = tern_machine_midr(m->cpu[0]);
        if (!midr) return;
        id = tern_midr_of(midr);
    }
    m->family = number(block, end, "CPU architecture");
    if (m->family < 0) m->family = 8;
    arm_identity(m, id);
}

static int read_x86(struct tern_machine *m, const char *block, const char *end) {
    char flags[8192];
    field(block, end, "vendor_id", m->vendor, sizeof m->vendor);
    field(block, end, "model name", m->brand, sizeof m->brand);
    m->family = number(block, end, "cpu family");
    m->model = number(block, end, "model");
    m->stepping = number(block, end, "stepping");
    m->hypervisor_told = field(block, end, "flags", flags, sizeof flags);
    return m->hypervisor_told && strstr(flags, " hypervisor ") != NULL;
}

void tern_machine_identity(struct tern_machine *m) {
    char *text = tern_sys_text("/proc/cpuinfo");
    const char *end = "", *block = text ? block_of(text, m->cpu[0], &end) : NULL;
    m->family = m->model = m->stepping = m->variant = -1;
    m->vendor[0] = m->brand[0] = 0;
    const int flagged = block ? read_x86(m, block, end) : 0, told = block && m->hypervisor_told;
    if (!m->vendor[0] && m->family < 0) read_arm(m, block ? block : end, end);
    if (!m->brand[0]) snprintf(m->brand, sizeof m->brand, "%s CPU", m->vendor[0] ? m->vendor : "unknown");
    free(text);
    tern_machine_hypervisor(m, flagged);
    m->hypervisor_told |= told;
}
