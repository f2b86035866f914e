#include "cli/engine/options.h"
#include "cli/files.h"

#include "base/file.h"
#include "harness/text/embed.h"
#include "harness/text/prompt.h"
#include "measure/records/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 24 };

struct job {
    struct tern_cli_engine c;
    enum tern_pooling pooling;
    int raw, json;
    int32_t *ids;
    size_t count;
    float *vector;
};

static int take_pooling(void *ctx, const char *arg) {
    struct job *j = ctx;
    j->pooling = tern_pooling_named(arg);
    return j->pooling ? 0 : tern_cli_usage("embed", "--pool: '%s' is not one of mean, last, first", arg);
}

static const struct tern_cli_option options[] = {
    {"pool", 0, "mean|last|first", "how the tokens become one vector (default: what the file says)",
     TERN_CLI_TAKEN(take_pooling)},
    {"raw", 0, NULL, "keep the length of the vector", TERN_CLI_FLAG(struct job, raw)},
    {"json", 0, NULL, "as JSON", TERN_CLI_FLAG(struct job, json)},
};

/* The tokens of the text, with those that the vocabulary puts around it. */
static enum tern_status text_ids(struct job *j, struct tern_error *e) {
    struct tern_tokenizer *t = NULL;
    char *owned = NULL;
    size_t bytes = j->c.text ? strlen(j->c.text) : 0;
    const struct tern_model *m = j->c.m;
    enum tern_status s = tern_tokenizer_new(m, &t, e);
    if (!s && j->c.file) s = tern_file_read(tern_cli_input(j->c.file), TEXT_LIMIT, &owned, &bytes, e);
    if (!s) s = tern_prompt_ids(t, owned ? owned : j->c.text, bytes, TERN_TEXT_WHOLE, &j->ids, &j->count, e);
    tern_tokenizer_free(t);
    free(owned);
    return s;
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_engine *en = NULL;
    enum tern_status s = tern_cli_engine_open(&j->c, e);
    const struct tern_model *m = j->c.m;
    if (!s && !j->pooling) j->pooling = m->hp.pooling;
    if (!s && !j->pooling)
        s = tern_fail(e, TERN_BAD_INPUT,
                      "embed: %s: the file does not say how to pool; use --pool mean, last or first",
                      m->source);
    if (!s) s = text_ids(j, e);
    if (j->c.engine.head != TERN_HEAD_AUTO)
        fprintf(stderr, "tern: warning: embed: --head changes nothing: vectors need no output matrix\n");
    j->c.engine.head = TERN_HEAD_NONE;
    if (!s) s = tern_engine_new(m, &j->c.engine, &en, e);
    if (!s && !(j->vector = malloc(m->hp.hidden * sizeof *j->vector)))
        s = tern_fail(e, TERN_NO_MEMORY, "embed: out of memory");
    if (!s) s = tern_embed(en, j->ids, j->count, j->pooling, !j->raw, j->vector, e);
    if (!s) {
        struct tern_engine_facts facts;
        tern_engine_facts(en, &facts);
        if (facts.warning[0]) fprintf(stderr, "tern: warning: %s\n", facts.warning);
    }
    if (!s) tern_cli_engine_keep(&j->c, en);
    tern_engine_free(en);
    return s;
}

static int print(const struct job *j) {
    const size_t n = j->c.m->hp.hidden;
    if (j->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real((double)j->vector[i]));
        return tern_cli_print_json(
            json_pack("{s:o, s:s, s:I, s:I, s:b, s:o}", "model", tern_json_text(j->c.m->source), "pooling",
                      tern_pooling_name(j->pooling), "tokens", (json_int_t)j->count, "dimensions",
                      (json_int_t)n, "unit_length", !j->raw, "vector", list));
    }
    for (size_t i = 0; i < n; i++) printf(i ? " %.9g" : "%.9g", (double)j->vector[i]);
    putchar('\n');
    return 0;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {0};
    int rc = tern_cli_parse(&tern_command_embed, argc, argv, &j, NULL);
    if (!rc) rc = tern_cli_engine_check(&j.c, "embed");
    if (rc) return rc;
    if (!j.c.text == !j.c.file) return tern_cli_usage("embed", "give one text: -p TEXT or -f FILE");
    const enum tern_status s = work(&j, &e);
    rc = s ? tern_cli_fail(s, &e) : print(&j);
    tern_cli_engine_close(&j.c);
    free(j.vector);
    free(j.ids);
    return rc;
}

const struct tern_command tern_command_embed = {
    .name = "embed",
    .summary = "the embedding vector of a text",
    .usage = "[-m MODEL] (-p TEXT | -f FILE) [options]",
    .about = "Prints the vector of a text: the model's last hidden state after the output norm, pooled over "
             "the tokens and scaled to length 1. Texts that are longer than the context are refused.\n"
             "The file of an embedding model says how to pool (ARCH.pooling_type). Any other model needs "
             "--pool. Its vectors are what the head would multiply; they were not trained to be compared.",
    .group = {TERN_CLI_MODEL_OPTIONS(offsetof(struct job, c)), TERN_CLI_TEXT_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_GROUP(NULL, options, 0), TERN_CLI_STEP_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_ENGINE_OPTIONS(offsetof(struct job, c))},
    .example = "tern embed -p \"Ternary weights are\" --pool last --json",
    .run = run,
};
