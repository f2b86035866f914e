/* Makes a `struct tern_format` out of a block codec of blocks.h: one line per format. */
#ifndef TERN_KERNELS_FORMATS_FILE_BLOCK_FORMAT_H
#define TERN_KERNELS_FORMATS_FILE_BLOCK_FORMAT_H

#include "kernels/format.h"
#include "kernels/formats/file/blocks.h"

#define TERN_BLOCK_FORMAT(id, words, from, bits_per_weight, only_signs)                                      \
    static enum tern_status id##_accepts(size_t m, size_t k, struct tern_error *e) {                         \
        (void)m;                                                                                             \
        return tern_blocks_accepts(&tern_block_##id, k, e);                                                  \
    }                                                                                                        \
    static size_t id##_row_step(size_t m, size_t k) {                                                        \
        (void)m, (void)k;                                                                                    \
        return 1;                                                                                            \
    }                                                                                                        \
    static size_t id##_bytes(size_t m, size_t k) {                                                           \
        return m * tern_blocks_row(&tern_block_##id, k);                                                     \
    }                                                                                                        \
    static void id##_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale,        \
                          void *dst) {                                                                       \
        (void)m;                                                                                             \
        tern_blocks_pack(&tern_block_##id, trits, k, r0, r1, scale, dst);                                    \
    }                                                                                                        \
    static void id##_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {      \
        tern_unpack_rows(src, m, k, r0, r1, trits, tern_##id##_row);                                         \
    }                                                                                                        \
    static enum tern_status id##_scale(const void *src, size_t m, size_t k, float *out,                      \
                                       struct tern_error *e) {                                               \
        return tern_blocks_scale(&tern_block_##id, src, m, k, out, e);                                       \
    }                                                                                                        \
    const struct tern_format tern_format_##id = {.name = #id,                                                \
                                                 .title = words,                                             \
                                                 .source = from,                                             \
                                                 .bits = bits_per_weight,                                    \
                                                 .in_files = 1,                                              \
                                                 .binary = only_signs,                                       \
                                                 .accepts = id##_accepts,                                    \
                                                 .row_step = id##_row_step,                                  \
                                                 .bytes = id##_bytes,                                        \
                                                 .pack = id##_pack,                                          \
                                                 .unpack = id##_unpack,                                      \
                                                 .scale = id##_scale};

#endif
