/* What a thread does that waits in a loop: it leaves its core to others for a moment, some ten nanoseconds. The source of the
 * architecture's levels defines it. */
#ifndef TERN_BASE_ISA_RELAX_H
#define TERN_BASE_ISA_RELAX_H

void tern_relax(void);

#endif
