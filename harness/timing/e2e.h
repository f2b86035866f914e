/* End-to-end timing: prompt processing and generation, repeated, as llama-bench measures them.
 *
 * "pp N": N tokens into an empty cache, no logits but the last. "tg N": N single-token steps from an empty
 * cache, head included. Each round visits every test once, in a new order
 * (measure/sampling/round.h), after one warm-up round that is thrown away. */
#ifndef TERN_HARNESS_TIMING_E2E_H
#define TERN_HARNESS_TIMING_E2E_H

#include "harness/engine.h"
#include "measure/ceilings/ceilings.h"
#include "measure/statistics.h"

#define TERN_E2E_MAX_SAMPLES 32

struct tern_e2e_options {
    const size_t *prompts; /* N of the pp tests */
    size_t prompt_count;
    size_t generate; /* N of the tg test; 0: none */
    const size_t *threads;
    size_t thread_count;
    size_t rounds;                     /* >= 1 */
    uint64_t seed;                     /* of the token ids */
    int ceilings;                      /* read bandwidth and multiply-add peak, measured in every round too */
    enum tern_ceiling_kind peak;       /* which peak; TERN_CEILING_READ (0): TERN_CEILING_INT8 */
    size_t linear_runs;                /* with the clocks on, at most 32; 0: three */
    int energy;                        /* joules per token, where the machine tells */
    int breakdown;                     /* one more run of each test with the clocks of the operations on */
    struct tern_engine_options engine; /* its threads and context are set per test */
};

/* One test at one thread count. Rates are tokens per second. */
struct tern_e2e_row {
    char test[24]; /* "pp 128", "tg 32" */
    int decode;
    size_t tokens, threads;
    struct tern_estimate rate;           /* over the rounds */
    double sample[TERN_E2E_MAX_SAMPLES]; /* of the first rounds */
    size_t samples;
    double max;
    double bytes_per_token; /* weights, head and cache that one decoded token reads; 0 for pp: not defined */
    size_t kv_bytes;        /* of the whole cache */
    size_t peak_rss_bytes;  /* of the process until then; 0: not known */
    struct tern_engine_facts facts;

    /* Share of a ceiling that was measured in the same rounds: bytes/s of DRAM reads for tg, multiply-adds/s
     * of the linear layers (over the whole time) of the int8 peak for pp. n == 0: not asked for, or
     * why_no_share. */
    struct tern_estimate share, ceiling; /* ceiling: GB/s or GMAC/s */
    char ceiling_name[64], why_no_share[256];
    struct tern_estimate joules; /* per token; n == 0: not asked for, or why_no_joules */
    char why_no_joules[400];
    char energy_src[128]; /* of the joules; "" without */
    double idle_watts;    /* of the same source before the first round, not subtracted; NaN without */
    /* Seconds per token of the linear layers: the sum of the plan's medians, and what a few runs with the
     * clocks on took: quantising, tables, products, epilogues, and all barriers of a token. */
    double predicted; /* NaN: why_no_prediction */
    char why_no_prediction[160];
    size_t tuned_n;              /* tokens per call that the medians were measured with */
    struct tern_estimate linear; /* n == 0: not measured */
    double linear_waited;        /* share of it that is barriers */
    int has_breakdown;
    double spent[TERN_OPERATIONS]; /* seconds per token of one run, mean over the workers */
};

/* How far the measured time of the linear layers may be from the predicted one before it is worth a word. */
#define TERN_E2E_TOLERANCE 0.1

/* Measured over predicted time of the linear layers; NaN when one of them is not known. */
double tern_e2e_over_predicted(const struct tern_e2e_row *r);
/* 1 and the likely reason in one line when they differ by more than the tolerance. */
int tern_e2e_why_off(const struct tern_e2e_row *r, char *out, size_t bytes);

/* Rows are heap (free()), in the order they were asked for. */
enum tern_status tern_e2e_run(const struct tern_model *m, const struct tern_e2e_options *o,
                              struct tern_e2e_row **rows, size_t *count, struct tern_error *e);

#endif
