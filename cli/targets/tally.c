/* tern targets: what all kinds of goals have in common. */
#include "cli/targets/targets.h"

#include <stdio.h>

const char *tern_verdict_word(enum tern_status s) {
    return s == TERN_OK ? "met" : s == TERN_CHECK_FAILED ? "MISSED" : "unclear";
}

void tern_targets_count(struct tern_targets_tally *y, enum tern_status verdict) {
    y->missed += verdict == TERN_CHECK_FAILED;
    y->unclear += verdict == TERN_INCONCLUSIVE;
    fflush(stdout);
}
