/* The table of keys of model files, for `tern list --keys`. */
#ifndef TERN_CLI_KEYS_H
#define TERN_CLI_KEYS_H

#include "cli/command.h"

/* One row a line; as Markdown, docs/keys.md is made of it. Returns an exit code. */
int tern_cli_list_keys(const struct tern_cli_filter *filter, int json, int markdown);

#endif
