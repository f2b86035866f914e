/* One line from the user: with editing and history on a terminal (libedit, when built with it), else as it
 * comes. */
#ifndef TERN_CLI_ENGINE_LINE_H
#define TERN_CLI_ENGINE_LINE_H

/* Heap (free()), without its line feed; NULL at the end or when a signal came (errno is EINTR then). The
 * prompt is shown on terminals only. */
char *tern_cli_line(const char *prompt);

#endif
