#include "models/synth/synth.h"
#include "base/progress.h"
#include "cli/command.h"
#include "models/facts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void step(void *progress, double done) {
    tern_progress_step(progress, done, "");
}

static const char help[] =
    "usage: tern synth NAME OUT.gguf [options]\n\n"
    "Writes a model of real shapes with seeded random trits: linear layers in I2_S, embedding in F16, and a\n"
    "vocabulary of bytes. NAME is a built-in model, such as 2b-4t, falcon3-1b or micro; an unknown name "
    "lists all.\n\n"
    "      --layers N   transformer layers (default: as the model)\n"
    "      --vocab N    tokens (default: as the model)\n"
    "      --seed N     of the random weights (default 1)\n"
    "      --zeros P    share of zeros, 0 to 1 (default 0.42)\n"
    "  -q, --quiet      no progress line\n\n"
    "example: tern synth 2b-4t /tmp/two-layers.gguf --layers 2\n";

static int run(int argc, char **argv);

const struct tern_command tern_command_synth = {
    .name = "synth",
    .summary = "a model of real shapes with random trits",
    .help = help,
    .run = run,
};

static int run(int argc, char **argv) {
    static const struct option options[] = {
        {"layers", required_argument, 0, 'l'},
        {"vocab", required_argument, 0, 'v'},
        {"seed", required_argument, 0, 's'},
        {"zeros", required_argument, 0, 'z'},
        {"quiet", no_argument, 0, 'q'},
        {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0},
    };
    struct tern_synth_options o = {.seed = 1, .zeros = 0.42};
    size_t layers = 0, vocab = 0, seed = 1;
    int quiet = 0;
    for (int c; (c = tern_cli_getopt(argc, argv, ":qh", options, &tern_command_synth)) != -1;) {
        int ok = 1;
        if (c == 'l')
            ok = tern_cli_size("synth", "--layers", optarg, 1, 1000, &layers);
        else if (c == 'v')
            ok = tern_cli_size("synth", "--vocab", optarg, 1, 1u << 20, &vocab);
        else if (c == 's')
            ok = tern_cli_size("synth", "--seed", optarg, 0, SIZE_MAX, &seed);
        else if (c == 'z')
            ok = tern_cli_real("synth", "--zeros", optarg, 0, 1, &o.zeros);
        else if (c == 'q')
            quiet = 1;
        else
            ok = 0;
        if (!ok) return 3;
    }
    if (argc - optind != 2) return tern_cli_usage("synth", "two arguments are needed, NAME and OUT.gguf");
    o.seed = seed;
    o.layers = (uint32_t)layers;
    o.vocab = (uint32_t)vocab;

    struct tern_error e = {0};
    struct tern_model *m;
    struct tern_progress bar;
    const char *name = argv[optind], *out = argv[optind + 1];
    enum tern_status s = tern_synth_model(strncmp(name, "synth:", 6) ? name : name + 6, &o, &m, &e);
    if (s) return tern_cli_fail(s, &e);
    tern_progress_begin(&bar, "synth", quiet);
    s = tern_synth_write(m, out, step, &bar, &e);
    tern_progress_end(&bar);
    struct tern_model_facts facts;
    tern_model_facts(m, &facts);
    if (!s)
        printf("%s: %s, %u layers, %llu ternary weights, seed %zu, zeros %g\n", out, m->hp.arch, m->hp.layers,
               (unsigned long long)facts.linear_weights, seed, o.zeros);
    tern_model_close(m);
    return s ? tern_cli_fail(s, &e) : 0;
}
