/* The model that runs when none is named: the small trained one that comes with tern (models/tiny/README.md).
 */
#ifndef TERN_HARNESS_TEXT_DEFAULT_MODEL_H
#define TERN_HARNESS_TEXT_DEFAULT_MODEL_H

#include "base/status.h"

/* Gives its path; heap (free()). The places, in this order: PROGRAM/../share/tern; PROGRAM/../models of a
 * build folder; the installed data folder; the source tree that this program was built from. The first two
 * are found also after a build or an installation was moved. TERN_UNSUPPORTED when it is in none of them; the
 * text names them. */
enum tern_status tern_default_model(char **path, struct tern_error *e);

#endif
