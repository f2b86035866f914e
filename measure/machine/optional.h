/* Optional libraries: which of them this program was built with, and how to get the others. */
#ifndef TERN_MEASURE_MACHINE_OPTIONAL_H
#define TERN_MEASURE_MACHINE_OPTIONAL_H

#include <stddef.h>

struct tern_optional {
    const char *name;    /* the Meson option: "papi" */
    const char *gives;   /* what it is for */
    const char *package; /* of Debian */
    int built;
};

const struct tern_optional *tern_optionals(size_t *count);

#endif
