#define _GNU_SOURCE
#include "cli/engine_options.h"

#include "base/file.h"
#include "harness/default_model.h"
#include "harness/options.h"
#include "models/gguf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CACHE_BYTES (16 << 20) /* smaller models are packed faster than a file is found */

int tern_cli_engine_take(struct tern_cli_engine *c, int option, const char *arg, int *code) {
    struct tern_error e = {""};
    enum tern_status s = TERN_OK;
    size_t n = 0;
    int ok = 1;
    switch (option) {
    case 'm':
        c->model = arg;
        break;
    case 'q':
        c->quiet = c->engine.quiet = 1;
        break;
    case 't':
        ok = tern_cli_size(c->command, "-t", arg, 1, 4096, &c->engine.threads);
        break;
    case TERN_OPT_KV:
        s = tern_kv_named(arg, &c->engine.kv, &e);
        break;
    case TERN_OPT_HEAD:
        s = tern_head_named(arg, &c->engine.head, &e);
        break;
    case TERN_OPT_NO_WISDOM:
        c->no_wisdom = 1;
        break;
    case TERN_OPT_WISDOM:
        c->wisdom = arg;
        break;
    case TERN_OPT_NO_CACHE:
        c->no_cache = 1;
        break;
    case TERN_OPT_CACHE:
        c->cache = arg;
        break;
    case TERN_OPT_UBATCH:
        ok = tern_cli_size(c->command, "--ubatch", arg, 1, 1024, &c->engine.ubatch);
        break;
    case TERN_OPT_ACT:
        s = tern_act_named(arg, &c->engine.act, &e);
        break;
    case TERN_OPT_MERGE:
        s = tern_merge_named(arg, &c->engine.merge, &e);
        break;
    case TERN_OPT_BLOCK:
        ok = tern_cli_size(c->command, "--block", arg, 0, SIZE_MAX, &c->engine.block_bytes);
        break;
    case TERN_OPT_I2S_LAYOUT:
        c->layout = arg;
        break;
    case TERN_OPT_THREADS_PREFILL:
        ok = tern_cli_size(c->command, "--threads-prefill", arg, 1, 4096, &c->engine.threads_prefill);
        break;
    case TERN_OPT_CONTEXT:
        ok = tern_cli_size(c->command, "--ctx", arg, 1, 1u << 24, &c->engine.context);
        break;
    case TERN_OPT_SEED:
        ok = tern_cli_size(c->command, "--seed", arg, 0, SIZE_MAX, &n), c->sampling.seed = n;
        break;
    case TERN_OPT_TEMP:
        ok = tern_cli_real(c->command, "--temp", arg, 0, 100, &c->sampling.temperature);
        break;
    case TERN_OPT_TOP_K:
        ok = tern_cli_size(c->command, "--top-k", arg, 0, 1u << 30, &c->sampling.top_k);
        break;
    case TERN_OPT_TOP_P:
        ok = tern_cli_real(c->command, "--top-p", arg, 1e-9, 1, &c->sampling.top_p);
        break;
    case TERN_OPT_MIN_P:
        ok = tern_cli_real(c->command, "--min-p", arg, 0, 1, &c->sampling.min_p);
        break;
    case TERN_OPT_PENALTY:
        ok = tern_cli_real(c->command, "--repeat-penalty", arg, 1e-3, 1000, &c->sampling.repeat_penalty);
        break;
    case TERN_OPT_LAST:
        ok = tern_cli_size(c->command, "--repeat-last", arg, 1, 1u << 20, &c->sampling.repeat_last);
        break;
    default:
        return 0;
    }
    if (s == TERN_OK && ok) return 1;
    *code = s == TERN_OK ? 3 : tern_cli_fail(s, &e);
    return -1;
}

int tern_cli_engine_check(const struct tern_cli_engine *c) {
    if (c->no_wisdom && c->wisdom)
        return tern_cli_usage(c->command, "--wisdom and --no-wisdom exclude each other");
    if (c->no_cache && c->cache)
        return tern_cli_usage(c->command, "--cache and --no-cache exclude each other");
    return 0;
}

/* The folder of packed weights for this model, or NULL. */
static const char *cache_folder(struct tern_cli_engine *c) {
    struct stat st;
    const char *path = tern_model_path(c->m);
    if (c->no_cache) return NULL;
    if (c->cache && c->m->file && !path)
        fprintf(
            stderr,
            "tern: warning: cache: %s: weights of a folder are not kept; tern convert makes a GGUF file\n",
            c->model);
    if (c->cache) return c->cache;
    if (!path || stat(path, &st) || st.st_size < CACHE_BYTES) return NULL;
    return c->folder = tern_xdg_path("cache", "packed");
}

enum tern_status tern_cli_engine_open(struct tern_cli_engine *c, struct tern_error *e) {
    char warning[512] = "";
    enum tern_status s = c->model ? TERN_OK : tern_default_model(&c->found, e);
    if (s == TERN_OK && !c->model) c->model = c->found;
    char *source = s == TERN_OK ? tern_cli_with_layout(c->model, c->layout) : NULL;
    if (s == TERN_OK && !source) s = tern_fail(e, TERN_NO_MEMORY, "%s: out of memory", c->command);
    if (s == TERN_OK) s = tern_model_open(source, &c->m, e);
    free(source);
    if (s == TERN_OK && !c->no_wisdom) {
        s = tern_wisdom_here(c->wisdom, &c->known, warning, sizeof warning, e);
        c->engine.wisdom = &c->known;
    }
    if (warning[0]) fprintf(stderr, "tern: warning: %s\n", warning);
    if (s == TERN_OK) c->engine.cache = cache_folder(c);
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
}
