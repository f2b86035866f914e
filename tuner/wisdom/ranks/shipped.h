/* The files of ranks that are built in. Inside this folder only; the list is made from the one in meson.build. */
#ifndef TERN_TUNER_WISDOM_RANKS_SHIPPED_H
#define TERN_TUNER_WISDOM_RANKS_SHIPPED_H

#include <stddef.h>

struct tern_shipped_ranks {
    const char *name;
    const unsigned char *text; /* ends in NUL */
};

extern const struct tern_shipped_ranks tern_shipped_ranks[];
extern const size_t tern_shipped_ranks_count;

#endif
