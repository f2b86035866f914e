#define _GNU_SOURCE
#include "cli/engine/options.h"
#include "cli/files.h"

#include "base/file.h"
#include "base/starved/starved.h"
#include "harness/text/generate.h"
#include "harness/text/prompt.h"
#include "harness/text/text_stream.h"
#include "models/tokenizer/tokenizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)64 << 20)

/* Everything `tern run` was asked for and holds. */
struct job {
    struct tern_cli_engine c;
    struct tern_cli_numbers tokens;
    const char *logits;
    size_t count; /* SIZE_MAX: until the end or the context is full */
    int print_ids, ignore_end, shift;
    size_t keep;

    struct tern_tokenizer *tok;
    struct tern_text_stream stream;
    struct tern_replace out; /* of --logits */
    int out_open;
    size_t printed;
    enum tern_status failed; /* in a callback */
    struct tern_error *error;
};

static const struct tern_cli_option options[] = {
    {"tokens", 0, "IDS", "the prompt as token ids (1,2,3), used as they are: no beginning-of-text is added",
     TERN_CLI_NUMBERS(struct job, tokens, 0, INT32_MAX)},
    {"count", 'n', "N", "tokens to generate (default 32); -1: until the model ends or the context is full",
     TERN_CLI_COUNT(struct job, count, 0, 1u << 20)},
    {"ignore-eos", 0, NULL, "go on when the model ends", TERN_CLI_FLAG(struct job, ignore_end)},
    {"print-ids", 0, NULL, "print the ids of the generated tokens instead of their text",
     TERN_CLI_FLAG(struct job, print_ids)},
    {"logits", 0, "FILE", "write the logits of every prompt position: f32, little-endian, row by row",
     TERN_CLI_TEXT(struct job, logits)},
    {"context-shift", 0, NULL,
     "go on when the cache is full: keep the first part, drop half of the rest, and read what is left anew",
     TERN_CLI_FLAG(struct job, shift)},
    {"keep", 0, "N", "positions that a shift keeps (default: the prompt, at most a quarter)",
     TERN_CLI_NUMBER(struct job, keep, 1, 1u << 24)},
};

static int check(struct job *j) {
    const int rc = tern_cli_engine_check(&j->c, "run");
    if (rc) return rc;
    if (!!j->c.text + !!j->c.file + !!j->tokens.count != 1)
        return tern_cli_usage("run", "give one prompt: -p TEXT, -f FILE or --tokens IDS");
    if (j->keep && !j->shift) return tern_cli_usage("run", "--keep needs --context-shift");
    if (j->count == SIZE_MAX && j->shift && j->ignore_end)
        return tern_cli_usage("run", "-n -1, --context-shift and --ignore-eos together would never end");
    return 0;
}

/* The prompt's ids: given ones as they are; a text's with the beginning-of-text token that the model wants.
 */
static enum tern_status prompt_ids(struct job *j, int32_t **ids, size_t *count, struct tern_error *e) {
    if (j->tokens.count) {
        *count = j->tokens.count;
        *ids = malloc(*count * sizeof **ids);
        for (size_t i = 0; *ids && i < *count; i++) (*ids)[i] = (int32_t)j->tokens.item[i];
        return *ids ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "prompt: out of memory");
    }
    char *owned = NULL;
    size_t bytes = j->c.text ? strlen(j->c.text) : 0;
    enum tern_status s =
        j->c.file ? tern_file_read(tern_cli_input(j->c.file), TEXT_LIMIT, &owned, &bytes, e) : TERN_OK;
    if (s == TERN_OK)
        s = tern_prompt_ids(j->tok, owned ? owned : j->c.text, bytes, TERN_TEXT_START, ids, count, e);
    free(owned);
    return s;
}

static int write_logits(void *ctx, const float *logits, size_t rows) {
    struct job *j = ctx;
    j->failed = tern_replace_write(&j->out, logits, rows * j->c.m->hp.vocab * sizeof *logits, j->error);
    return j->failed != TERN_OK;
}

static int print_token(void *ctx, int32_t id) {
    struct job *j = ctx;
    size_t bytes = 0;
    if (j->print_ids) {
        printf("%s%d", j->printed++ ? " " : "", id);
        return tern_cli_flush() != 0;
    }
    const char *piece = tern_token_bytes(j->tok, id, 0, &bytes);
    char *text = bytes ? malloc(3 * (bytes + 4)) : NULL;
    if (bytes && !text) tern_starve();
    if (piece && text) fwrite(text, 1, tern_text_push(&j->stream, piece, bytes, text), stdout);
    free(text);
    return tern_cli_flush() != 0;
}

static void end_text(struct job *j) {
    char rest[12];
    if (!j->print_ids) fwrite(rest, 1, tern_text_end(&j->stream, rest), stdout);
    putchar('\n');
    tern_cli_flush(); /* before the speed on stderr; main checks for errors */
}

static void report(const struct job *j, const struct tern_generation_facts *g,
                   const struct tern_engine_facts *f) {
    static const char *const ends[] = {"", "; ended by the model", "; the context is full",
                                       "; output closed"};
    if (f->warning[0]) fprintf(stderr, "tern: warning: %s\n", f->warning);
    if (j->c.quiet) return;
    fprintf(stderr, "prompt:     %.1f tok/s (n = %zu tokens, one run: no spread%s), %zu thread%s%s\n",
            (double)g->prompt_tokens / g->prompt_seconds, g->prompt_tokens,
            j->logits ? "; logits of every position included" : "", f->threads_prefill,
            f->threads_prefill == 1 ? "" : "s", f->threads_prefill_by_wisdom ? " (by wisdom)" : "");
    if (g->shifts)
        fprintf(stderr, "context:    shifted %zu time%s, the text no longer depends on what was dropped\n",
                g->shifts, g->shifts == 1 ? "" : "s");
    const struct tern_estimate *t = &g->token_ns;
    if (!t->n)
        fprintf(stderr, "generation: not measured: no token after the first%s\n", ends[g->end]);
    else if (isnan(t->ci_lo))
        fprintf(stderr, "generation: %.1f tok/s (median of n = %zu tokens; fewer than 6: no interval)%s\n",
                1e9 / t->median, t->n, ends[g->end]);
    else
        fprintf(stderr, "generation: %.1f tok/s (median of n = %zu tokens, 95 %% interval %.1f to %.1f)%s\n",
                1e9 / t->median, t->n, 1e9 / t->ci_hi, 1e9 / t->ci_lo, ends[g->end]);
    fprintf(stderr, "ready after: %.2f s%s (one run: no spread)\n", f->load_seconds,
            f->from_cache ? ", packed weights from the cache" : "");
    if (f->exact.steps)
        fprintf(stderr, "exact2 head: %.0f of %u rows computed in full per token (mean of n = %llu tokens)\n",
                (double)f->exact.rescored / (double)f->exact.steps, j->c.m->hp.vocab,
                (unsigned long long)f->exact.steps);
    fprintf(stderr, "head:        %s\n", f->head);
    if (f->threads_by_wisdom)
        fprintf(stderr, "threads:    %zu for each token: by wisdom the fastest count\n", f->threads);
    if (f->proofs_recalled)
        fprintf(stderr, "proofs:     %zu from an earlier start of this build\n", f->proofs_recalled);
    if (f->race[0]) fprintf(stderr, "race:       %s\n", f->race);
    if (f->ranks[0]) fprintf(stderr, "ranks:      %s\n", f->ranks);
    fprintf(stderr, "decode plan:  %s\nprefill plan: %s\nwisdom decided %zu of %zu linear layers%s%s%s\n",
            f->decode_plan, f->prefill_plan, f->from_wisdom, f->planned,
            f->lent ? "; it was measured on the slowest kind of core" : "",
            f->merged_qkv ? "; q, k and v are one matrix" : "",
            f->merged_gate_up ? "; gate and up are one matrix" : "");
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_engine *en = NULL;
    int32_t *ids = NULL;
    struct tern_generation_facts done;
    struct tern_engine_facts facts;
    enum tern_status s = tern_cli_engine_open(&j->c, e);
    if (s == TERN_OK && !(j->tokens.count && j->print_ids)) s = tern_tokenizer_new(j->c.m, &j->tok, e);
    struct tern_generation g = {.most = j->count,
                                .sampling = j->c.sampling,
                                .ignore_end = j->ignore_end,
                                .shift = j->shift,
                                .keep = j->keep,
                                .on_token = print_token,
                                .ctx = j};
    if (s == TERN_OK) s = prompt_ids(j, &ids, &g.prompt_count, e);
    if (s == TERN_OK) s = tern_engine_new(j->c.m, &j->c.engine, &en, e);
    if (s == TERN_OK && j->logits) {
        s = tern_replace_begin(j->logits, &j->out, e);
        j->out_open = s == TERN_OK;
        g.on_logits = write_logits;
    }
    g.prompt = ids;
    if (s == TERN_OK) s = tern_generate(en, j->c.m, &g, &done, e);
    if (s == TERN_OK) s = j->failed;
    if (s == TERN_OK && j->count) end_text(j);
    if (s == TERN_OK && j->out_open)
        s = tern_replace_commit(&j->out, e);
    else if (j->out_open)
        tern_replace_abandon(&j->out);
    if (s == TERN_OK) {
        tern_engine_facts(en, &facts);
        report(j, &done, &facts);
        tern_cli_engine_keep(&j->c, en);
    }
    tern_engine_free(en);
    tern_tokenizer_free(j->tok);
    tern_cli_engine_close(&j->c);
    free(ids);
    return s;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {.c = {.sampling = {.top_p = 1}}, .count = 32, .error = &e};
    int rc = tern_cli_parse(&tern_command_run, argc, argv, &j, NULL);
    if (rc) return rc;
    rc = check(&j);
    if (!rc) {
        const enum tern_status s = work(&j, &e);
        rc = s == TERN_OK ? 0 : tern_cli_fail(s, &e);
    }
    tern_cli_release(&tern_command_run, &j);
    return rc;
}

const struct tern_command tern_command_run = {
    .name = "run",
    .summary = "generates text with a model",
    .usage = "[-m MODEL] (-p TEXT | -f FILE | --tokens IDS) [options]",
    .about = "Generates text. The text goes to stdout, the speed to stderr.",
    .group = {TERN_CLI_MODEL_OPTIONS(offsetof(struct job, c)), TERN_CLI_TEXT_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_GROUP(NULL, options, 0), TERN_CLI_STEP_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_SAMPLING_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_ENGINE_OPTIONS(offsetof(struct job, c))},
    .example = "tern run -p \"Ternary weights are\" -n 32 -t 2",
    .run = run,
};
