/* A text that a writer of the reports made, on stdout. */
#ifndef TERN_CLI_TEXT_H
#define TERN_CLI_TEXT_H

#include "reports/data/text.h"

/* Prints the text and frees it. 0; or, where memory ran out and the text is incomplete, prints nothing of it, says so on
 * stderr and returns 4. */
int tern_cli_print_text(struct tern_text *t);

#endif
