#include "kernels/verify/operations/stage.h"

#include "kernels/half.h"

#include <stdio.h>
#include <stdlib.h>

void *tern_stage_input(struct tern_stage *s, size_t bytes, size_t align) {
    if (s->used == TERN_STAGE_BUFFERS) abort();
    struct tern_guard *g = &s->buffer[s->used].guard;
    if (tern_guard_get(g, bytes, s->end && bytes % align == 0)) abort();
    s->buffer[s->used++].compared = 0;
    return g->data;
}

static float some(struct tern_stage *s, float scale) {
    const uint64_t bits = tern_random_next(&s->random);
    return bits % 16 ? scale * (float)((double)(bits >> 11) * 0x1p-52 - 1) : 0;
}

float *tern_stage_floats(struct tern_stage *s, size_t n, float scale) {
    float *x = tern_stage_input(s, n * sizeof *x, sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = some(s, scale);
    return x;
}

uint16_t *tern_stage_halves(struct tern_stage *s, size_t n, float scale) {
    uint16_t *x = tern_stage_input(s, n * sizeof *x, sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = tern_f32_to_f16(some(s, scale));
    return x;
}

void *tern_stage_bytes(struct tern_stage *s, size_t n) {
    unsigned char *x = tern_stage_input(s, n, TERN_CACHE_LINE);
    for (size_t i = 0; i < n; i++) x[i] = (unsigned char)tern_random_next(&s->random);
    return x;
}

void *tern_stage_result(struct tern_stage *s, size_t bytes, size_t compared) {
    void *y = tern_stage_input(s, bytes, sizeof(float));
    memset(y, 0x55, bytes);
    s->buffer[s->used - 1].compared = compared;
    return y;
}

float *tern_stage_edited(struct tern_stage *s, size_t n, float scale) {
    float *x = tern_stage_floats(s, n, scale);
    s->buffer[s->used - 1].compared = n * sizeof *x;
    return x;
}

int tern_stage_equal(const struct tern_stage *a, const struct tern_stage *b, char *text, size_t text_bytes) {
    for (size_t i = 0; i < b->used; i++) {
        const struct tern_guard *x = &a->buffer[i].guard, *y = &b->buffer[i].guard;
        if (!tern_guard_intact(y)) {
            snprintf(text, text_bytes, "bytes around buffer %zu were overwritten", i);
            return 0;
        }
        for (size_t at = 0; at < b->buffer[i].compared; at++)
            if (x->data[at] != y->data[at]) {
                snprintf(text, text_bytes, "byte %zu of result %zu is 0x%02x instead of 0x%02x", at, i,
                         y->data[at], x->data[at]);
                return 0;
            }
    }
    return 1;
}

void tern_stage_drop(struct tern_stage *s) {
    for (size_t i = 0; i < s->used; i++) tern_guard_drop(&s->buffer[i].guard);
    s->used = 0;
}
