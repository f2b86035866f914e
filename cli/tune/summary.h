/* The last words of `tern tune`: what was found, how far it can be trusted, and what to do next, on one screen. */
#ifndef TERN_CLI_TUNE_SUMMARY_H
#define TERN_CLI_TUNE_SUMMARY_H

#include "cli/tune/tune.h"

/* Prints at most 30 lines on stdout, 80 columns wide where stdout is no terminal. `records` may be NULL. */
void tern_tune_summary_print(const struct tern_tune_view *v, const struct tern_tune_summary *sum,
                             const char *wisdom, const char *records);

#endif
