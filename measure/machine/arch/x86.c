#include "measure/machine/arch/arch.h"

#include <cpuid.h>
#include <stdio.h>
#include <string.h>

/* A multiplication takes three cycles on every x86 since 2008. */
static uint64_t chain(uint64_t x) {
    const uint64_t factor = 3;
    for (int i = 0; i < TERN_CHAIN_CYCLES / 3 / 8; i++)
        __asm__ volatile("imulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\t"
                         "imulq %1, %0\n\timulq %1, %0\n\timulq %1, %0\n\timulq %1, %0"
                         : "+r"(x)
                         : "r"(factor)
                         : "cc");
    return x;
}

tern_arch_chain_fn *const tern_arch_chain = chain;

int tern_arch_hypervisor(char *name, size_t bytes) {
    static const struct {
        const char *signature, *name;
    } known[] = {{"KVMKVMKVM", "kvm"},    {"Microsoft Hv", "hyperv"}, {"VMwareVMware", "vmware"},
                 {"XenVMMXenVMM", "xen"}, {"TCGTCGTCGTCG", "qemu"},   {"bhyve bhyve ", "bhyve"},
                 {"VBoxVBoxVBox", "vbox"}};
    unsigned a, r[4] = {0};
    __cpuid(0x40000000, a, r[0], r[1], r[2]);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp((const char *)r, known[i].signature)) return snprintf(name, bytes, "%s", known[i].name);
    return 0;
}

unsigned tern_arch_vector_bytes(void) {
    return 0;
}
