#include "cli/text.h"

#include "cli/command.h"

int tern_cli_print_text(struct tern_text *t) {
    const int failed = t->failed;
    if (!failed && t->data) tern_cli_put(t->data);
    tern_text_free(t);
    return failed ? tern_cli_starved() : 0;
}
