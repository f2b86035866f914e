#define _GNU_SOURCE
#include "base/talk/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_USUAL = 80, COLUMNS_LEAST = 40 };

int tern_terminal_redraws(int fd) {
    const char *name = getenv("TERM");
    return isatty(fd) && name && *name && strcmp(name, "dumb") != 0;
}

size_t tern_terminal_columns(int fd) {
    struct winsize w;
    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &w) || !w.ws_col) return COLUMNS_USUAL;
    return w.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : w.ws_col;
}
