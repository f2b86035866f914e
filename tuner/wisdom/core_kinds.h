/* Kinds of core: each is tuned by itself, and has wisdom of its own beside that of the others. */
#ifndef TERN_TUNER_WISDOM_CORE_KINDS_H
#define TERN_TUNER_WISDOM_CORE_KINDS_H

#include "measure/machine/machine.h"
#include "tuner/wisdom/wisdom.h"

/* 1 when `m` is one kind out of several ("P", "little"), and so has a wisdom file of its own. */
int tern_core_kind_alone(const struct tern_machine *m);
/* The wisdom file of this machine: `base`, or for one kind of core "base.P", and for a machine of several
 * kinds that of the first; heap. NULL without memory, or when base is NULL. */
char *tern_core_kind_wisdom_path(const char *base, const struct tern_machine *m);

/* The kind of core that `threads` threads run on when they take the processors in the machine's order; 0 when
 * they are spread over several kinds, or are more than there are processors. */
int tern_core_kind_of_threads(const struct tern_machine *m, size_t threads, size_t *kind);
/* The slowest kind of core (they are numbered from the fastest on) among the first `threads` processors. */
size_t tern_core_kind_slowest(const struct tern_machine *m, size_t threads);
/* The wisdom for threads in the machine's order. Entries come from the first kind of core, as long as their
 * threads fit on it. For thread counts that spread over several kinds, the slowest of these kinds lends its
 * wisdom: rows are shared evenly, so all other cores wait for the slowest ones. Of each problem the entry
 * with the most threads up to that count is taken and marked (`lent`): its winner is likely to be right, but
 * its times are not those of the mixture. A kind whose file is missing or cannot be read lends nothing.
 * Otherwise like tern_wisdom_read. */
enum tern_status tern_core_kind_wisdom_read(const char *base, const struct tern_machine *m,
                                            struct tern_wisdom *w, struct tern_error *e);

/* A kind by its number or its name. TERN_BAD_INPUT with the list of them. */
enum tern_status tern_core_kind_named(const struct tern_machine *m, const char *text, size_t *kind,
                                      struct tern_error *e);

#endif
