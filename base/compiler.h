/* What a compiler needs to be told. */
#ifndef TERN_BASE_COMPILER_H
#define TERN_BASE_COMPILER_H

/* gcc 12.2 for aarch64 dies on some sums of comparisons and of doubles at -O3 ("internal compiler error: in
 * vect_transform_reduction"). Its loop vectoriser is at fault; the functions that it dies on go without. */
#if defined(__aarch64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12
#define TERN_NO_LOOP_VECTORS __attribute__((optimize("no-tree-loop-vectorize")))
#else
#define TERN_NO_LOOP_VECTORS
#endif

#endif
