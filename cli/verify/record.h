/* The verdicts of `tern verify` as records. */
#ifndef TERN_CLI_VERIFY_RECORD_H
#define TERN_CLI_VERIFY_RECORD_H

#include "kernels/verify/verify.h"

/* Appends one record for the machine and one for each variant that ran. */
enum tern_status tern_verify_record(const char *path, const struct tern_variant *const *list,
                                    const struct tern_verdict *verdict, size_t count, struct tern_error *e);

#endif
