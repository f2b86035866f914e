/* How fast weights reach the layout that is multiplied: goals in weights per second of one core. */
#ifndef TERN_TUNER_TARGETS_REPACK_H
#define TERN_TUNER_TARGETS_REPACK_H

#include "base/status.h"
#include "kernels/format.h"
#include "measure/statistics.h"

struct tern_repack_target {
    const char *name;
    const char *from; /* format the weights come in; NULL: trits */
    size_t m, k;
    double goal; /* Gweight/s */
};

const struct tern_repack_target *tern_repack_targets(size_t *count);

struct tern_repack_seen {
    const struct tern_format *to; /* the static choice for one token here */
    struct tern_estimate ns;      /* for the whole matrix */
    struct tern_ratio rate;       /* Gweight/s: median and interval over rounds */
    enum tern_status verdict;     /* as struct tern_target_seen */
};

/* Packs the matrix 31 times on the calling thread, as the engine does: blocks of rows through a buffer of
 * trits. TERN_NO_MEMORY, or TERN_CHECK_FAILED when the bytes do not hold the weights. */
enum tern_status tern_repack_measure(const struct tern_repack_target *t, uint32_t usable, uint64_t seed,
                                     struct tern_repack_seen *out, struct tern_error *e);

#endif
