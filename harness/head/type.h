/* How the output matrix is kept in memory. */
#ifndef TERN_HARNESS_HEAD_TYPE_H
#define TERN_HARNESS_HEAD_TYPE_H

enum tern_head_type {
    TERN_HEAD_AUTO, /* what keeps every value of the file, with a scan before it where that is faster here */
    TERN_HEAD_F16,
    TERN_HEAD_F32,
    TERN_HEAD_Q8,
    TERN_HEAD_Q6_K,
    TERN_HEAD_EXACT2, /* the same, with a scan (docs/exact-head.md) unless that is slower here */
    TERN_HEAD_NONE    /* it is not loaded: the engine gives vectors (text/embed.h), but no logits */
};

#endif
