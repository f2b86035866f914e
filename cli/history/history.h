/* Between the files of `tern history` only: its arguments, and the actions that stand in files of their own. */
#ifndef TERN_CLI_HISTORY_HISTORY_H
#define TERN_CLI_HISTORY_HISTORY_H

#include "cli/command.h"
#include "reports/history/history.h"

struct history_arguments {
    struct tern_history_query query; /* an import writes machine, commit, run and source into its records */
    const char *db, *format, *out;
    int json, csv, quiet, accepted, with_disturbed, fail;
    uint64_t seed;
    double min_share, p_max;     /* below 0: the default */
    struct tern_cli_words words; /* behind the action */
};

/* Each returns an exit code. */
int history_list(struct tern_history *h, const struct history_arguments *a);
int history_show(struct tern_history *h, const struct history_arguments *a);
int history_changes(struct tern_history *h, const struct history_arguments *a);
int history_plot(struct tern_history *h, const struct history_arguments *a);

#endif
