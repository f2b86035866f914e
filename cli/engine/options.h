/* What the commands that run a model share: model, threads, caches, head, wisdom, sampling, text. Each command
 * lists the groups that it has (TERN_CLI_MODEL_OPTIONS ...) and calls tern_cli_engine_check after it parsed. */
#ifndef TERN_CLI_ENGINE_OPTIONS_H
#define TERN_CLI_ENGINE_OPTIONS_H

#include "cli/command.h"
#include "harness/engine.h"
#include "harness/text/sample.h"

struct tern_cli_engine {
    const char *command;                         /* for messages; set by tern_cli_engine_check */
    const char *model, *wisdom, *cache, *layout; /* layout: of I2_S tensors */
    const char *text, *file;                     /* of TERN_CLI_TEXT_OPTIONS */
    struct {
        const char *kv, *head, *act, *merge;
    } said; /* the words of these options; NULL: not given */
    int no_wisdom, no_race, no_cache, quiet;
    struct tern_engine_options engine; /* complete after tern_cli_engine_open */
    struct tern_sampling sampling;

    struct tern_model *m;
    struct tern_wisdom known;
    char *found, *folder, *races;
};

/* The shared options, for the tables of commands. Their structure is struct tern_cli_engine; `at` is where it
 * lies in the structure of the command. */
extern const struct tern_cli_option tern_cli_model_options[], tern_cli_engine_options[],
    tern_cli_step_options[], tern_cli_sampling_options[], tern_cli_text_options[];
enum {
    TERN_CLI_MODEL_N = 2,
    TERN_CLI_ENGINE_N = 12,
    TERN_CLI_STEP_N = 3,
    TERN_CLI_SAMPLING_N = 7,
    TERN_CLI_TEXT_N = 2
};
/* --model, --quiet */
#define TERN_CLI_MODEL_OPTIONS(at)                                                                           \
    { NULL, tern_cli_model_options, TERN_CLI_MODEL_N, at }
/* --kv, --head, --act, --merge, --ubatch, --block, --i2s-layout, --wisdom, --cache and their opposites */
#define TERN_CLI_ENGINE_OPTIONS(at)                                                                          \
    { "How the model is computed", tern_cli_engine_options, TERN_CLI_ENGINE_N, at }
/* --threads, --threads-prefill, --ctx */
#define TERN_CLI_STEP_OPTIONS(at)                                                                            \
    { NULL, tern_cli_step_options, TERN_CLI_STEP_N, at }
/* --temp, --top-k, --top-p, --min-p, --repeat-penalty, --repeat-last, --seed */
#define TERN_CLI_SAMPLING_OPTIONS(at)                                                                        \
    { "How tokens are chosen", tern_cli_sampling_options, TERN_CLI_SAMPLING_N, at }
/* --prompt, --file */
#define TERN_CLI_TEXT_OPTIONS(at)                                                                            \
    { NULL, tern_cli_text_options, TERN_CLI_TEXT_N, at }

/* What the options say together must make sense. 0, or the exit code after a line on stderr. */
int tern_cli_engine_check(struct tern_cli_engine *c, const char *command);
/* Opens the model, or the default one when none was named. Reads wisdom and completes c->engine. Warnings go to
 * stderr. */
enum tern_status tern_cli_engine_open(struct tern_cli_engine *c, struct tern_error *e);
/* After the work: keeps the packed weights in the cache, if there is one. A failure is a warning on stderr. */
void tern_cli_engine_keep(const struct tern_cli_engine *c, struct tern_engine *en);
void tern_cli_engine_close(struct tern_cli_engine *c);

#endif
