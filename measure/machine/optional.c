#include "measure/machine/optional.h"

#ifndef TERN_HAVE_PAPI
#define TERN_HAVE_PAPI 0
#endif
#ifndef TERN_HAVE_GBENCH
#define TERN_HAVE_GBENCH 0
#endif
#ifndef TERN_HAVE_HWLOC
#define TERN_HAVE_HWLOC 0
#endif
#ifndef TERN_HAVE_OPENBLAS
#define TERN_HAVE_OPENBLAS 0
#endif
#ifndef TERN_HAVE_ONEDNN
#define TERN_HAVE_ONEDNN 0
#endif
#ifndef TERN_HAVE_SQLITE
#define TERN_HAVE_SQLITE 0
#endif

#ifndef TERN_HAVE_LIBEDIT
#define TERN_HAVE_LIBEDIT 0
#endif

static const struct tern_optional optionals[] = {
    {"papi", "hardware counters", "libpapi-dev", TERN_HAVE_PAPI},
    {"gbench", "tern bench", "libbenchmark-dev", TERN_HAVE_GBENCH},
    {"hwloc", "topology (otherwise read from sysfs)", "libhwloc-dev", TERN_HAVE_HWLOC},
    {"openblas", "dense f32 baseline", "libopenblas-dev", TERN_HAVE_OPENBLAS},
    {"onednn", "dense int8 baseline", "libdnnl-dev", TERN_HAVE_ONEDNN},
    {"libedit", "line editing in tern chat", "libedit-dev", TERN_HAVE_LIBEDIT},
    {"sqlite", "history of measurements (tern history)", "libsqlite3-dev", TERN_HAVE_SQLITE},
};

const struct tern_optional *tern_optionals(size_t *count) {
    *count = sizeof optionals / sizeof *optionals;
    return optionals;
}
