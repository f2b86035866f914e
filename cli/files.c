#define _GNU_SOURCE
#include "cli/files.h"

#include "base/file.h"
#include "base/status.h"
#include "measure/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *tern_cli_records_file(const char *named) {
    return named ? strdup(named) : tern_xdg_path("state", "records.jsonl");
}

char *tern_cli_records_target(const struct tern_cli_records *r) {
    return r->none ? NULL : tern_cli_records_file(r->file);
}

char *tern_cli_history_file(const char *named) {
    return named ? strdup(named) : tern_xdg_path("data", "history.db");
}

enum tern_status tern_cli_no_file(const char *command, const char *remedy, struct tern_error *e) {
    char *home = tern_xdg_path("state", "");
    free(home);
    if (home) return tern_fail(e, TERN_NO_MEMORY, "%s: out of memory", command);
    return tern_fail(e, TERN_BAD_INPUT, "%s: no home folder is known; %s", command, remedy);
}

const char *tern_cli_input(const char *named) {
    return named && !strcmp(named, "-") ? "/dev/stdin" : named;
}

char *tern_cli_with_layout(const char *model, const char *layout) {
    return layout ? tern_format_text("%s,i2s=%s", model, layout) : strdup(model);
}

char *tern_cli_program(void) {
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return NULL;
    path[n] = 0;
    return strdup(path);
}

void tern_cli_run_id(const char *command, char *out, size_t bytes) {
    char now[24];
    tern_utc_text(now, sizeof now);
    snprintf(out, bytes, "%s-%s-%ld", command, now, (long)getpid());
}
