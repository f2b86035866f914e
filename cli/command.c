#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int tern_cli_fail(enum tern_status s, const struct tern_error *e) {
    fprintf(stderr, "tern: %s\n", e->text[0] ? e->text : "failed for an unknown reason");
    return tern_exit_code(s);
}

int tern_cli_usage(const char *command, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "tern: %s: ", command);
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, " (see tern %s --help)\n", command);
    va_end(ap);
    return 3;
}

static int output_error; /* errno of the first flush that failed */

int tern_cli_flush(void) {
    if (!fflush(stdout)) return 0;
    if (!output_error) output_error = errno;
    return -1;
}

int tern_cli_written(int code) {
    if (!tern_cli_flush() && !ferror(stdout)) return code;
    fprintf(stderr, "tern: output: could not be written%s%s\n", output_error ? ": " : "",
            output_error ? strerror(output_error) : "");
    return code ? code : 3;
}

int tern_cli_print_json_digits(json_t *value, unsigned digits) {
    if (!value) return fputs("tern: output: out of memory\n", stderr), 4;
    const int rc = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(digits));
    putchar('\n');
    json_decref(value);
    if (rc && !ferror(stdout)) return fputs("tern: output: out of memory\n", stderr), 4;
    return rc ? 3 : 0;
}

int tern_cli_print_json(json_t *value) {
    return tern_cli_print_json_digits(value, 12);
}
