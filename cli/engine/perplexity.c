#define _GNU_SOURCE
#include "cli/engine/options.h"

#include "base/file.h"
#include "harness/text/perplexity.h"
#include "harness/text/prompt.h"

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

static int parse(struct job *j, int argc, char **argv) {
    const struct tern_cli_option own[] = {
        {"file", 'f', .text = &j->file},
        {"stride", .size = &j->o.stride, .lo = 1, .hi = 1u << 24},
        {"tokens", .size = &j->tokens, .lo = 2, .hi = SIZE_MAX},
        {"json", .flag = &j->json},
    };
    const int rc = tern_cli_engine_parse(&j->c, &tern_command_perplexity, TERN_CLI_STEP, own,
                                         sizeof own / sizeof *own, argc, argv);
    if (rc) return rc;
    if (!j->file) return tern_cli_usage("perplexity", "-f FILE is missing");
    if (j->c.engine.context == 1)
        return tern_cli_usage("perplexity", "--ctx: a window has two tokens or more");
    j->o.quiet = j->c.quiet;
    return 0;
}

static enum tern_status print(const struct job *j, const struct tern_perplexity *p,
                              const struct tern_engine_facts *f, struct tern_error *e) {
    if (!j->json) {
        printf("perplexity %.6f", p->perplexity);
        if (isfinite(p->error))
            printf(" +/- %.6f (one standard error over windows)", p->error);
        else
            printf(" (one window: no error)");
        printf(", n = %zu tokens in %zu window%s, context %zu, stride %zu\n", p->tokens, p->windows,
               p->windows == 1 ? "" : "s", p->context, p->stride);
        return TERN_OK;
    }
    json_t *o = json_pack("{s:s, s:s, s:s, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:s}", "model", j->c.model,
                          "text", j->file, "estimator", "exp of the mean over tokens", "perplexity",
                          p->perplexity, "nll", p->nll, "tokens", (json_int_t)p->tokens, "windows",
                          (json_int_t)p->windows, "context", (json_int_t)p->context, "stride",
                          (json_int_t)p->stride, "threads", (json_int_t)f->threads, "plan", f->prefill_plan);
    int bad = !o;
    if (!bad && isfinite(p->error)) {
        bad |= json_object_set_new(o, "error", json_real(p->error));
        bad |= json_object_set_new(o, "nll_error", json_real(p->nll_error));
    } else if (!bad) {
        bad |= json_object_set_new(o, "why_no_error", json_string("one window"));
    }
    if (!bad && f->warning[0]) bad |= json_object_set_new(o, "warning", json_string(f->warning));
    bad = bad || json_dumpf(o, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0;
    putchar('\n');
    json_decref(o);
    return bad ? tern_fail(e, TERN_IO, "perplexity: the JSON text could not be written") : TERN_OK;
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_tokenizer *tok = NULL;
    struct tern_engine *en = NULL;
    struct tern_perplexity result;
    struct tern_engine_facts facts;
    char *text = NULL;
    int32_t *ids = NULL;
    size_t bytes = 0, count = 0;
    enum tern_status s = tern_file_read(j->file, TEXT_LIMIT, &text, &bytes, e);
    if (s == TERN_OK) s = tern_cli_engine_open(&j->c, e);
    const struct tern_model *m = j->c.m;
    if (s == TERN_OK) s = tern_tokenizer_new(m, &tok, e);
    if (s == TERN_OK) s = tern_prompt_ids(m, tok, text, bytes, &ids, &count, e);
    if (s == TERN_OK && j->tokens && j->tokens < count) count = j->tokens;
    if (s == TERN_OK) s = tern_engine_new(m, &j->c.engine, &en, e);
    if (s == TERN_OK) s = tern_perplexity_of(en, m->hp.vocab, ids, count, &j->o, &result, e);
    if (s == TERN_OK) {
        tern_engine_facts(en, &facts);
        if (facts.warning[0]) fprintf(stderr, "tern: warning: %s\n", facts.warning);
        s = print(j, &result, &facts, e);
        tern_cli_engine_keep(&j->c, en);
    }
    tern_engine_free(en);
    tern_tokenizer_free(tok);
    tern_cli_engine_close(&j->c);
    free(ids);
    free(text);
    return s;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {0};
    const int rc = parse(&j, argc, argv);
    if (rc) return rc;
    const enum tern_status s = work(&j, &e);
    return s == TERN_OK ? 0 : tern_cli_fail(s, &e);
}

const struct tern_command tern_command_perplexity = {
    .name = "perplexity",
    .summary = "how well a model predicts a text",
    .help = "usage: tern perplexity [-m MODEL] -f TEXT [options]\n\n"
            "The text becomes one row of tokens (control tokens written out in it are read as such, and the\n"
            "beginning-of-text token stands in front when the model asks for one). Windows of C tokens begin "
            "every\n"
            "S tokens; of each window the tokens count that no earlier window has counted. The error is one\n"
            "standard error, from how the windows scatter.\n\n"
            "  -m, --model M      GGUF file, folder of safetensors, or synth:NAME (the model that comes with "
            "tern)\n"
            "  -f, --file FILE    the text\n"
            "      --ctx C        tokens of a window (the model's context, at most 4096)\n"
            "      --stride S     distance of windows (half of C)\n"
            "      --tokens N     only the first N tokens of the text\n"
            "  -t, --threads T    worker threads (by wisdom, else all processors); --threads-prefill T of "
            "several tokens "
            "(T)\n" //
    TERN_CLI_ENGINE_HELP "      --json         the result as JSON\n"
            "  -q, --quiet        no progress\n\n"
            "example: tern perplexity -m model.gguf -f text.txt --ctx 256 --stride 128\n",
    .run = run,
};
