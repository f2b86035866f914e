/* Where the look-up layouts (formats/memory/group.h) keep what readers of GEMM decode. To be included behind the words of a level. */
#ifndef TERN_KERNELS_LOOPS_GROUPS_H
#define TERN_KERNELS_LOOPS_GROUPS_H

#include "kernels/formats/memory/group.h"
#include "kernels/variant.h"

enum { GROUP_UNIT = 6 }; /* quads decoded together, at most */

/* A layout whose `lines` lines of 64 bytes hold `unit` quads of 64 rows. */
struct group_layout {
    size_t bytes, lines, unit;                       /* bytes: of a panel */
    void (*columns)(const uint8_t *at, vec *column); /* a row a byte: 4 * unit registers */
};

ALWAYS_INLINE const uint8_t *group_lines(const struct tern_call *c, const struct group_layout *p, size_t row,
                                         size_t first) {
    return (const uint8_t *)c->w.data + row / TERN_GROUP_ROWS * p->bytes +
           first / p->unit * p->lines * TERN_GROUP_ROWS;
}

#endif
