/* Who the processor is, and whether it is a guest's. Internal to measure/machine. */
#ifndef TERN_MEASURE_MACHINE_IDENTITY_H
#define TERN_MEASURE_MACHINE_IDENTITY_H

#include "measure/machine/machine.h"

/* Fills brand, vendor, family, model, stepping and variant with those of processor m->cpu[0], and what is known of a
 * hypervisor. */
void tern_machine_identity(struct tern_machine *m);

/* What the system tells of a hypervisor; `flagged`: the processor says that it is a guest's. Fills hypervisor and
 * hypervisor_told. */
void tern_machine_hypervisor(struct tern_machine *m, int flagged);

/* MIDR_EL1 of a processor as the kernel shows it; 0: it does not, as on other architectures. */
uint64_t tern_machine_midr(int cpu);

#endif
