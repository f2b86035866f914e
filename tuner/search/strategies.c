#include "tuner/search/strategies.h"

#include "tuner/search/state.h"

#include <string.h>

static const struct tern_strategy strategies[] = {
    {"race",
     "seeds of every variant, the parameters of the best of them, then twice the rounds for half of them",
     tern_race_run},
    {"exhaustive", "the same number of rounds for every candidate", tern_exhaustive_run},
    {"random", "candidates in random order, then halving among the best", tern_random_run},
    {"climb", "local search, one parameter at a time, with restarts", tern_climb_run},
    {"evolve", "a population that crosses and mutates parameters", tern_evolve_run},
};

const struct tern_strategy *tern_strategies(size_t *count) {
    *count = sizeof strategies / sizeof *strategies;
    return strategies;
}

const struct tern_strategy *tern_strategy_named(const char *name) {
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++)
        if (!strcmp(strategies[i].name, name)) return &strategies[i];
    return NULL;
}
