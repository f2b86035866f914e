#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/help.h"

#include "base/file.h"
#include "base/signals.h"
#include "base/starved/json.h"
#include "base/talk/nearest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct tern_command *const commands[] = {
#define TERN_COMMAND(name) &tern_command_##name,
#include "commands.def"
#undef TERN_COMMAND
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

static void help(void) {
    puts("tern - finds, proves and uses the fastest ternary matrix kernels on this machine\n\n"
         "usage: tern <command> [options]      tern help <command> tells more, with an example\n");
    for (size_t i = 0; i < N_COMMANDS; i++) printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
    puts("\nexit codes: 0 ok, 1 check failed, 2 inconclusive, 3 usage or bad input, 4 machine lacks it, 77 "
         "skipped");
}

static int unknown(const char *name) {
    const char *known[N_COMMANDS];
    char meant[64];
    for (size_t i = 0; i < N_COMMANDS; i++) known[i] = commands[i]->name;
    tern_nearest_text(name, known, N_COMMANDS, meant, sizeof meant);
    fprintf(stderr, "tern: '%s' is not a command%s (see tern --help)\n", name, meant);
    return 3;
}

static int help_of(const char *name) {
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!strcmp(name, commands[i]->name)) return tern_cli_help(commands[i]), 0;
    return unknown(name);
}

/* A closed standard stream would lend its number to the next file that is opened, and output would land
 * there. */
static void hold_standard_streams(void) {
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) _exit(3);
}

static void ignored(void *ctx, const char *folder, const char *why) {
    (void)ctx;
    fprintf(stderr, "tern: warning: %s: ignored: %s\n", folder, why);
}

int main(int argc, char **argv) {
    hold_standard_streams();
    tern_signals_as_errors();
    tern_json_watch();
    tern_xdg_refused(ignored, NULL);
    const char *name = argc > 1 ? argv[1] : "--help";
    int rc = -1;
    if (!strcmp(name, "--version")) rc = printf("tern %s\n", TERN_VERSION) < 0;
    if (!strcmp(name, "help") && argc > 2) {
        rc = help_of(argv[2]);
    } else if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        help();
        rc = argc > 1 ? 0 : 3;
    }
    for (size_t i = 0; rc < 0 && i < N_COMMANDS; i++)
        if (!strcmp(name, commands[i]->name)) rc = commands[i]->run(argc - 1, argv + 1);
    if (rc < 0) return unknown(name);
    return tern_cli_written(rc);
}
