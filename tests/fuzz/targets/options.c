/* The command line of every command: the first byte chooses the command, the rest are its words, one a line. What is
 * refused comes with one line on stderr, and nothing is run. */
#define _GNU_SOURCE
#include "../frame.h"

#include "cli/command.h"

#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS = 24 };

static const struct tern_command *const commands[] = {
#define TERN_COMMAND(name) &tern_command_##name,
#include "commands.def"
#undef TERN_COMMAND
};

/* --help ends the program: here only the parse. The linker puts this in the place of exit. */
static jmp_buf asked;
static int armed;
void __wrap_exit(int code);
void __real_exit(int code) __attribute__((noreturn));
void __wrap_exit(int code) {
    if (armed) longjmp(asked, 1 + code);
    __real_exit(code);
}

static union {
    max_align_t aligned;
    char bytes[1 << 16];
} arguments;

/* Returns the exit code. */
static int parse(const struct tern_command *c, int argc, char **argv) {
    struct tern_cli_words words = {NULL, 0};
    memset(&arguments, 0, sizeof arguments);
    optind = 0;
    armed = 1;
    const int jumped = setjmp(asked);
    int code = jumped ? jumped - 1 : tern_cli_parse(c, argc, argv, &arguments, c->most ? &words : NULL);
    armed = 0;
    if (!jumped && !code && c->actions && tern_cli_action(c, &words) < 0) code = 3;
    tern_cli_release(c, &arguments);
    fflush(stdout);
    return code;
}

/* What was written to stderr since the last call. */
static size_t heard(int fd, char *out, size_t bytes) {
    fflush(stderr);
    const ssize_t n = pread(fd, out, bytes - 1, 0);
    FUZZ_MUST(!ftruncate(fd, 0) && lseek(fd, 0, SEEK_SET) == 0);
    out[n > 0 ? n : 0] = 0;
    return n > 0 ? (size_t)n : 0;
}

void fuzz_on_options(const uint8_t *data, size_t bytes) {
    static int listen = -1, out = -1;
    static char said[1 << 16];
    if (!bytes) return;
    if (listen < 0) listen = memfd_create("stderr", MFD_CLOEXEC);
    if (out < 0) out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct tern_command *c = commands[data[0] % (sizeof commands / sizeof *commands)];
    char *text = fuzz_text(data + 1, bytes - 1), *argv[WORDS + 2] = {(char[]){"tern"}}, *rest = text;
    int argc = 1;
    for (char *w; argc <= WORDS && (w = strsep(&rest, "\n")) != NULL;) argv[argc++] = w;
    fflush(stdout);
    const int was_out = dup(STDOUT_FILENO), was_err = dup(STDERR_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(listen, STDERR_FILENO);
    const int code = parse(c, argc, argv);
    const size_t n = heard(listen, said, sizeof said);
    dup2(was_out, STDOUT_FILENO);
    dup2(was_err, STDERR_FILENO);
    close(was_out);
    close(was_err);
    FUZZ_MUST(code == 0 || code == 3 || code == 4);
    if (code) FUZZ_MUST(n && !strncmp(said, "tern: ", 6) && strchr(said, '\n') == said + n - 1);
    free(text);
}
