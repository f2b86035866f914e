/* What the commands that run a model have in common: model, threads, caches, head, wisdom, sampling. */
#ifndef TERN_CLI_ENGINE_OPTIONS_H
#define TERN_CLI_ENGINE_OPTIONS_H

#include "cli/command.h"
#include "harness/engine.h"
#include "harness/sample.h"

struct tern_cli_engine {
    const char *command;                         /* for messages; set by the caller */
    const char *model, *wisdom, *cache, *layout; /* layout: of I2_S tensors */
    int no_wisdom, no_cache, quiet;
    struct tern_engine_options engine; /* complete after tern_cli_engine_open */
    struct tern_sampling sampling;

    struct tern_model *m;
    struct tern_wisdom known;
    char *found, *folder;
};

enum {
    TERN_OPT_KV = 512,
    TERN_OPT_HEAD,
    TERN_OPT_NO_WISDOM,
    TERN_OPT_WISDOM,
    TERN_OPT_NO_CACHE,
    TERN_OPT_CACHE,
    TERN_OPT_UBATCH,
    TERN_OPT_ACT,
    TERN_OPT_MERGE,
    TERN_OPT_BLOCK,
    TERN_OPT_I2S_LAYOUT,
    TERN_OPT_THREADS_PREFILL,
    TERN_OPT_CONTEXT,
    TERN_OPT_SEED,
    TERN_OPT_TEMP,
    TERN_OPT_TOP_K,
    TERN_OPT_TOP_P,
    TERN_OPT_MIN_P,
    TERN_OPT_PENALTY,
    TERN_OPT_LAST
};

/* For a command's option table. Short ones: "m:q". */
#define TERN_CLI_ENGINE_OPTIONS                                                                              \
    {"model", required_argument, 0, 'm'}, {"quiet", no_argument, 0, 'q'},                                    \
        {"kv", required_argument, 0, TERN_OPT_KV}, {"head", required_argument, 0, TERN_OPT_HEAD},            \
        {"no-wisdom", no_argument, 0, TERN_OPT_NO_WISDOM},                                                   \
        {"wisdom", required_argument, 0, TERN_OPT_WISDOM}, {"no-cache", no_argument, 0, TERN_OPT_NO_CACHE},  \
        {"cache", required_argument, 0, TERN_OPT_CACHE}, {"ubatch", required_argument, 0, TERN_OPT_UBATCH},  \
        {"act", required_argument, 0, TERN_OPT_ACT}, {"merge", required_argument, 0, TERN_OPT_MERGE},        \
        {"block", required_argument, 0, TERN_OPT_BLOCK}, {                                                   \
        "i2s-layout", required_argument, 0, TERN_OPT_I2S_LAYOUT                                              \
    }

/* For those that continue a text. Short one: "t:". */
#define TERN_CLI_SAMPLING_OPTIONS                                                                            \
    {"threads", required_argument, 0, 't'},                                                                  \
        {"threads-prefill", required_argument, 0, TERN_OPT_THREADS_PREFILL},                                 \
        {"ctx", required_argument, 0, TERN_OPT_CONTEXT}, {"seed", required_argument, 0, TERN_OPT_SEED},      \
        {"temp", required_argument, 0, TERN_OPT_TEMP}, {"top-k", required_argument, 0, TERN_OPT_TOP_K},      \
        {"top-p", required_argument, 0, TERN_OPT_TOP_P}, {"min-p", required_argument, 0, TERN_OPT_MIN_P},    \
        {"repeat-penalty", required_argument, 0, TERN_OPT_PENALTY}, {                                        \
        "repeat-last", required_argument, 0, TERN_OPT_LAST                                                   \
    }

/* Their lines of the help. */
#define TERN_CLI_SAMPLING_HELP                                                                               \
    "      --temp X        temperature (0: always the likeliest token)\n"                                    \
    "      --top-k K, --min-p P, --top-p P    only the K likeliest; of those the ones at least P times as\n" \
    "                      likely as the likeliest; of those the fewest whose probabilities reach P\n"       \
    "      --repeat-penalty X    divides positive logits of the last tokens (1: none); --repeat-last N "     \
    "(64)\n"                                                                                                 \
    "      --seed N        of the sampling (0)\n"
#define TERN_CLI_ENGINE_HELP                                                                                 \
    "      --kv f16|f32|q8    type of the key/value cache (f16)\n"                                           \
    "      --head auto|f16|f32|q8|q6_k|exact2    type of the output matrix (auto: what keeps every value;\n" \
    "                      exact2: the same result from fewer bytes, see docs/exact-head.md)\n"              \
    "      --act i8|f32    f32 leaves activations unquantised, for comparison: another result, slower "      \
    "(i8)\n"                                                                                                 \
    "      --ubatch N      prompt tokens per step (128)\n"                                                   \
    "      --merge auto|never|always    q, k and v as one matrix, gate and up as one (docs/engine.md)\n"     \
    "      --block BYTES   results kept before their epilogue (0: 256 KiB; 1e18 or so: all, not fused)\n"    \
    "      --i2s-layout L  of I2_S tensors: x86, arm or rows4 (guessed; see docs/models.md)\n"               \
    "      --no-wisdom     ignore what was tuned; --wisdom FILE uses that file\n"                            \
    "      --no-cache      neither read nor keep packed weights; --cache DIR keeps them there (models of\n"  \
    "                      16 MB and more are kept in the cache folder of the user)\n"

/* 1: taken; 0: not one of these; -1: its argument was wrong and *code is what to return. */
int tern_cli_engine_take(struct tern_cli_engine *c, int option, const char *arg, int *code);
/* After all options: 0, or the exit code of options that contradict each other. */
int tern_cli_engine_check(const struct tern_cli_engine *c);
/* Opens the model (without one the default) and wisdom, warns on stderr, completes c->engine. */
enum tern_status tern_cli_engine_open(struct tern_cli_engine *c, struct tern_error *e);
/* After the work: keeps the packed weights if they are to be kept; a failure is a warning. */
void tern_cli_engine_keep(const struct tern_cli_engine *c, struct tern_engine *en);
void tern_cli_engine_close(struct tern_cli_engine *c);

#endif
