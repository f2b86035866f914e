/* What one run of a float operation works on: inputs and results between guard pages. Internal to kernels/verify/. */
#ifndef TERN_KERNELS_VERIFY_OPERATIONS_STAGE_H
#define TERN_KERNELS_VERIFY_OPERATIONS_STAGE_H

#include "base/memory.h"
#include "base/random.h"

#include <stdint.h>

enum { TERN_STAGE_BUFFERS = 24 };

/* Two stages of one seed hold the same inputs, whatever `end` is, as long as they are asked for the same things. */
struct tern_stage {
    size_t n; /* the size that is tried */
    int end;  /* buffers end at an unreadable page (else they begin after one) */
    struct tern_random random;
    size_t used;
    struct {
        struct tern_guard guard;
        size_t compared; /* bytes of a result; 0 for an input */
    } buffer[TERN_STAGE_BUFFERS];
};

/* `bytes` of memory, zero-filled, aligned as `align` says. Ends the process when there is no memory: it is a child. */
void *tern_stage_input(struct tern_stage *s, size_t bytes, size_t align);
/* Random floats in [-scale, scale], some of them 0. */
float *tern_stage_floats(struct tern_stage *s, size_t n, float scale);
/* Such floats as f16. */
uint16_t *tern_stage_halves(struct tern_stage *s, size_t n, float scale);
/* Random bytes, 64-byte aligned. */
void *tern_stage_bytes(struct tern_stage *s, size_t n);
/* Memory for a result, filled with a pattern; the first `compared` bytes of it are compared. */
void *tern_stage_result(struct tern_stage *s, size_t bytes, size_t compared);
/* A result that begins as random floats. */
float *tern_stage_edited(struct tern_stage *s, size_t n, float scale);

/* 1 when both have the same results and no byte around a buffer was written; else 0 and a text. */
int tern_stage_equal(const struct tern_stage *a, const struct tern_stage *b, char *text, size_t text_bytes);
void tern_stage_drop(struct tern_stage *s);

#endif
