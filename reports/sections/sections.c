#include "reports/sections/sections.h"

/* In the order of the page. */
#define SECTIONS(X)                                                                                          \
    X(machine)                                                                                               \
    X(winners)                                                                                               \
    X(matrix)                                                                                                \
    X(leaderboard)                                                                                           \
    X(finalists)                                                                                             \
    X(roofline)                                                                                              \
    X(threads)                                                                                               \
    X(formats)                                                                                               \
    X(sensitivity)                                                                                           \
    X(search)                                                                                                \
    X(e2e)                                                                                                   \
    X(model_sizes)                                                                                           \
    X(energy)                                                                                                \
    X(external)                                                                                              \
    X(history)                                                                                               \
    X(missing)                                                                                               \
    X(reproduce)

#define DECLARE(name) extern const struct tern_section tern_section_##name;
#define POINT(name)   &tern_section_##name,

SECTIONS(DECLARE)

const struct tern_section *const tern_sections[] = {SECTIONS(POINT)};
const size_t tern_section_count = sizeof tern_sections / sizeof *tern_sections;
