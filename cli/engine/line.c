#define _GNU_SOURCE
#include "cli/engine/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TERN_HAVE_EDIT
#include <editline/readline.h>
#endif

char *tern_cli_line(const char *prompt) {
    const int terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
#ifdef TERN_HAVE_EDIT
    if (terminal) {
        char *line = readline(prompt);
        if (line && *line) add_history(line);
        return line;
    }
#endif
    if (terminal) {
        fputs(prompt, stdout);
        fflush(stdout);
    }
    char *line = NULL;
    size_t room = 0;
    errno = 0;
    const ssize_t n = getline(&line, &room, stdin);
    if (n < 0) {
        if (errno == EINTR) clearerr(stdin);
        free(line);
        return NULL;
    }
    if (n && line[n - 1] == '\n') line[n - 1] = 0;
    return line;
}
