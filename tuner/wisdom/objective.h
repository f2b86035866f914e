/* The objective: time, energy, or their product is to be least. A cost function turns the time and energy of
 * a sample into one number. Everything after it (search, final, ratios) only compares those numbers. */
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
