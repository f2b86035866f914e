/* Attention over a cache of keys and values, in tiles of query rows.
 *
 * One source (attend_level.c), compiled once per ISA level. Every sum is one chain of fused multiply-adds in
 * ascending order, and each lane of a register holds a chain of its own. So a result has the same bits at
 * every level, whatever the number of rows that are computed together.
 *
 * Keys lie in blocks of TERN_KEYS positions: all first values, then all second ones. A register then holds
 * one value of sixteen keys, and no sum has to be folded. Values lie in one row per position. */
#ifndef TERN_KERNELS_DENSE_ATTEND_H
#define TERN_KERNELS_DENSE_ATTEND_H

#include <stddef.h>
#include <stdint.h>

#define TERN_KV_BLOCK 32

/* Q8: int8 codes and an f32 scale for each TERN_KV_BLOCK of them, 1/127 of the largest value. */
enum tern_kv_type { TERN_KV_F16, TERN_KV_F32, TERN_KV_Q8, TERN_KV_TYPES };

#define TERN_KEYS 16 /* positions of one block of keys */

/* Floats of a row of values or results: `dim` rounded up to whole registers. */
static inline size_t tern_attend_width(size_t dim) {
    return (dim + 15) / 16 * 16;
}

/* Scales of one row in a Q8 cache, one for each TERN_KV_BLOCK values. */
static inline size_t tern_kv_scales(size_t dim) {
    return (dim + TERN_KV_BLOCK - 1) / TERN_KV_BLOCK;
}

/* Bytes of one block of keys of `dim` values. F16, F32: [dim][16]. Q8: codes [dim][16], then an f32 scale for
 * each TERN_KV_BLOCK values and key, [scales][16]. */
static inline size_t tern_kv_keys_bytes(enum tern_kv_type type, size_t dim) {
    return TERN_KEYS * (type == TERN_KV_F16   ? 2 * dim
                        : type == TERN_KV_F32 ? 4 * dim
                                              : dim + tern_kv_scales(dim) * sizeof(float));
}

/* Bytes of one row of values, which has tern_attend_width(dim) of them. Q8: codes, then the scales. */
static inline size_t tern_kv_value_bytes(enum tern_kv_type type, size_t dim) {
    const size_t width = tern_attend_width(dim);
    return type == TERN_KV_F16   ? 2 * width
           : type == TERN_KV_F32 ? 4 * width
                                 : width + tern_kv_scales(dim) * sizeof(float);
}

/* What the keys of one piece of the context give to one query. */
struct tern_attended {
    float top, sum; /* the largest score, and the sum of exp(score - top) */
};

struct tern_attend_ops {
    const char *level;
    uint32_t needs; /* TERN_NEEDS_ of the level */
    size_t rows;    /* query rows that fill the registers */
    size_t some;    /* fewer of them that still keep the arithmetic busy; rows left over go one by one */

    /* Rounds `dim` floats to the cache's type: as key `slot` (0 .. TERN_KEYS - 1) of a block; as a row of
     * values, with zeros behind the last one. Indices are tern_kv_type. */
    void (*put_key[TERN_KV_TYPES])(const float *x, size_t dim, size_t slot, void *block);
    void (*put_value[TERN_KV_TYPES])(const float *x, size_t dim, void *row);

    /* out[r * stride + p] = query r . key p for the keys of `blocks` blocks, in ascending order of the
     * dimensions. q is [dim][rows]: the first values of all query rows, then the second ones. */
    void (*scores[TERN_KV_TYPES])(const float *q, size_t rows, const void *keys, size_t blocks, size_t dim,
                                  float *out, size_t stride);

    /* Replaces each of `count` >= 1 scores by exp(score - top). What lies between `count` and the next
     * multiple of 16 is overwritten. */
    struct tern_attended (*softmax)(float *s, size_t count);

    /* out[r * ld + d] += sum over p of weight[r * stride + p] * value p [d], p ascending, for d up to
     * tern_attend_width(dim). */
    void (*gather[TERN_KV_TYPES])(const float *weight, size_t stride, size_t rows, const void *values,
                                  size_t count, size_t dim, float *out, size_t ld);

    /* Adds what later keys gave, `part` and their weighted sum `add`, to what earlier ones gave. Both sums
     * are brought to the larger of the two tops. */
    void (*merge)(struct tern_attended *whole, float *out, const struct tern_attended *part, const float *add,
                  size_t dim);
};

/* The levels that this build has, the weakest ("scalar") first, then NULL. */
extern const struct tern_attend_ops *const tern_attend_ops_levels[];
/* The strongest of them that `usable` allows. */
const struct tern_attend_ops *tern_attend_ops_for(uint32_t usable);

#endif
