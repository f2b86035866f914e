/* Between the files of `tern e2e` only: what was asked for, and where the results go. */
#ifndef TERN_CLI_ENGINE_E2E_H
#define TERN_CLI_ENGINE_E2E_H

#include "cli/engine/options.h"
#include "cli/files.h"
#include "harness/timing/e2e.h"
#include "measure/energy/model.h"

enum { E2E_MD, E2E_CSV, E2E_JSON }; /* the words of --output */

struct e2e_job {
    struct tern_cli_engine c;
    struct tern_cli_records records;
    int output;
    struct tern_cli_numbers prompts, threads;
    size_t rounds, generate;
    struct tern_e2e_options o;
    struct tern_energy_model model; /* of --energy=model */
    int modelled;
};

/* The variants that computed a row, and whether wisdom chose any: "tuned" or "untuned". */
const char *e2e_plan(const struct tern_e2e_row *r);
const char *e2e_tuned(const struct tern_e2e_row *r);
/* "kv=q8,head=f16": what was asked for beyond the defaults; "" for nothing. Returns `out`; 256 bytes are enough. */
const char *e2e_settings(const struct e2e_job *j, char *out, size_t bytes);
/* One larger piece of a token's time: the operations [from, to) of one group (harness/profile.h). */
struct e2e_group {
    const char *name;
    size_t from, to;
    double seconds;
};
/* The group that begins with operation `from`. */
struct e2e_group e2e_group(const struct tern_e2e_row *r, size_t from);

/* Prints the rows in the form that was asked for. Returns an exit code. */
int e2e_print(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count);
int e2e_print_json(const struct e2e_job *j, const struct tern_e2e_row *rows, size_t count);
/* Appends to the file one record for the machine and one for each row. */
enum tern_status e2e_record(const struct e2e_job *j, const char *path, const struct tern_e2e_row *rows,
                            size_t count, struct tern_error *e);

#endif
