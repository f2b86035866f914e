/* One verification case: a shape, a pattern of weights, a pattern of activations, a range of rows, and guard
 * pages around every buffer. Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_CASE_H
#define TERN_KERNELS_VERIFY_CASE_H

#include "kernels/variant.h"
#include "kernels/verify/patterns.h"

/* So many shares or slices can be computed at the same time. */
enum { TERN_CASE_TOGETHER_MAX = 8 };

struct tern_case {
    size_t m, k, n;
    enum tern_weight_pattern weights;
    enum tern_act_pattern acts;
    size_t workers;    /* rows and preparation are cut into so many shares */
    size_t row0, row1; /* rows computed; the others must stay untouched */
    size_t slices;     /* 0: shares of rows; else of K, one token (kernels/split.h) */
    int together;      /* shares or slices are computed at the same time, each by a thread of its own */
    size_t gap;        /* results between two tokens' rows, which must stay untouched */
    int end;           /* buffers end at an unreadable page (else they begin after one) */
    struct tern_tl_tile tile; /* all 0: that of the registered format */
    uint64_t seed;
    int param[TERN_MAX_PARAMS];
};

/* 1 when the results are right; 0 and a text otherwise. Faults propagate as signals. */
int tern_case_run(const struct tern_variant *v, const struct tern_case *c, char *text, size_t text_bytes);

/* "640x2560x1 weights=plus acts=max rows=0..640" */
void tern_case_text(const struct tern_variant *v, const struct tern_case *c, char *out, size_t out_bytes);

#endif
