/* Between the files of `tern history` only: one function per action that has more to say than a line. */
#ifndef TERN_CLI_HISTORY_HISTORY_H
#define TERN_CLI_HISTORY_HISTORY_H

#include "cli/command.h"
#include "reports/history/history.h"

struct history_arguments {
    struct tern_history_query query;
    const char *db, *format, *out, *title;
    const char *machine, *source, *commit, *run; /* of an import */
    int json, csv, quiet, accepted, with_disturbed;
    size_t newest, seed;
    double min_percent, p_max;
    char **word; /* behind the action */
    int words;
};

int history_list(struct tern_history *h, const struct history_arguments *a);
int history_show(struct tern_history *h, const struct history_arguments *a);
int history_changes(struct tern_history *h, const struct history_arguments *a);
int history_plot(struct tern_history *h, const struct history_arguments *a);

#endif
