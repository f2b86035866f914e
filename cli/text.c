#include "cli/text.h"

#include "cli/command.h"

#include <stdio.h>

int tern_cli_print_text(struct tern_text *t) {
    const int failed = t->failed;
    if (!failed && t->data) fputs(t->data, stdout);
    tern_text_free(t);
    return failed ? tern_cli_starved() : 0;
}
