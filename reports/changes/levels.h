/* Levels of a few runs, for which no rank test can be significant: with five runs on either side its p is 0.008 at
 * best. They are told by how far they lie apart.
 *
 * The distance of a cut is the gap between the five runs right before it and those right after it (all of one side lie
 * below all of the other), in units of the larger range of the two sides. In a history of fewer than 16 runs four on either
 * side will do; in longer ones so many are disturbed together now and then. A distance of 3 counts. Runs of one level have
 * such a cut with a probability of less than 1e-6 (five on either side) and of 7e-6 to 8e-6 (four): simulated, 3 million
 * draws each of normal noise and of noise that is skewed to the slow side and has outliers. docs/gate.md has the rate of
 * false alarms of whole histories.
 */
#ifndef TERN_REPORTS_CHANGES_LEVELS_H
#define TERN_REPORTS_CHANGES_LEVELS_H

#include <stddef.h>

#define TERN_LEVEL_RUNS 4 /* on either side of a cut, at least */

/* The distance of the cut before y[at], of the runs next to it among y[from..to), if it is one that counts in a history of
 * `all` runs; infinite for levels without any range. Otherwise 0. */
double tern_levels_apart(const double *y, size_t from, size_t at, size_t to, size_t all);

#endif
