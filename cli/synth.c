#include "cli/command.h"

#include "base/talk/progress.h"
#include "models/facts.h"
#include "models/synth/synth.h"

#include <stdio.h>
#include <string.h>

static void step(void *progress, double done) {
    tern_progress_step(progress, done, "");
}

struct arguments {
    size_t layers, vocab;
    uint64_t seed;
    double zeros;
    int quiet;
};

static const struct tern_cli_option options[] = {
    {"layers", 0, "N", "transformer layers (default: as the model)",
     TERN_CLI_NUMBER(struct arguments, layers, 1, 1000)},
    {"vocab", 0, "N", "tokens (default: as the model)",
     TERN_CLI_NUMBER(struct arguments, vocab, 1, 1u << 20)},
    {"seed", 0, "N", "seed of the random weights (default 1)",
     TERN_CLI_SEED(struct arguments, seed, UINT64_MAX)},
    {"zeros", 0, "P", "share of zeros, from 0 to 1 (default 0.42)",
     TERN_CLI_REAL(struct arguments, zeros, 0, 1)},
    {"quiet", 'q', NULL, "no progress line", TERN_CLI_FLAG(struct arguments, quiet)},
};

static int run(int argc, char **argv) {
    struct arguments a = {.seed = 1, .zeros = 0.42};
    struct tern_cli_words words;
    const int rc = tern_cli_parse(&tern_command_synth, argc, argv, &a, &words);
    if (rc) return rc;
    const struct tern_synth_options o = {
        .seed = a.seed, .zeros = a.zeros, .layers = (uint32_t)a.layers, .vocab = (uint32_t)a.vocab};
    struct tern_error e = {""};
    struct tern_model *m;
    struct tern_progress bar;
    const char *name = words.word[0], *out = words.word[1];
    enum tern_status s = tern_synth_model(strncmp(name, "synth:", 6) ? name : name + 6, &o, &m, &e);
    if (s) return tern_cli_fail(s, &e);
    tern_progress_begin(&bar, "synth", a.quiet);
    s = tern_synth_write(m, out, step, &bar, &e);
    tern_progress_end(&bar);
    struct tern_model_facts facts;
    tern_model_facts(m, &facts);
    if (!s)
        printf("%s: %s, %u layers, %llu ternary weights, seed %llu, zeros %g\n", out, m->hp.arch,
               m->hp.layers, (unsigned long long)facts.linear_weights, (unsigned long long)a.seed, a.zeros);
    tern_model_close(m);
    return s ? tern_cli_fail(s, &e) : 0;
}

const struct tern_command tern_command_synth = {
    .name = "synth",
    .summary = "a model of real shapes with random trits",
    .usage = "NAME OUT.gguf [options]",
    .about = "Writes a model of real shapes with seeded random trits: linear layers in I2_S, embedding in "
             "F16, and a vocabulary of bytes. NAME is a built-in model, such as 2b-4t, falcon3-1b or micro. "
             "An unknown name lists all of them.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern synth 2b-4t /tmp/two-layers.gguf --layers 2",
    .least = 2,
    .most = 2,
    .words = "NAME and OUT.gguf",
    .run = run,
};
