#define _GNU_SOURCE
#include "cli/engine/options.h"
#include "cli/files.h"

#include "base/file.h"
#include "harness/options.h"
#include "harness/text/default_model.h"
#include "models/gguf/gguf.h"
#include "models/keys/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CACHE_BYTES (16 << 20) /* smaller models are packed faster than a file is found */

static int named(enum tern_status s, const struct tern_error *e) {
    return s == TERN_OK ? 0 : tern_cli_fail(s, e);
}

static int take_kv(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    c->said.kv = arg;
    return named(tern_kv_named(arg, &c->engine.kv, &e), &e);
}

static int take_head(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    c->said.head = arg;
    return named(tern_head_named(arg, &c->engine.head, &e), &e);
}

static int take_act(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    c->said.act = arg;
    return named(tern_act_named(arg, &c->engine.act, &e), &e);
}

static int take_merge(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    c->said.merge = arg;
    return named(tern_merge_named(arg, &c->engine.merge, &e), &e);
}

const struct tern_cli_option tern_cli_model_options[] = {
    {"model", 'm', "MODEL",
     "GGUF file, folder of safetensors, or synth:NAME for real shapes with random weights (default: the "
     "small model that comes with tern)",
     TERN_CLI_TEXT(struct tern_cli_engine, model)},
    {"quiet", 'q', NULL, "no progress, no speed", TERN_CLI_FLAG(struct tern_cli_engine, quiet)},
};

const struct tern_cli_option tern_cli_engine_options[] = {
    {"kv", 0, "f16|f32|q8", "type of the key/value cache (default f16)", TERN_CLI_TAKEN(take_kv)},
    {"head", 0, "auto|f16|f32|q8|q6_k|exact2",
     "type of the output matrix (default auto: what keeps every value); exact2 gives the same result from "
     "fewer bytes, see docs/exact-head.md",
     TERN_CLI_TAKEN(take_head)},
    {"act", 0, "i8|f32",
     "activations (default i8); f32 leaves them unquantised, for comparison: the result is another one, and "
     "slower",
     TERN_CLI_TAKEN(take_act)},
    {"ubatch", 0, "N", "prompt tokens per step (default 128)",
     TERN_CLI_NUMBER(struct tern_cli_engine, engine.ubatch, 1, 1024)},
    {"merge", 0, "auto|never|always", "q, k and v as one matrix, gate and up as one; see docs/engine.md",
     TERN_CLI_TAKEN(take_merge)},
    {"block", 0, "BYTES",
     "results kept before their epilogue (default 0: 256 KiB; a huge number, such as 999999999999: all of "
     "them, and nothing is fused)",
     TERN_CLI_NUMBER(struct tern_cli_engine, engine.block_bytes, 0, SIZE_MAX)},
    {"i2s-layout", 0, "x86|arm|rows4", "layout of I2_S tensors (default: guessed; see docs/models.md)",
     TERN_CLI_TEXT(struct tern_cli_engine, layout)},
    {"wisdom", 0, "FILE", "use this wisdom (default: TERN_WISDOM, else the user's)",
     TERN_CLI_TEXT(struct tern_cli_engine, wisdom)},
    {"no-wisdom", 0, NULL, "ignore what was tuned on this machine",
     TERN_CLI_FLAG(struct tern_cli_engine, no_wisdom)},
    {"no-race", 0, NULL, "no race of at most a second where nothing is known of this CPU; see docs/tuning.md",
     TERN_CLI_FLAG(struct tern_cli_engine, no_race)},
    {"cache", 0, "DIR",
     "keep packed weights there (default: models of 16 MB and more are kept in the user's cache folder)",
     TERN_CLI_TEXT(struct tern_cli_engine, cache)},
    {"no-cache", 0, NULL, "neither read nor keep packed weights",
     TERN_CLI_FLAG(struct tern_cli_engine, no_cache)},
};

const struct tern_cli_option tern_cli_step_options[] = {
    {"threads", 't', "T", "worker threads (default: what wisdom knows to be best, else all processors)",
     TERN_CLI_NUMBER(struct tern_cli_engine, engine.threads, 1, 4096)},
    {"threads-prefill", 0, "T",
     "worker threads for several tokens at once, such as a prompt (default: as --threads, or by wisdom, too)",
     TERN_CLI_NUMBER(struct tern_cli_engine, engine.threads_prefill, 1, 4096)},
    {"ctx", 0, "N", "positions of the cache (default: the model's, at most 4096)",
     TERN_CLI_NUMBER(struct tern_cli_engine, engine.context, 1, 1u << 24)},
};

const struct tern_cli_option tern_cli_sampling_options[] = {
    {"temp", 0, "X", "temperature (default 0: always the likeliest token)",
     TERN_CLI_REAL(struct tern_cli_engine, sampling.temperature, 0, 100)},
    {"top-k", 0, "K", "only the K likeliest tokens",
     TERN_CLI_NUMBER(struct tern_cli_engine, sampling.top_k, 0, 1u << 30)},
    {"min-p", 0, "P", "of those, the ones that are at least P times as likely as the likeliest",
     TERN_CLI_REAL(struct tern_cli_engine, sampling.min_p, 0, 1)},
    {"top-p", 0, "P", "of those, the fewest whose probabilities reach P",
     TERN_CLI_REAL(struct tern_cli_engine, sampling.top_p, 1e-9, 1)},
    {"repeat-penalty", 0, "X", "divides positive logits of the last tokens (1: none)",
     TERN_CLI_REAL(struct tern_cli_engine, sampling.repeat_penalty, 1e-3, 1000)},
    {"repeat-last", 0, "N", "how many last tokens are meant (default 64)",
     TERN_CLI_NUMBER(struct tern_cli_engine, sampling.repeat_last, 1, 1u << 20)},
    {"seed", 0, "N", "seed of the sampling (default 0)",
     TERN_CLI_SEED(struct tern_cli_engine, sampling.seed, UINT64_MAX)},
};

const struct tern_cli_option tern_cli_text_options[] = {
    {"prompt", 'p', "TEXT", "the text", TERN_CLI_TEXT(struct tern_cli_engine, text)},
    {"file", 'f', "FILE", "the text, from a file; - is standard input",
     TERN_CLI_TEXT(struct tern_cli_engine, file)},
};

#define HOLDS(options, n)                                                                                    \
    _Static_assert(sizeof(options) / sizeof *(options) == (n), "the number in options.h")
HOLDS(tern_cli_model_options, TERN_CLI_MODEL_N);
HOLDS(tern_cli_engine_options, TERN_CLI_ENGINE_N);
HOLDS(tern_cli_step_options, TERN_CLI_STEP_N);
HOLDS(tern_cli_sampling_options, TERN_CLI_SAMPLING_N);
HOLDS(tern_cli_text_options, TERN_CLI_TEXT_N);

int tern_cli_engine_check(struct tern_cli_engine *c, const char *command) {
    c->command = command;
    c->engine.quiet = c->quiet;
    if (c->no_wisdom && c->wisdom)
        return tern_cli_usage(command, "--wisdom and --no-wisdom exclude each other");
    if (c->no_cache && c->cache) return tern_cli_usage(command, "--cache and --no-cache exclude each other");
    return 0;
}

/* The folder of packed weights for this model, or NULL. */
static const char *cache_folder(struct tern_cli_engine *c) {
    struct stat st;
    const char *path = tern_model_path(c->m);
    if (c->no_cache) return NULL;
    if (c->cache && c->m->file && !path)
        fprintf(stderr,
                "tern: warning: cache: %s: packed weights of a folder of safetensors are not kept; tern "
                "convert makes a GGUF file of it\n",
                c->model);
    if (c->cache) return c->cache;
    if (!path || stat(path, &st) || st.st_size < CACHE_BYTES) return NULL;
    return c->folder = tern_xdg_path("cache", "packed");
}

struct unknown {
    char first[160];
    size_t count;
};

static void count_unknown(void *ctx, const char *name) {
    struct unknown *u = ctx;
    const size_t used = strlen(u->first), room = sizeof u->first - used;
    if (u->count++ < 3) snprintf(u->first + used, room, "%s%s", used ? ", " : "", name);
}

/* What nobody knows is ignored, but not in silence. */
static void warn_of_unknown_keys(const struct tern_cli_engine *c) {
    struct unknown u = {.count = 0};
    if (c->m->file) tern_gguf_unknown_keys(c->m->file, count_unknown, &u);
    if (u.count)
        fprintf(stderr, "tern: warning: %s: %zu unknown key%s ignored (%s%s); tern inspect lists them\n",
                c->m->source, u.count, u.count == 1 ? "" : "s", u.first, u.count > 3 ? ", ..." : "");
}

enum tern_status tern_cli_engine_open(struct tern_cli_engine *c, struct tern_error *e) {
    char warning[512] = "";
    enum tern_status s = c->model ? TERN_OK : tern_default_model(&c->found, e);
    if (s == TERN_OK && !c->model) c->model = c->found;
    char *source = s == TERN_OK ? tern_cli_with_layout(c->model, c->layout) : NULL;
    if (s == TERN_OK && !source) s = tern_fail(e, TERN_NO_MEMORY, "%s: out of memory", c->command);
    if (s == TERN_OK) s = tern_model_open(source, &c->m, e);
    if (s == TERN_OK) warn_of_unknown_keys(c);
    const size_t parts = s == TERN_OK && c->m->file ? tern_gguf_parts(c->m->file) : 1;
    if (parts > 1 && !c->quiet) fprintf(stderr, "tern: %s: opened with all its %zu parts\n", source, parts);
    free(source);
    c->engine.wisdom = &c->known;
    if (s == TERN_OK)
        s = c->no_wisdom ? tern_wisdom_shipped(&c->known, e)
                         : tern_wisdom_here(c->wisdom, &c->known, warning, sizeof warning, e);
    if (warning[0]) fprintf(stderr, "tern: warning: %s\n", warning);
    if (s == TERN_OK) c->engine.cache = cache_folder(c);
    if (s == TERN_OK && !c->no_wisdom && !c->no_race)
        c->engine.races = c->races = tern_xdg_path("cache", "races");
    return s;
}

void tern_cli_engine_keep(const struct tern_cli_engine *c, struct tern_engine *en) {
    struct tern_error e = {""};
    if (en && c->engine.cache && tern_engine_keep(en, &e) != TERN_OK)
        fprintf(stderr, "tern: warning: %s\n", e.text);
}

void tern_cli_engine_close(struct tern_cli_engine *c) {
    tern_wisdom_free(&c->known);
    tern_model_close(c->m);
    free(c->found);
    free(c->folder);
    free(c->races);
}
