/* A machine that does something else is told before anything is measured on it. */
#ifndef TERN_CLI_TUNE_BUSY_H
#define TERN_CLI_TUNE_BUSY_H

#include "measure/machine/machine.h"

/* Looks for a third of a second. One warning on stderr for what disturbs now, one for a quota that is less than the
 * processors. */
void tern_tune_warn_busy(const struct tern_machine *m);

#endif
