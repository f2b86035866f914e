/* The race at the first load of a model: a look of at most a second at the few layouts that are likely to be best,
 * where nothing is known of this CPU. It is no tuning: what it finds is marked as provisional (effort "race"), and
 * decides only where neither wisdom nor ranks of this micro-architecture do. */
#ifndef TERN_TUNER_FIRST_LOAD_RACE_H
#define TERN_TUNER_FIRST_LOAD_RACE_H

#include "measure/machine/machine.h"
#include "tuner/wisdom/wisdom.h"

#define TERN_RACE_EFFORT "race"

struct tern_first_race {
    const struct tern_machine *machine;
    const struct tern_ranks *ranks; /* of relatives, to know whom to invite; may be NULL: static ranks do */
    size_t m, k;                    /* the model's largest matrix; of many rows only some are raced */
    size_t ubatch;                  /* tokens of a prefill step; 1: there is no prefill */
    size_t threads_decode, threads_prefill;
    double seconds;           /* for all of it; 0: 1 */
    double (*now)(void *ctx); /* seconds; NULL: this machine's clock */
    void *ctx;
};

/* Proves and times at most four layouts, each with its best GEMV and its best GEMM by rank, in rounds. The layout
 * with the least time for one decoded and one prompt token together wins, since decode and prefill share one packed
 * copy. *out gets an entry for decode and one for prefill, with the machine's key; the caller frees it.
 *
 * No step (proofs, a packing, a round) begins unless the longest of its kind so far would still fit into the time.
 * TERN_INCONCLUSIVE when there was no time for a round. Proofs run in child processes: call this before any
 * thread is started. */
enum tern_status tern_first_race_run(const struct tern_first_race *r, struct tern_wisdom *out,
                                     struct tern_error *e);

/* Where the results for this machine are kept in a folder: heap (free()), or NULL. The name has the machine's key. */
char *tern_first_race_path(const char *folder, const struct tern_machine *m);

/* Reads what an earlier race found on this machine as ranks. *out has no line when there is no such file; a file of
 * another machine is TERN_UNSUPPORTED. The caller frees *out. */
enum tern_status tern_first_race_known(const char *path, const struct tern_machine *m, struct tern_ranks *out,
                                       struct tern_error *e);

#endif
