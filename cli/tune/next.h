/* What to do after a tuning, as commands to copy. */
#ifndef TERN_CLI_TUNE_NEXT_H
#define TERN_CLI_TUNE_NEXT_H

#include "cli/tune/tune.h"

enum { TERN_NEXT_LINES = 5 }; /* at most */

void tern_tune_next_print(const struct tern_tune_arguments *a, const struct tern_tune_rows *rows,
                          const struct tern_tune_summary *sum, const char *records);

#endif
