/* The gate: is this build slower than that one? It would rather be right than quick.
 *
 * Live: a group is two fresh processes of each build. All four are alive together and give samples of a
 * millisecond in turns, so that disturbances of the machine hit all of them alike. A process gives one value:
 * its median over the rounds, each sample relative to the middle of its round. What remains is the difference
 * between processes. Pairs of processes are judged by the signed rank test and the Mann-Whitney test. The two
 * processes of one build are an A/A comparison, which gives the floor. A case that may be slower is measured
 * again by other processes, and only the new values decide.
 *
 * Source of the scheme: independent process blocks, two stages and a same-binary control against
 * pseudo-replication (chematic issue 73); Hodges and Lehmann 1963. */
#ifndef TERN_REPORTS_GATE_GATE_H
#define TERN_REPORTS_GATE_GATE_H

#include "measure/records/record.h"
#include "reports/compare/statistics.h"
#include "reports/data/text.h"

#include <stddef.h>
#include <stdint.h>

enum tern_gate_verdict {
    TERN_GATE_OK,         /* not slower by more than the threshold */
    TERN_GATE_FASTER,     /* faster by more than the threshold, confirmed by the new values */
    TERN_GATE_REGRESSION, /* slower by more than the threshold, confirmed by the new values */
    TERN_GATE_CANNOT_TELL /* too noisy, or one side has no number */
};
const char *tern_gate_verdict_name(enum tern_gate_verdict v);

/* One case. base[i] and candidate[i] are of one group; so are i and i + 1 when i is even. The first
 * `screened` values are those of the screening. */
struct tern_gate_row {
    char name[320]; /* variant/MxKxN/t:THREADS/REGIME */
    double *base,
        *candidate; /* ns of a process, at the machine's pace in the first group; NaN: it gave none */
    double pace;    /* that pace, the logarithm of ns; NaN: not known yet */
    size_t values, screened;
    struct tern_location seen; /* ln(candidate / base) of the values that decided */
    double floor;     /* how far so many processes of one build are apart from others of it, as a logarithm */
    double screening; /* centre of the screening alone */
    int suspected;
    enum tern_gate_verdict verdict;
    char why[160]; /* of "cannot tell" */
};

/* After the screening: 1 when the case may be slower (or faster) by more than the threshold. Sets `seen` and
 * `floor`. */
int tern_gate_suspect(struct tern_gate_row *r, double threshold);
/* Sets the verdict. Suspected rows are judged by the values after the screening, the others by the
 * screening. */
void tern_gate_judge(struct tern_gate_row *r, double threshold);

enum tern_gate_mode {
    TERN_GATE_LIVE,
    TERN_GATE_PROXY,
    TERN_GATE_HISTORY,
    TERN_GATE_PAST /* this build now against earlier runs here (reports/gate/past.h) */
};

struct tern_gate {
    enum tern_gate_mode mode;
    const char *how; /* of a proxy: "hardware counter", "valgrind", "single steps" */
    const char *base_name, *candidate_name;
    struct tern_gate_row *row;
    size_t rows;
    double threshold; /* as a share */
    size_t processes;
    double seconds;
    uint64_t seed;
};
void tern_gate_free(struct tern_gate *g);
/* TERN_CHECK_FAILED with a regression, else TERN_INCONCLUSIVE when one case cannot be told, else TERN_OK. */
enum tern_status tern_gate_status(const struct tern_gate *g);
/* A new row with room for `values`; NULL when out of memory. */
struct tern_gate_row *tern_gate_add_row(struct tern_gate *g, const char *name, size_t values);

struct tern_gate_live {
    const char *base_program, *candidate_program;
    const char *base_filter, *candidate_filter; /* variants, as tern bench takes them; cases pair by place
                                                   when the two differ, else by name */
    const char *const *problem;                 /* MxKxN */
    size_t problems;
    const char *regime, *threads;
    const char *const
        *with; /* "variant/MxKxN/t:T=prefetch=4096 panels=2": parameters of cases, else initial ones */
    size_t withs;
    double threshold, budget_seconds;
    size_t groups; /* of the screening; 0: 4 */
    uint64_t seed;
    void (*progress)(void *ctx, double fraction, const char *note);
    void *ctx;
};
/* Measures. TERN_UNSUPPORTED when a program does not run or knows no `gate --worker`, TERN_BAD_INPUT when no
 * case matches. */
enum tern_status tern_gate_measure(const struct tern_gate_live *o, struct tern_gate *out,
                                   struct tern_error *e);

/* The gate from records alone; `base` are those of the commit to compare with. Nothing can be measured
 * again, so a regression needs five runs or more of each side. */
enum tern_status tern_gate_from_records(const struct tern_record *base, size_t n_base,
                                        const struct tern_record *candidate, size_t n_candidate,
                                        double threshold, uint64_t seed, struct tern_gate *out,
                                        struct tern_error *e);

/* Builds commit `ref` of the checkout `source` in `cache`/<commit>, unless that was done before. *program
 * is the path of its program (free()). TERN_UNSUPPORTED without git, meson or ninja, or when the build
 * fails. */
enum tern_status tern_gate_build(const char *source, const char *ref, const char *cache, char **program,
                                 struct tern_error *e);

void tern_gate_text(const struct tern_gate *g, struct tern_text *t);
void tern_gate_markdown(const struct tern_gate *g, struct tern_text *t);
void tern_gate_junit(const struct tern_gate *g, struct tern_text *t);
/* Lines of GitHub's workflow commands: ::error, ::warning. */
void tern_gate_annotations(const struct tern_gate *g, struct tern_text *t);
void tern_gate_json(const struct tern_gate *g, struct tern_text *t);

#endif
