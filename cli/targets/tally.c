/* tern targets: what all kinds of goals have in common. */
#include "cli/targets/targets.h"

#include "cli/command.h"

#include <stdio.h>

const char *tern_verdict_word(enum tern_status s) {
    return s == TERN_OK ? "met" : s == TERN_CHECK_FAILED ? "MISSED" : "unclear";
}

enum tern_target_class tern_targets_class(void) {
    const struct tern_machine *m;
    return tern_machine_get(&m, NULL) == TERN_OK ? tern_target_class_of(m->usable) : TERN_TARGET_CLASSES;
}

void tern_targets_count(struct tern_targets_tally *y, enum tern_status verdict) {
    y->missed += verdict == TERN_CHECK_FAILED;
    y->unclear += verdict == TERN_INCONCLUSIVE;
    tern_cli_flush();
}
