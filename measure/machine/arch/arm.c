#include "measure/machine/arch/arch.h"

#include <sys/prctl.h>

#ifndef PR_SVE_GET_VL
#define PR_SVE_GET_VL      51
#define PR_SVE_VL_LEN_MASK 0xffff
#endif

/* An addition takes one cycle on every core; a multiplication takes two to four. */
static uint64_t chain(uint64_t x) {
    const uint64_t term = 3;
    for (int i = 0; i < TERN_CHAIN_CYCLES / 16; i++)
        __asm__ volatile("add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\t"
                         "add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\t"
                         "add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\t"
                         "add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1"
                         : "+r"(x)
                         : "r"(term));
    return x;
}

tern_arch_chain_fn *const tern_arch_chain = chain;

int tern_arch_hypervisor(char *name, size_t bytes) {
    (void)name, (void)bytes;
    return 0;
}

unsigned tern_arch_vector_bytes(void) {
    const int got = prctl(PR_SVE_GET_VL);
    return got > 0 ? (unsigned)got & PR_SVE_VL_LEN_MASK : 0;
}
