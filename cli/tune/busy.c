#define _GNU_SOURCE
#include "cli/tune/busy.h"

#include "measure/sampling/block.h"

#include <stdio.h>
#include <time.h>

void tern_tune_warn_busy(const struct tern_machine *m) {
    const struct timespec look = {0, 330000000};
    struct tern_block b;
    tern_block_begin(m, &b);
    nanosleep(&look, NULL);
    tern_block_end(m, &b);
    b.dirt &= ~(unsigned)TERN_DIRT_FREQUENCY; /* an idle core's says nothing */
    if (b.dirt)
        fprintf(stderr,
                "tern: tune: the machine is busy: %s; end other programs, or what is measured counts as "
                "dirty\n",
                b.why);
    if (m->quota > 0 && m->quota < (double)m->cpus)
        fprintf(stderr,
                "tern: tune: the control group allows %.1f of %zu processors: more threads than that are "
                "held up\n",
                m->quota, m->cpus);
}
