#include "cli/verify/record.h"

#include "cli/files.h"

#include "base/file.h"
#include "measure/machine/machine.h"
#include "measure/records/record.h"
#include "reports/data/text.h"

#include <stdlib.h>

/* A failure has one of the words by which a report knows it. */
static const char *flag_of(enum tern_verdict_kind kind) {
    return kind == TERN_WRONG       ? "failed wrong"
           : kind == TERN_CRASHED   ? "failed crashed"
           : kind == TERN_TIMED_OUT ? "failed timed-out"
                                    : NULL;
}

static enum tern_status put(const struct tern_record *r, struct tern_text *lines, struct tern_error *e) {
    char *line = tern_record_json(r, e);
    if (!line) return TERN_NO_MEMORY;
    if (lines->used) tern_text_put(lines, "\n");
    tern_text_put(lines, line);
    free(line);
    return TERN_OK;
}

/* All lines at once: each write waits for the disk. */
enum tern_status tern_verify_record(const char *path, const struct tern_variant *const *list,
                                    const struct tern_verdict *verdict, size_t count, struct tern_error *e) {
    const struct tern_machine *m;
    struct tern_text lines = {0};
    struct tern_record r;
    char run[64], params[1024];
    tern_cli_run_id("verify", run, sizeof run);
    enum tern_status s = tern_machine_get(&m, e);
    if (!s) {
        tern_record_of_machine(m, params, sizeof params, &r);
        r.run = run;
        s = put(&r, &lines, e);
    }
    for (size_t i = 0; i < count && !s; i++) {
        if (verdict[i].kind == TERN_NOT_RUN) continue;
        tern_record_init(&r);
        r.kind = "verify";
        r.run = run;
        r.variant = list[i]->name;
        r.code = tern_variant_code_key(list[i]);
        r.format = list[i]->format->name;
        r.flags = flag_of(verdict[i].kind);
        r.complete = 1;
        s = put(&r, &lines, e);
    }
    if (!s && lines.failed) s = tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    if (!s) s = tern_file_append_line(path, lines.data, e);
    tern_text_free(&lines);
    return s;
}
