/* The cores of 64-bit ARM by the two numbers with which each names itself (MIDR_EL1). Internal to measure/machine. */
#ifndef TERN_MEASURE_MACHINE_ARM_CORES_H
#define TERN_MEASURE_MACHINE_ARM_CORES_H

#include <stddef.h>
#include <stdint.h>

enum tern_arm_class { TERN_ARM_LITTLE, TERN_ARM_MID, TERN_ARM_BIG };

struct tern_arm_core {
    int implementer, part;
    const char *design; /* "neoverse-n1" */
    const char *name;   /* "Neoverse N1" */
    enum tern_arm_class rank;
    /* Data caches as products with this core usually have them; a maker may choose other sizes. An L2 that a cluster shares
     * counts whole. */
    unsigned l1d_kib, l2_kib;
};

/* NULL: not in the table. */
const struct tern_arm_core *tern_arm_core(int implementer, int part);
/* The same by one number, implementer and part in one, which two cores of a machine share when they are alike; 0 for 0. */
int tern_arm_design_of(uint64_t midr);
const struct tern_arm_core *tern_arm_design(int design);
/* "Arm", "Apple"; NULL: not in the table. */
const char *tern_arm_implementer(int implementer);

/* The fields of MIDR_EL1. */
struct tern_midr {
    int implementer, variant, part, revision;
};
struct tern_midr tern_midr_of(uint64_t midr);

#endif
