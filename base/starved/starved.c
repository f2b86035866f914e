#include "base/starved/starved.h"

#include <stdatomic.h>

static atomic_int starved;

int tern_starve(void) {
    atomic_store(&starved, 1);
    return 0;
}

int tern_starved(void) {
    return atomic_load(&starved);
}
