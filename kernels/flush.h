/* Flush bounds: how many steps of an inner loop a kernel may add up in narrow lanes before it widens them.
 *
 * A step is what the loop adds to one lane at a time: a pair of products, a table entry, a count of ones. Each
 * kernel asserts its largest step against the bound it uses; the parameter spaces (kernels/prep) offer the same
 * constants, so that no search can go beyond them. Internal to kernels/.
 *
 *     lanes   largest step     bound         why
 *     int16   4,096 or 2,048   32,768 / s    u8 * s8 reaches furthest below zero (-128), so a sum may come to
 *                                            -32,768 exactly
 *     int16   1,024 or 512     32,767 / s    the same, and masked sums of either sign
 *     int16   256              32,768 / s    one product of a code: -256 is its furthest from 0
 *     int16   128              32,767 / s    masked add and subtract
 *     int16   128 g            32,767 / s    table entries of g columns, of either sign
 *     int16   512 + 16         32,768 / s    sums of up to four activations less 16, eight groups at a time
 *     byte    8                255 / s       ones counted in a byte
 */
#ifndef TERN_KERNELS_FLUSH_H
#define TERN_KERNELS_FLUSH_H

enum { TERN_INT16_LEAST = 32768, TERN_INT16_MOST = 32767, TERN_BYTE_MOST = 255 };

enum {
    TERN_FLUSH_4096 = TERN_INT16_LEAST / 4096,
    TERN_FLUSH_2048 = TERN_INT16_LEAST / 2048,
    TERN_FLUSH_1024 = TERN_INT16_MOST / 1024,
    TERN_FLUSH_512 = TERN_INT16_MOST / 512,
    TERN_FLUSH_256 = TERN_INT16_LEAST / 256,
    TERN_FLUSH_128 = TERN_INT16_MOST / 128,
    TERN_FLUSH_COUNTS = TERN_BYTE_MOST / 8,
    TERN_FLUSH_BITS = TERN_INT16_LEAST / (512 + 16) / 8 * 8
};

/* Groups of g columns between two flushes of table entries. */
#define TERN_FLUSH_ENTRIES(g) (TERN_INT16_MOST / (128 * (g)))

#endif
