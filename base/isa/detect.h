/* What an architecture tells base/isa.c. base/isa/<architecture>.c defines both; base/isa/other.c does for an
 * architecture that has no levels yet. Internal to base/. */
#ifndef TERN_BASE_ISA_DETECT_H
#define TERN_BASE_ISA_DETECT_H

#include "base/isa.h"

extern const struct tern_isa_level tern_isa_table[];
extern const size_t tern_isa_table_count;

/* The table's first line, of every architecture. */
#define TERN_LEVEL_SCALAR                                                                                    \
    { "scalar", 0, 0 }

#endif
