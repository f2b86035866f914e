#define _GNU_SOURCE
#include "cli/engine/options.h"
#include "cli/files.h"

#include "base/file.h"
#include "harness/text/perplexity.h"
#include "harness/text/prompt.h"
#include "measure/records/json_text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)1 << 30)

struct job {
    struct tern_cli_engine c;
    const char *file;
    size_t tokens;
    int json;
    struct tern_perplexity_options o;
};

static const struct tern_cli_option options[] = {
    {"file", 'f', "FILE", "the text", TERN_CLI_TEXT(struct job, file)},
    {"stride", 0, "S", "distance between the starts of two windows (default: half of --ctx)",
     TERN_CLI_NUMBER(struct job, o.stride, 1, 1u << 24)},
    {"tokens", 0, "N", "only the first N tokens of the text",
     TERN_CLI_NUMBER(struct job, tokens, 2, SIZE_MAX)},
    {"json", 0, NULL, "the result as JSON", TERN_CLI_FLAG(struct job, json)},
};

static int check(struct job *j) {
    const int rc = tern_cli_engine_check(&j->c, "perplexity");
    if (rc) return rc;
    if (!j->file) return tern_cli_usage("perplexity", "-f FILE is missing");
    if (j->c.engine.context == 1)
        return tern_cli_usage("perplexity", "--ctx: a window needs at least two tokens");
    j->o.quiet = j->c.quiet;
    return 0;
}

static int print_json(const struct job *j, const struct tern_perplexity *p,
                      const struct tern_engine_facts *f) {
    json_t *o = json_pack("{s:o, s:o, s:s, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:s}", "model",
                          tern_json_text(j->c.model), "text", tern_json_text(j->file), "estimator",
                          "exp of the mean over tokens", "perplexity", p->perplexity, "nll", p->nll, "tokens",
                          (json_int_t)p->tokens, "windows", (json_int_t)p->windows, "context",
                          (json_int_t)p->context, "stride", (json_int_t)p->stride, "threads",
                          (json_int_t)f->threads, "plan", f->prefill_plan);
    if (o && isfinite(p->error)) {
        json_object_set_new(o, "error", json_real(p->error));
        json_object_set_new(o, "nll_error", json_real(p->nll_error));
    } else if (o) {
        json_object_set_new(o, "why_no_error", json_string("one window"));
    }
    if (o && f->warning[0]) json_object_set_new(o, "warning", tern_json_text(f->warning));
    return tern_cli_print_json(o);
}

static int print(const struct job *j, const struct tern_perplexity *p, const struct tern_engine_facts *f) {
    if (j->json) return print_json(j, p, f);
    printf("perplexity %.6f", p->perplexity);
    if (isfinite(p->error))
        printf(" +/- %.6f (one standard error over windows)", p->error);
    else
        printf(" (one window: no error)");
    printf(", n = %zu tokens in %zu window%s, context %zu, stride %zu\n", p->tokens, p->windows,
           p->windows == 1 ? "" : "s", p->context, p->stride);
    return 0;
}

static int work(struct job *j) {
    struct tern_error e = {""};
    struct tern_tokenizer *tok = NULL;
    struct tern_engine *en = NULL;
    struct tern_perplexity result;
    struct tern_engine_facts facts;
    char *text = NULL;
    int32_t *ids = NULL;
    size_t bytes = 0, count = 0;
    int rc = 0;
    enum tern_status s = tern_file_read(tern_cli_input(j->file), TEXT_LIMIT, &text, &bytes, &e);
    if (s == TERN_OK) s = tern_cli_engine_open(&j->c, &e);
    const struct tern_model *m = j->c.m;
    if (s == TERN_OK) s = tern_tokenizer_new(m, &tok, &e);
    if (s == TERN_OK) s = tern_prompt_ids(tok, text, bytes, TERN_TEXT_START, &ids, &count, &e);
    if (s == TERN_OK && j->tokens && j->tokens < count) count = j->tokens;
    if (s == TERN_OK) s = tern_engine_new(m, &j->c.engine, &en, &e);
    if (s == TERN_OK) s = tern_perplexity_of(en, m->hp.vocab, ids, count, &j->o, &result, &e);
    if (s == TERN_OK) {
        tern_engine_facts(en, &facts);
        if (facts.warning[0]) fprintf(stderr, "tern: warning: %s\n", facts.warning);
        rc = print(j, &result, &facts);
        tern_cli_engine_keep(&j->c, en);
    }
    tern_engine_free(en);
    tern_tokenizer_free(tok);
    tern_cli_engine_close(&j->c);
    free(ids);
    free(text);
    return s == TERN_OK ? rc : tern_cli_fail(s, &e);
}

static int run(int argc, char **argv) {
    struct job j = {0};
    int rc = tern_cli_parse(&tern_command_perplexity, argc, argv, &j, NULL);
    if (!rc) rc = check(&j);
    return rc ? rc : work(&j);
}

const struct tern_command tern_command_perplexity = {
    .name = "perplexity",
    .summary = "how well a model predicts a text",
    .usage = "[-m MODEL] -f TEXT [options]",
    .about =
        "The text becomes one row of tokens. Control tokens written out in the text are read as such. The "
        "beginning-of-text token stands in front when the model asks for one.\n"
        "A window of --ctx tokens begins every --stride tokens. In each window those tokens count that no "
        "earlier window has counted. The error is one standard error, from the scatter between windows.",
    .group = {TERN_CLI_MODEL_OPTIONS(offsetof(struct job, c)), TERN_CLI_GROUP(NULL, options, 0),
              TERN_CLI_STEP_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_ENGINE_OPTIONS(offsetof(struct job, c))},
    .example = "tern perplexity -m model.gguf -f text.txt --ctx 256 --stride 128",
    .run = run,
};
