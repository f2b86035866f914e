#define _GNU_SOURCE
#include "cli/engine/options.h"

#include "base/file.h"
#include "harness/options.h"
#include "harness/text/default_model.h"
#include "models/gguf/gguf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define CACHE_BYTES (16 << 20) /* smaller models are packed faster than a file is found */

static int named(enum tern_status s, const struct tern_error *e) {
    return s == TERN_OK ? 0 : tern_cli_fail(s, e);
}

static int take_kv(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    return named(tern_kv_named(arg, &c->engine.kv, &e), &e);
}

static int take_head(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    return named(tern_head_named(arg, &c->engine.head, &e), &e);
}

static int take_act(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    return named(tern_act_named(arg, &c->engine.act, &e), &e);
}

static int take_merge(void *ctx, const char *arg) {
    struct tern_cli_engine *c = ctx;
    struct tern_error e = {""};
    return named(tern_merge_named(arg, &c->engine.merge, &e), &e);
}

int tern_cli_engine_parse(struct tern_cli_engine *c, const struct tern_command *self, unsigned shared,
                          const struct tern_cli_option *own, size_t count, int argc, char **argv) {
    struct tern_engine_options *en = &c->engine;
    struct tern_sampling *s = &c->sampling;
    const struct tern_cli_option model[] = {
        {"model", 'm', .text = &c->model},
        {"quiet", 'q', .flag = &c->quiet},
        {"kv", .take = take_kv, .ctx = c},
        {"head", .take = take_head, .ctx = c},
        {"act", .take = take_act, .ctx = c},
        {"merge", .take = take_merge, .ctx = c},
        {"ubatch", .size = &en->ubatch, .lo = 1, .hi = 1024},
        {"block", .size = &en->block_bytes, .hi = SIZE_MAX},
        {"i2s-layout", .text = &c->layout},
        {"wisdom", .text = &c->wisdom},
        {"no-wisdom", .flag = &c->no_wisdom},
        {"cache", .text = &c->cache},
        {"no-cache", .flag = &c->no_cache},
    };
    const struct tern_cli_option step[] = {
        {"threads", 't', .size = &en->threads, .lo = 1, .hi = 4096},
        {"threads-prefill", .size = &en->threads_prefill, .lo = 1, .hi = 4096},
        {"ctx", .size = &en->context, .lo = 1, .hi = 1u << 24},
    };
    const struct tern_cli_option sampling[] = {
        {"seed", .seed = &s->seed},
        {"temp", .real = &s->temperature, .least = 0, .most = 100},
        {"top-k", .size = &s->top_k, .lo = 0, .hi = 1u << 30},
        {"top-p", .real = &s->top_p, .least = 1e-9, .most = 1},
        {"min-p", .real = &s->min_p, .least = 0, .most = 1},
        {"repeat-penalty", .real = &s->repeat_penalty, .least = 1e-3, .most = 1000},
        {"repeat-last", .size = &s->repeat_last, .lo = 1, .hi = 1u << 20},
    };
    const struct tern_cli_option text[] = {
        {"prompt", 'p', .text = &c->text},
        {"file", 'f', .text = &c->file},
    };
    const struct tern_cli_option *const groups[] = {own, model, step, sampling, text};
    const size_t counts[] = {count, COUNT(model), shared & TERN_CLI_STEP ? COUNT(step) : 0,
                             shared & TERN_CLI_SAMPLING ? COUNT(sampling) : 0,
                             shared & TERN_CLI_TEXT ? COUNT(text) : 0};
    c->command = self->name;
    const int rc = tern_cli_options(self, argc, argv, groups, counts, COUNT(groups));
    en->quiet = c->quiet;
    if (rc) return rc;
    if (optind < argc) return tern_cli_usage(self->name, "'%s' is not an option", argv[optind]);
    if (c->no_wisdom && c->wisdom)
        return tern_cli_usage(self->name, "--wisdom and --no-wisdom exclude each other");
    if (c->no_cache && c->cache)
        return tern_cli_usage(self->name, "--cache and --no-cache exclude each other");
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
