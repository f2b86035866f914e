#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"
#include "harness/default_model.h"
#include "harness/generate.h"
#include "harness/options.h"
#include "harness/prompt.h"
#include "harness/text_stream.h"
#include "models/tokenizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)64 << 20)

/* Everything `tern run` was asked for and holds. */
struct job {
    const char *model, *text, *file, *tokens, *logits, *wisdom;
    size_t count, ubatch;
    int print_ids, no_wisdom, ignore_end, quiet;
    struct tern_engine_options engine;
    struct tern_sampling sampling;

    struct tern_model *m;
    struct tern_tokenizer *tok;
    struct tern_text_stream stream;
    struct tern_replace out; /* of --logits */
    int out_open;
    size_t printed;
    enum tern_status failed; /* in a callback */
    struct tern_error *error;
};

enum {
    OPT_SEED = 256,
    OPT_TEMP,
    OPT_TOP_K,
    OPT_TOP_P,
    OPT_TOKENS,
    OPT_PRINT_IDS,
    OPT_LOGITS,
    OPT_KV,
    OPT_HEAD,
    OPT_NO_WISDOM,
    OPT_WISDOM,
    OPT_CONTEXT,
    OPT_IGNORE_EOS,
    OPT_UBATCH
};

static const struct option options[] = {{"model", required_argument, 0, 'm'},
                                        {"prompt", required_argument, 0, 'p'},
                                        {"file", required_argument, 0, 'f'},
                                        {"count", required_argument, 0, 'n'},
                                        {"threads", required_argument, 0, 't'},
                                        {"seed", required_argument, 0, OPT_SEED},
                                        {"temp", required_argument, 0, OPT_TEMP},
                                        {"top-k", required_argument, 0, OPT_TOP_K},
                                        {"top-p", required_argument, 0, OPT_TOP_P},
                                        {"tokens", required_argument, 0, OPT_TOKENS},
                                        {"print-ids", no_argument, 0, OPT_PRINT_IDS},
                                        {"logits", required_argument, 0, OPT_LOGITS},
                                        {"kv", required_argument, 0, OPT_KV},
                                        {"head", required_argument, 0, OPT_HEAD},
                                        {"no-wisdom", no_argument, 0, OPT_NO_WISDOM},
                                        {"wisdom", required_argument, 0, OPT_WISDOM},
                                        {"ignore-eos", no_argument, 0, OPT_IGNORE_EOS},
                                        {"ctx", required_argument, 0, OPT_CONTEXT},
                                        {"ubatch", required_argument, 0, OPT_UBATCH},
                                        {"quiet", no_argument, 0, 'q'},
                                        {"help", no_argument, 0, 'h'},
                                        {0, 0, 0, 0}};

/* 0, or the exit code of an argument that cannot be. */
static int take(struct job *j, int option, const char *arg) {
    struct tern_error e = {""};
    enum tern_status s = TERN_OK;
    size_t n = 0;
    int ok = 1;
    switch (option) {
    case 'm':
        j->model = arg;
        break;
    case 'p':
        j->text = arg;
        break;
    case 'f':
        j->file = arg;
        break;
    case 'q':
        j->quiet = 1;
        break;
    case 'n':
        ok = tern_cli_size("run", "-n", arg, 0, 1u << 20, &j->count);
        break;
    case 't':
        ok = tern_cli_size("run", "-t", arg, 1, 4096, &j->engine.threads);
        break;
    case OPT_SEED:
        ok = tern_cli_size("run", "--seed", arg, 0, SIZE_MAX, &n), j->sampling.seed = n;
        break;
    case OPT_TEMP:
        ok = tern_cli_real("run", "--temp", arg, 0, 100, &j->sampling.temperature);
        break;
    case OPT_TOP_K:
        ok = tern_cli_size("run", "--top-k", arg, 0, 1u << 30, &j->sampling.top_k);
        break;
    case OPT_TOP_P:
        ok = tern_cli_real("run", "--top-p", arg, 1e-9, 1, &j->sampling.top_p);
        break;
    case OPT_TOKENS:
        j->tokens = arg;
        break;
    case OPT_PRINT_IDS:
        j->print_ids = 1;
        break;
    case OPT_LOGITS:
        j->logits = arg;
        break;
    case OPT_KV:
        s = tern_kv_named(arg, &j->engine.kv, &e);
        break;
    case OPT_HEAD:
        s = tern_head_named(arg, &j->engine.head, &e);
        break;
    case OPT_NO_WISDOM:
        j->no_wisdom = 1;
        break;
    case OPT_IGNORE_EOS:
        j->ignore_end = 1;
        break;
    case OPT_WISDOM:
        j->wisdom = arg;
        break;
    case OPT_CONTEXT:
        ok = tern_cli_size("run", "--ctx", arg, 1, 1u << 24, &j->engine.context);
        break;
    case OPT_UBATCH:
        ok = tern_cli_size("run", "--ubatch", arg, 1, 1024, &j->engine.ubatch);
        break;
    default:
        return 3;
    }
    if (s != TERN_OK) return tern_cli_fail(s, &e);
    return ok ? 0 : 3;
}

static int parse(struct job *j, int argc, char **argv) {
    for (int o; (o = tern_cli_getopt(argc, argv, "m:p:f:n:t:qh", options, &tern_command_run)) != -1;) {
        if (o == '?') return 3;
        const int rc = take(j, o, optarg);
        if (rc) return rc;
    }
    if (optind < argc) return tern_cli_usage("run", "'%s' is not an option", argv[optind]);
    if (!!j->text + !!j->file + !!j->tokens != 1)
        return tern_cli_usage("run", "give one prompt: -p TEXT, -f FILE or --tokens IDS");
    if (j->no_wisdom && j->wisdom)
        return tern_cli_usage("run", "--wisdom and --no-wisdom exclude each other");
    j->engine.quiet = j->quiet;
    return 0;
}

/* The prompt's ids: given ones as they are; a text's with the beginning-of-text token that the model wants.
 */
static enum tern_status prompt_ids(struct job *j, int32_t **ids, size_t *count, struct tern_error *e) {
    if (j->tokens) {
        size_t *list = NULL;
        if (!tern_cli_sizes("run", "--tokens", j->tokens, 0, INT32_MAX, &list, count))
            return TERN_SKIPPED; /* said already */
        *ids = malloc(*count * sizeof **ids);
        for (size_t i = 0; *ids && i < *count; i++) (*ids)[i] = (int32_t)list[i];
        free(list);
        return *ids ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "prompt: out of memory");
    }
    char *owned = NULL;
    size_t bytes = j->text ? strlen(j->text) : 0;
    enum tern_status s = j->file ? tern_file_read(j->file, TEXT_LIMIT, &owned, &bytes, e) : TERN_OK;
    if (s == TERN_OK) s = tern_prompt_ids(j->m, j->tok, owned ? owned : j->text, bytes, ids, count, e);
    free(owned);
    return s;
}

static int write_logits(void *ctx, const float *logits, size_t rows) {
    struct job *j = ctx;
    j->failed = tern_replace_write(&j->out, logits, rows * j->m->hp.vocab * sizeof *logits, j->error);
    return j->failed != TERN_OK;
}

static int print_token(void *ctx, int32_t id) {
    struct job *j = ctx;
    size_t bytes = 0;
    if (j->print_ids) {
        printf("%s%d", j->printed++ ? " " : "", id);
        return fflush(stdout) != 0;
    }
    const char *piece = tern_token_bytes(j->tok, id, 0, &bytes);
    char *text = bytes ? malloc(3 * (bytes + 4)) : NULL;
    if (piece && text) fwrite(text, 1, tern_text_push(&j->stream, piece, bytes, text), stdout);
    free(text);
    return fflush(stdout) != 0;
}

static void end_text(struct job *j) {
    char rest[12];
    if (!j->print_ids) fwrite(rest, 1, tern_text_end(&j->stream, rest), stdout);
    putchar('\n');
    fflush(stdout); /* before the speed on stderr; main checks for errors */
}

static void report(const struct job *j, const struct tern_generation_facts *g,
                   const struct tern_engine_facts *f) {
    static const char *const ends[] = {"", "; ended by the model", "; the context is full",
                                       "; output closed"};
    if (f->warning[0]) fprintf(stderr, "tern: warning: %s\n", f->warning);
    if (j->quiet) return;
    fprintf(stderr, "prompt:     %.1f tok/s (n = %zu tokens, one run: no spread%s), %zu thread%s\n",
            (double)g->prompt_tokens / g->prompt_seconds, g->prompt_tokens,
            j->logits ? "; logits of every position included" : "", f->threads, f->threads == 1 ? "" : "s");
    const struct tern_estimate *t = &g->token_ns;
    if (!t->n)
        fprintf(stderr, "generation: not measured: no token after the first%s\n", ends[g->end]);
    else if (isnan(t->ci_lo))
        fprintf(stderr, "generation: %.1f tok/s (median of n = %zu tokens; fewer than 6: no interval)%s\n",
                1e9 / t->median, t->n, ends[g->end]);
    else
        fprintf(stderr, "generation: %.1f tok/s (median of n = %zu tokens, 95 %% interval %.1f to %.1f)%s\n",
                1e9 / t->median, t->n, 1e9 / t->ci_hi, 1e9 / t->ci_lo, ends[g->end]);
    fprintf(stderr, "decode plan:  %s\nprefill plan: %s\nwisdom decided %zu of %zu linear layers\n",
            f->decode_plan, f->prefill_plan, f->from_wisdom, f->planned);
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_engine *en = NULL;
    struct tern_wisdom wisdom = {{0}, NULL, 0, 0};
    int32_t *ids = NULL;
    char *path = NULL, warning[512] = "";
    struct tern_generation_facts done;
    struct tern_engine_facts facts;
    enum tern_status s = j->model ? TERN_OK : tern_default_model(&path, e);
    if (s == TERN_OK) s = tern_model_open(j->model ? j->model : path, &j->m, e);
    if (s == TERN_OK && !(j->tokens && j->print_ids)) s = tern_tokenizer_new(j->m, &j->tok, e);
    struct tern_generation g = {.most = j->count,
                                .sampling = j->sampling,
                                .ignore_end = j->ignore_end,
                                .on_token = print_token,
                                .ctx = j};
    if (s == TERN_OK) s = prompt_ids(j, &ids, &g.prompt_count, e);
    if (s == TERN_OK && !j->no_wisdom) {
        s = tern_wisdom_here(j->wisdom, &wisdom, warning, sizeof warning, e);
        j->engine.wisdom = &wisdom;
    }
    if (warning[0]) fprintf(stderr, "tern: warning: %s\n", warning);
    if (s == TERN_OK) s = tern_engine_new(j->m, &j->engine, &en, e);
    if (s == TERN_OK && j->logits) {
        s = tern_replace_begin(j->logits, &j->out, e);
        j->out_open = s == TERN_OK;
        g.on_logits = write_logits;
    }
    g.prompt = ids;
    if (s == TERN_OK) s = tern_generate(en, j->m, &g, &done, e);
    if (s == TERN_OK) s = j->failed;
    if (s == TERN_OK && j->count) end_text(j);
    if (s == TERN_OK && j->out_open)
        s = tern_replace_commit(&j->out, e);
    else if (j->out_open)
        tern_replace_abandon(&j->out);
    if (s == TERN_OK) {
        tern_engine_facts(en, &facts);
        report(j, &done, &facts);
    }
    tern_engine_free(en);
    tern_wisdom_free(&wisdom);
    tern_tokenizer_free(j->tok);
    tern_model_close(j->m);
    free(ids);
    free(path);
    return s;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {.count = 32, .sampling = {.top_p = 1}, .error = &e};
    const int rc = parse(&j, argc, argv);
    if (rc) return rc;
    const enum tern_status s = work(&j, &e);
    if (s == TERN_SKIPPED) return 3;
    return s == TERN_OK ? 0 : tern_cli_fail(s, &e);
}

const struct tern_command tern_command_run = {
    .name = "run",
    .summary = "generates text with a model",
    .help =
        "usage: tern run [-m FILE.gguf|synth:NAME] (-p TEXT | -f FILE | --tokens IDS) [options]\n\n"
        "Generated text goes to stdout, speed to stderr. Without -m the small model that comes with tern "
        "runs.\n\n"
        "  -m, --model M       model file, or synth:NAME for real shapes with random weights\n"
        "  -p, --prompt TEXT   prompt; -f, --file FILE reads it from a file\n"
        "      --tokens IDS    prompt as token ids (1,2,3), used as they are: no beginning-of-text is added\n"
        "  -n, --count N       tokens to generate (32)\n"
        "  -t, --threads T     worker threads (all processors)\n"
        "      --temp X        temperature (0: always the likeliest token)\n"
        "      --top-k K, --top-p P   only the K likeliest; the fewest whose probabilities reach P\n"
        "      --seed N        of the sampling (0)\n"
        "      --print-ids     prints the ids of the generated tokens instead of their text\n"
        "      --logits FILE   writes the logits of every prompt position: f32, little-endian, row by row\n"
        "      --kv f16|f32    type of the key/value cache (f16)\n"
        "      --head auto|f16|f32    type of the output matrix (auto: what keeps every value)\n"
        "      --ctx N         positions of the cache (the model's, at most 4096)\n"
        "      --ubatch N      prompt tokens per step (128)\n"
        "      --no-wisdom     ignore what was tuned; --wisdom FILE uses that file\n"
        "  -q, --quiet         no progress, no speed\n\n"
        "example: tern run -p \"Ternary weights are\" -n 32 -t 2\n",
    .run = run,
};
