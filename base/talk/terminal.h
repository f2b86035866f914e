/* What the terminal behind a file descriptor can do. */
#ifndef TERN_BASE_TALK_TERMINAL_H
#define TERN_BASE_TALK_TERMINAL_H

#include <stddef.h>

/* 1 when `fd` is a terminal that understands codes to wipe a line: TERM is set and not "dumb". */
int tern_terminal_redraws(int fd);

/* Columns of the terminal behind `fd`, at least 40; 80 where it is no terminal or does not tell. */
size_t tern_terminal_columns(int fd);

#endif
