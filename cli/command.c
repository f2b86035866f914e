#include "cli/command.h"

#include "base/starved/json.h"
#include "base/starved/starved.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int told; /* why the program ends with 3 or 4 */

int tern_cli_fail(enum tern_status s, const struct tern_error *e) {
    told = 1;
    const int misread = tern_starved() && s != TERN_NO_MEMORY;
    fprintf(stderr, "tern: %s%s\n", e->text[0] ? e->text : "failed for an unknown reason",
            misread ? " (out of memory)" : "");
    return tern_exit_code(misread ? TERN_NO_MEMORY : s);
}

int tern_cli_usage(const char *command, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "tern: %s: ", command);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    if (tern_starved())
        return fputs(" (out of memory)\n", stderr), 4; /* nothing was found because nobody could look */
    fprintf(stderr, " (see tern %s --help)\n", command);
    return 3;
}

int tern_cli_starved(void) {
    static int said;
    if (!said) fputs("tern: output: out of memory\n", stderr);
    said = 1;
    tern_starve();
    return 4;
}

static int output_error; /* errno of the first flush that failed */

static int remember(int failed) {
    if (failed && !output_error) output_error = errno;
    return failed ? -1 : 0;
}

int tern_cli_flush(void) {
    return remember(fflush(stdout) != 0);
}

int tern_cli_put(const char *text) {
    return remember(fputs(text, stdout) < 0);
}

int tern_cli_written(int code) {
    if (!code && tern_starved()) code = tern_cli_starved();
    if (!tern_cli_flush() && !ferror(stdout)) return code;
    if (told && code > 2) return code;
    fprintf(stderr, "tern: output: could not be written%s%s\n", output_error ? ": " : "",
            output_error ? strerror(output_error) : "");
    return code ? code : 3;
}

int tern_cli_print_json_digits(json_t *value, unsigned digits) {
    char *text = tern_json_dump(value, JSON_INDENT(2) | JSON_REAL_PRECISION(digits));
    json_decref(value);
    if (!text) return tern_cli_starved();
    tern_cli_put(text);
    tern_cli_put("\n");
    free(text);
    return 0;
}

int tern_cli_print_json(json_t *value) {
    return tern_cli_print_json_digits(value, 12);
}
