/* The model that runs when none is named: the small trained one that comes with tern (models/tiny/README.md). */
#ifndef TERN_HARNESS_TEXT_DEFAULT_MODEL_H
#define TERN_HARNESS_TEXT_DEFAULT_MODEL_H

#include "base/status.h"

/* Its path, heap (free()). Looked for beside the running program, so that a moved build or installation keeps working
 * (PROGRAM/../share/tern, and of a build folder PROGRAM/../models), then in the installed data folder and in the source
 * tree that this program was built from. TERN_UNSUPPORTED, naming the places, when it is nowhere. */
enum tern_status tern_default_model(char **path, struct tern_error *e);

#endif
