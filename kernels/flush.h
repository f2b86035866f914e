/* Flush bounds: how many steps of an inner loop a kernel may add up in narrow lanes before it widens them.
 *
 * A step is what the loop adds to one lane at a time: a pair of products, a table entry, a count of ones. Each
 * kernel asserts its largest step against the bound it uses; the parameter spaces (kernels/prep) offer the same
 * constants, so that no search can go beyond them. Internal to kernels/.
 *
 *     largest step            lanes                                              bound
 *     4,096 .. 512            int16, reached only as -32,768: u8 * s8, where     32,768 / step
 *                             the negative activations reach further (-128)
 *     |T| <= 128 g            int16, either sign: table entries of g columns     32,767 / (128 g)
 *     128                     int16, either sign: masked add and subtract        32,767 / 128
 *     8                       bytes: ones of a byte                              255 / 8
 *
 * 1,024 and 512 stay one step below: those kernels once widened after 31 and 63. */
#ifndef TERN_KERNELS_FLUSH_H
#define TERN_KERNELS_FLUSH_H

enum { TERN_INT16_LEAST = 32768, TERN_INT16_MOST = 32767, TERN_BYTE_MOST = 255 };

enum {
    TERN_FLUSH_4096 = TERN_INT16_LEAST / 4096,
    TERN_FLUSH_2048 = TERN_INT16_LEAST / 2048,
    TERN_FLUSH_1024 = TERN_INT16_MOST / 1024,
    TERN_FLUSH_512 = TERN_INT16_MOST / 512,
    TERN_FLUSH_128 = TERN_INT16_MOST / 128,
    TERN_FLUSH_COUNTS = TERN_BYTE_MOST / 8
};

/* Groups of g columns between two flushes of table entries. */
#define TERN_FLUSH_ENTRIES(g) (TERN_INT16_MOST / (128 * (g)))

#endif
