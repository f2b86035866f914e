/* The gate: is this build slower than that one? Right rather than quick to judge.
 *
 * Live: a group is two fresh processes of each build, alive together and asked for samples of a millisecond
 * in turns, so that what the machine does falls on all four alike. A process is one value: its median over
 * the rounds, each against the middle of its round. What is left is what differs from process to process.
 * Pairs of processes are judged by the signed rank and the Mann-Whitney test; the two of one build are an A/A
 * comparison, and the floor. A case that may be slower is measured anew by other processes, and only those
 * new values decide: what made it suspicious does not count again.
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
    TERN_GATE_FASTER,     /* ok, and faster by more than it, which the new values confirm */
    TERN_GATE_REGRESSION, /* slower by more than the threshold, confirmed */
    TERN_GATE_CANNOT_TELL /* too noisy, or one side has no number */
};
const char *tern_gate_verdict_name(enum tern_gate_verdict v);

/* One case: base[i] and candidate[i] are of one group, i and i + 1 too when i is even; the first `screened`
 * were the screening. */
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

/* After the screening: may this be slower (or faster) by more than the threshold? Sets seen and floor. */
int tern_gate_suspect(struct tern_gate_row *r, double threshold);
/* The verdict. Rows that were suspected are judged by the values after the screening, the others by it. */
void tern_gate_judge(struct tern_gate_row *r, double threshold);

enum tern_gate_mode { TERN_GATE_LIVE, TERN_GATE_PROXY, TERN_GATE_HISTORY };

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

/* From records alone: `base` are those of the commit to compare with. Nothing can be measured again, so only
 * five runs or more of each side decide against a build. */
enum tern_status tern_gate_from_records(const struct tern_record *base, size_t n_base,
                                        const struct tern_record *candidate, size_t n_candidate,
                                        double threshold, uint64_t seed, struct tern_gate *out,
                                        struct tern_error *e);

/* Builds commit `ref` of the checkout `source` in `cache`/<commit>, unless that was done before, and gives
 * the path of its program (free()). TERN_UNSUPPORTED without git, meson or ninja, or when the build fails. */
enum tern_status tern_gate_build(const char *source, const char *ref, const char *cache, char **program,
                                 struct tern_error *e);

void tern_gate_text(const struct tern_gate *g, struct tern_text *t);
void tern_gate_markdown(const struct tern_gate *g, struct tern_text *t);
void tern_gate_junit(const struct tern_gate *g, struct tern_text *t);
/* Lines of GitHub's workflow commands: ::error, ::warning. */
void tern_gate_annotations(const struct tern_gate *g, struct tern_text *t);
void tern_gate_json(const struct tern_gate *g, struct tern_text *t);

#endif
