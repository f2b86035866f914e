/* The micro-architecture: the name of a core's design, which many models of CPU share. Kernels that win on one
 * CPU of a micro-architecture are likely to win on another one, so shipped ranks carry its name. */
#ifndef TERN_MEASURE_MACHINE_MICROARCHITECTURE_H
#define TERN_MEASURE_MACHINE_MICROARCHITECTURE_H

#include "measure/machine/machine.h"

#define TERN_MICROARCHITECTURE_NAME 48

/* "zen4", "skylakex", "neoverse-n1"; an unknown CPU is "family-25-model-200". On a machine of several kinds of
 * core the name of the slowest kind follows ("alderlake-E"), because all threads wait for it; a machine that is
 * one kind out of several has that kind's name. Sources of the numbers: AMD's and Intel's CPUID lists as Linux
 * has them (arch/x86/include/asm/intel-family.h), ARM's MIDR_EL1 part numbers. */
void tern_microarchitecture(const struct tern_machine *m, char name[TERN_MICROARCHITECTURE_NAME]);

#endif
