/* The float operations under the verifier: each at each level against the scalar level.
 *
 * What is compared are bits: the headers of the operations promise that every level gives the same ones. Each case runs the
 * scalar level and the level itself on the same random inputs in a child process, once with buffers that end at an
 * unreadable page and once with buffers that begin after one. So the scalar level is proved too, against itself. */
#ifndef TERN_KERNELS_VERIFY_OPERATIONS_H
#define TERN_KERNELS_VERIFY_OPERATIONS_H

#include "kernels/verify/verify.h"

/* How many there are in this build; they are numbered from 0. */
size_t tern_operation_count(void);
/* Writes "op_softmax__avx2". */
void tern_operation_name(size_t i, char *out, size_t out_bytes);

/* The bits of its level. */
uint32_t tern_operation_needs(size_t i);

/* Compares one on inputs of one size and seed: 1 when it is right, else 0 and a text. For a child process. */
int tern_operation_try(size_t i, size_t n, uint64_t seed, char *text, size_t text_bytes);

/* Proves one. The verdict is TERN_NOT_RUN when o->usable or this CPU does not allow its level. */
enum tern_status tern_prove_operation(size_t i, const struct tern_verify_options *o,
                                      struct tern_verdict *verdict, struct tern_error *e);

#endif
