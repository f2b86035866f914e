#include "measure/machine/arch/arch.h"

tern_arch_chain_fn *const tern_arch_chain = NULL;

int tern_arch_hypervisor(char *name, size_t bytes) {
    (void)name, (void)bytes;
    return 0;
}

unsigned tern_arch_vector_bytes(void) {
    return 0;
}
