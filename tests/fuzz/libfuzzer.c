/* The door for libFuzzer: TERN_FUZZ names the target. */
#include "frame.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *name = getenv("TERN_FUZZ");
    target = name ? fuzz_target_named(name) : NULL;
    if (target) return 0;
    fprintf(stderr, "TERN_FUZZ must name a target of targets.def\n");
    exit(3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
    target->run(data, bytes);
    return 0;
}
