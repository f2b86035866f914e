/* Names of files, models and runs that several commands make up in the same way. */
#ifndef TERN_CLI_FILES_H
#define TERN_CLI_FILES_H

#include "base/status.h"

#include <stddef.h>

/* Where a measuring command appends records to. */
struct tern_cli_records {
    const char *file; /* NULL: the user's own */
    int none;
};
/* The two options that say so; `member` of `structure` is a struct tern_cli_records. */
#define TERN_CLI_RECORDS(structure, member)                                                                  \
    {"records", 0, "FILE", "file that records are appended to (default: the user's)",                        \
     TERN_CLI_TEXT(structure, member.file)},                                                                 \
    {                                                                                                        \
        "no-records", 0, NULL, "record nothing", TERN_CLI_FLAG(structure, member.none)                       \
    }
/* The file; heap (free()). NULL: nothing is recorded, or nothing was named and no home folder is known. */
char *tern_cli_records_target(const struct tern_cli_records *r);

/* The file that was named, or the user's own. Heap (free()); NULL when nothing was named and no home folder is
 * known. */
char *tern_cli_records_file(const char *named);
char *tern_cli_history_file(const char *named);

/* Why one of these was NULL, for a file that `remedy` would name: no home folder (3), or no memory (4). Fills `e`. */
enum tern_status tern_cli_no_file(const char *command, const char *remedy, struct tern_error *e);

/* The file to read when the user names this one: "-" is standard input. NULL stays NULL. Not to be freed. */
const char *tern_cli_input(const char *named);

/* "MODEL,i2s=LAYOUT", which tern_model_open reads; MODEL itself when the layout is NULL. Heap (free()). */
char *tern_cli_with_layout(const char *model, const char *layout);

/* The path of this program. Heap (free()); NULL when it is not known. */
char *tern_cli_program(void);

/* "COMMAND-TIME-PROCESS", the id that the records of one run share. */
void tern_cli_run_id(const char *command, char *out, size_t bytes);

#endif
