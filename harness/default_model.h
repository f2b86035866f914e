/* The model that runs when none is named: the micro model that comes with tern. */
#ifndef TERN_HARNESS_DEFAULT_MODEL_H
#define TERN_HARNESS_DEFAULT_MODEL_H

#include "base/status.h"

/* Its path, heap (free()): in the installed data folder, else in the source tree this program was built from.
 * TERN_UNSUPPORTED, naming both places, when it is in neither. */
enum tern_status tern_default_model(char **path, struct tern_error *e);

#endif
