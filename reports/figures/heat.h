/* The scale of the heat maps: nine steps from orange (slower) over neutral to blue (faster). People who
 * cannot tell red from green can tell them apart. The classes heat0..heat8 of assets/page.css and the fills
 * of assets/figure.css have the same colours, and those for dark pages. */
#ifndef TERN_REPORTS_FIGURES_HEAT_H
#define TERN_REPORTS_FIGURES_HEAT_H

#include <math.h>

enum { TERN_HEAT_STEPS = 9, TERN_HEAT_NEUTRAL = 4 };

static const char *const tern_heat_colour[TERN_HEAT_STEPS] = {
    "#f0a064", "#f6bb8d", "#fad3b3", "#fde8d6", "#eef0f2", "#d9eaf6", "#b7d7ee", "#8dc0e4", "#62a8d9"};

/* The step of a speedup: neutral within 10 %, then steps at 1.5, 2.5 and 5 times in either direction. */
static inline int tern_heat_of_speedup(double ratio) {
    static const double edge[] = {1.1, 1.5, 2.5, 5};
    const double x = ratio < 1 ? 1 / ratio : ratio;
    int step = 0;
    while (step < 4 && x > edge[step]) step++;
    return TERN_HEAT_NEUTRAL + (ratio < 1 ? -step : step);
}

/* The step of a slowdown against the best (1 and above): blue is near 1. */
static inline int tern_heat_of_slowdown(double times) {
    static const double edge[] = {1.01, 1.03, 1.06, 1.1, 1.2, 1.4, 1.8, 2.5};
    int step = 0;
    while (step < 8 && times > edge[step]) step++;
    return 8 - step;
}

#endif
