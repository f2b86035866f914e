/* What is made least: time, energy, or their product. A cost function turns a sample's time and energy into
 * one number; everything after it (search, final, ratios) only compares. */
#ifndef TERN_TUNER_WISDOM_OBJECTIVE_H
#define TERN_TUNER_WISDOM_OBJECTIVE_H

enum tern_objective { TERN_OBJECTIVE_TIME, TERN_OBJECTIVE_ENERGY, TERN_OBJECTIVE_EDP };
/* "time", "energy", "edp" */
const char *tern_objective_name(enum tern_objective o);
/* 1 and *out, or 0 for an unknown name. */
int tern_objective_named(const char *name, enum tern_objective *out);
/* "ns", "nJ", "nJs" (nanojoule-seconds), per call */
const char *tern_objective_unit(enum tern_objective o);

/* Cost of one call that took `ns` and, where the objective asks for it, `joules`. NaN when what it needs is
 * not known or not above zero. */
double tern_cost(enum tern_objective o, double ns, double joules);

#endif
