#include "cli/history.h"

int history_changes(struct tern_history *h, const struct history_arguments *a) {
    (void)h, (void)a;
    return 0;
}

int history_plot(struct tern_history *h, const struct history_arguments *a) {
    (void)h, (void)a;
    return 0;
}
