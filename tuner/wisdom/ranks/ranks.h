/* Ranks: which variants were fast, and how they compare, on a micro-architecture. They decide where wisdom, which
 * is about one machine, says nothing.
 *
 * A file of ranks is sorted text that `tern wisdom export-ranks` makes from wisdom. `zen5.ranks` and its like lie in
 * this folder; each is built into the program. It looks like this:
 *     tern-ranks 1 zen5 vendor=AuthenticAMD family=26 date=2026-12-01
 *     # any remark
 *     isa ssse3+avx2
 *     1 2^24 all gemv_..__avx2 prefetch=4096,panels=2 1.000 of 3
 * The line `isa` says what could be used when the lines below it were measured. Each other line is a variant in a
 * class of problems: tokens, rounded to a power of two; the number of weights, rounded down to a power of two; one
 * thread or all. Then come the variant, its parameters, its time over that of the best of the class (the geometric
 * mean over the problems of the class), and how many of these problems have measured it. */
#ifndef TERN_TUNER_WISDOM_RANKS_RANKS_H
#define TERN_TUNER_WISDOM_RANKS_RANKS_H

#include "measure/machine/machine.h"
#include "measure/machine/microarchitecture.h"
#include "tuner/wisdom/wisdom.h"

struct tern_rank {
    uint32_t isa;  /* what could be used when it was measured */
    size_t tokens; /* a power of two; 1: decode */
    unsigned size; /* log2 of M x K, rounded down */
    int all;       /* 1: all threads; 0: one */
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    double relative; /* time over the best one's */
    size_t problems;
};

enum tern_ranks_source {
    TERN_RANKS_OWN,      /* this micro-architecture's */
    TERN_RANKS_RACE,     /* a race at the first load of a model, on this machine */
    TERN_RANKS_RELATIVE, /* the nearest relative's */
};

struct tern_ranks {
    char name[TERN_MICROARCHITECTURE_NAME], vendor[32], date[12];
    int family;
    enum tern_ranks_source source;
    struct tern_rank *rank;
    size_t count;
    size_t skipped;          /* lines whose variant or instruction set this build does not have */
    struct tern_ranks *next; /* asked where these do not decide; NULL: nobody is. Owned */
};

/* The class of a problem; isa, variant and what follows it stay 0. */
struct tern_rank tern_rank_class(const struct tern_problem *p);

/* The ranks in a text of `bytes`, which need not end in NUL; `where` names it in messages. The caller frees them,
 * also after a failure. TERN_BAD_INPUT names the line. */
enum tern_status tern_ranks_parse(const char *where, const char *text, size_t bytes, struct tern_ranks *out,
                                  struct tern_error *e);
/* The text of such a file; heap (free()). `next` is not looked at. */
enum tern_status tern_ranks_text(const struct tern_ranks *r, char **text, size_t *bytes,
                                 struct tern_error *e);
void tern_ranks_free(struct tern_ranks *r); /* what it holds, and all that follow */

/* 1 when ranks say something about a machine: they are its micro-architecture's, or have lines that were measured with no
 * more instruction sets than it has, or are of the same vendor and family. */
int tern_ranks_related(const struct tern_ranks *r, const struct tern_machine *m);
/* 1 when `a` says more about the machine than `b`. In this order: it is its micro-architecture's; its lines were measured
 * with what is usable here; the two processors have the same instruction sets, so that a processor without AVX-512
 * follows another one without it; the vendor is the same, and the family the nearest; it has more lines. */
int tern_ranks_nearer(const struct tern_ranks *a, const struct tern_ranks *b, const struct tern_machine *m);
/* The built-in ranks for a machine, the nearest of those that are related, on the heap; tern_ranks_drop frees them. *out
 * is NULL when there are none. */
enum tern_status tern_ranks_here(const struct tern_machine *m, struct tern_ranks **out, struct tern_error *e);
void tern_ranks_drop(struct tern_ranks *r);

/* The choice of the ranks for a problem: the fastest variant of the nearest class that may run here, or NULL. A
 * class that was measured without the instruction set of the static choice says nothing about that choice, and is
 * passed over. `format` may be NULL. */
const struct tern_rank *tern_ranks_find(const struct tern_ranks *r, uint32_t usable,
                                        const struct tern_problem *p, const struct tern_format *format);
/* The same down the chain; *of says whose it is. */
const struct tern_rank *tern_ranks_decide(const struct tern_ranks *r, uint32_t usable,
                                          const struct tern_problem *p, const struct tern_format *format,
                                          const struct tern_ranks **of);

/* "zen5, measured 2026-12-01", "zen4, the nearest relative, measured ...", "a race at the first load, ..." */
void tern_ranks_say(const struct tern_ranks *r, char *out, size_t bytes);

#endif
