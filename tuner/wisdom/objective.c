#include "tuner/wisdom/objective.h"

#include <math.h>
#include <string.h>

static double of_time(double ns, double joules) {
    (void)joules;
    return ns;
}

static double of_energy(double ns, double joules) {
    (void)ns;
    return 1e9 * joules;
}

static double of_product(double ns, double joules) {
    return joules * ns; /* J x ns = nJ x s */
}

static const struct {
    const char *name, *unit;
    double (*cost)(double ns, double joules);
} objectives[] = {{"time", "ns", of_time}, {"energy", "nJ", of_energy}, {"edp", "nJs", of_product}};

const char *tern_objective_name(enum tern_objective o) {
    return objectives[o].name;
}

const char *tern_objective_unit(enum tern_objective o) {
    return objectives[o].unit;
}

int tern_objective_named(const char *name, enum tern_objective *out) {
    for (unsigned i = 0; i < sizeof objectives / sizeof *objectives; i++)
        if (!strcmp(objectives[i].name, name)) return *out = (enum tern_objective)i, 1;
    return 0;
}

double tern_cost(enum tern_objective o, double ns, double joules) {
    const double cost = objectives[o].cost(ns, joules);
    return ns > 0 && isfinite(cost) && cost > 0 ? cost : NAN;
}
