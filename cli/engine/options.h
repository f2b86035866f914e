/* What the commands that run a model have in common: model, threads, caches, head, wisdom, sampling, text. */
#ifndef TERN_CLI_ENGINE_OPTIONS_H
#define TERN_CLI_ENGINE_OPTIONS_H

#include "cli/options.h"
#include "harness/engine.h"
#include "harness/text/sample.h"

struct tern_cli_engine {
    const char *command;                         /* for messages; set by tern_cli_engine_parse */
    const char *model, *wisdom, *cache, *layout; /* layout: of I2_S tensors */
    const char *text, *file;                     /* -p and -f of TERN_CLI_TEXT */
    int no_wisdom, no_cache, quiet;
    struct tern_engine_options engine; /* complete after tern_cli_engine_open */
    struct tern_sampling sampling;

    struct tern_model *m;
    struct tern_wisdom known;
    char *found, *folder;
};

/* Which of the shared options a command has besides those of the model itself. */
enum tern_cli_shared {
    TERN_CLI_MODEL = 0,    /* model, quiet, kv, head, act, ubatch, wisdom, cache, merge, block, i2s-layout */
    TERN_CLI_STEP = 1,     /* threads, threads-prefill, ctx */
    TERN_CLI_SAMPLING = 2, /* temp, top-k, top-p, min-p, repeat-penalty, repeat-last, seed */
    TERN_CLI_TEXT = 4      /* prompt, file */
};

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

/* Reads the command line of `self`: its own `count` options and the shared ones (one of its own replaces a
 * shared one of the same name), no operands. 0, or the exit code after a line on stderr. */
int tern_cli_engine_parse(struct tern_cli_engine *c, const struct tern_command *self, unsigned shared,
                          const struct tern_cli_option *own, size_t count, int argc, char **argv);
/* Opens the model (without one the default) and wisdom, warns on stderr, completes c->engine. */
enum tern_status tern_cli_engine_open(struct tern_cli_engine *c, struct tern_error *e);
/* After the work: keeps the packed weights if they are to be kept; a failure is a warning. */
void tern_cli_engine_keep(const struct tern_cli_engine *c, struct tern_engine *en);
void tern_cli_engine_close(struct tern_cli_engine *c);

#endif
