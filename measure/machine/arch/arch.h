/* What only instructions of the processor can tell. One source defines all of it: <architecture>.c, or other.c for an
 * architecture that it is not known of. Internal to measure/machine. */
#ifndef TERN_MEASURE_MACHINE_ARCH_ARCH_H
#define TERN_MEASURE_MACHINE_ARCH_ARCH_H

#include <stddef.h>
#include <stdint.h>

/* A chain of dependent instructions that takes so many cycles, whatever else the core can do: about 8 us at 3 GHz, so that
 * some run of it is not interrupted. Returns what the chain computed. NULL: no such chain is known. */
#define TERN_CHAIN_CYCLES 24576
typedef uint64_t tern_arch_chain_fn(uint64_t x);
extern tern_arch_chain_fn *const tern_arch_chain;

/* The name that a hypervisor gives itself through the processor ("kvm"); 0 when the architecture has no such way, or the
 * name is not known. Only to be asked in a guest. */
int tern_arch_hypervisor(char *name, size_t bytes);

/* Bytes of a vector register whose length the architecture leaves open (SVE), of the calling thread; 0: there is none. */
unsigned tern_arch_vector_bytes(void);

#endif
