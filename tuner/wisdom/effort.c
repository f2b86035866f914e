#include "tuner/wisdom/effort.h"

#include <math.h>
#include <string.h>

static const struct tern_effort efforts[] = {
    {"quick", 2, 8, 1.25, 2, 7, 15, 4},
    {"normal", 3, 24, 1.25, 2.5, 7, 52, 12},
    {"thorough", 6, 48, 1.5, INFINITY, 21, 101, 24},
};

int tern_effort_rank(const char *name) {
    for (size_t i = 0; i < sizeof efforts / sizeof *efforts; i++)
        if (!strcmp(efforts[i].name, name)) return (int)i;
    return -1;
}

const struct tern_effort *tern_effort_named(const char *name) {
    const int rank = tern_effort_rank(name);
    return rank < 0 ? NULL : &efforts[rank];
}
