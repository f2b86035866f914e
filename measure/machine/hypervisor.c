#include "measure/machine/arch/arch.h"
#include "measure/machine/identity.h"
#include "measure/sysfs.h"

#include <stdio.h>
#include <string.h>

#define DMI "/sys/class/dmi/id/"

/* Makers of virtual machines by the names that their firmware gives. A product of the same maker that is real says so in its
 * own name. */
static const struct {
    const char *vendor, *product, *not_product, *name;
} makers[] = {
    {"QEMU", "", NULL, "vm"},
    {"Amazon EC2", "", "metal", "ec2"},
    {"Google", "Google Compute Engine", NULL, "gce"},
    {"Microsoft Corporation", "Virtual Machine", NULL, "hyperv"},
    {"VMware", "", NULL, "vmware"},
    {"Parallels", "", NULL, "parallels"},
    {"Apple Inc.", "Virtual", NULL, "vz"},
    {"Hetzner", "vServer", NULL, "vm"},
    {"OpenStack", "", NULL, "vm"},
};

/* 1 when the firmware tells at all. */
static int by_firmware(struct tern_machine *m) {
    char vendor[64], product[128];
    if (tern_sys_line(vendor, sizeof vendor, DMI "sys_vendor")) return 0;
    tern_sys_line(product, sizeof product, DMI "product_name");
    for (size_t i = 0; i < sizeof makers / sizeof *makers && !m->hypervisor[0]; i++)
        if (strstr(vendor, makers[i].vendor) && strstr(product, makers[i].product) &&
            !(makers[i].not_product && strstr(product, makers[i].not_product)))
            snprintf(m->hypervisor, sizeof m->hypervisor, "%s", makers[i].name);
    return 1;
}

/* The machine's description for the kernel, where there is no firmware with tables: boards, and guests on ARM. A text of it
 * ends with a NUL, so the line is the first of a list. 1 when it tells at all. */
static int by_device_tree(struct tern_machine *m) {
    char text[128];
    if (!tern_sys_line(text, sizeof text, "/proc/device-tree/hypervisor/compatible")) {
        snprintf(m->hypervisor, sizeof m->hypervisor, "%s", strstr(text, "xen") ? "xen" : "vm");
        return 1;
    }
    if (tern_sys_line(text, sizeof text, "/proc/device-tree/compatible")) return 0;
    if (!strcmp(text, "linux,dummy-virt")) snprintf(m->hypervisor, sizeof m->hypervisor, "vm");
    return 1;
}

void tern_machine_hypervisor(struct tern_machine *m, int flagged) {
    char text[64];
    if (flagged) snprintf(m->hypervisor, sizeof m->hypervisor, "vm");
    if (!tern_sys_line(text, sizeof text, "/sys/hypervisor/type") && text[0])
        snprintf(m->hypervisor, sizeof m->hypervisor, "%.31s", text);
    m->hypervisor_told = m->hypervisor[0] != 0;
    if (!m->hypervisor[0]) m->hypervisor_told = by_firmware(m);
    if (!m->hypervisor[0]) m->hypervisor_told |= by_device_tree(m);
    if (flagged && !tern_sys_redirected()) tern_arch_hypervisor(m->hypervisor, sizeof m->hypervisor);
}
