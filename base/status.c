#include "base/status.h"

#include <stdio.h>
#include <string.h>

enum tern_status tern_fail(struct tern_error *e, enum tern_status s, const char *fmt, ...) {
    if (!e) return s;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    for (char *p = e->text; *p; p++) {
        if ((unsigned char)*p < ' ')
            *p = ' '; /* one error is one line, whatever a hostile file put in its names */
    }
    return s;
}

enum tern_status tern_fail_in(struct tern_error *e, enum tern_status s, const char *prefix) {
    if (!e) return s;
    char old[sizeof e->text];
    memcpy(old, e->text, sizeof old);
    return tern_fail(e, s, "%s: %s", prefix, old);
}

int tern_exit_code(enum tern_status s) {
    switch (s) {
    case TERN_OK:
        return 0;
    case TERN_CHECK_FAILED:
        return 1;
    case TERN_INCONCLUSIVE:
        return 2;
    case TERN_BAD_INPUT:
    case TERN_IO:
        return 3;
    case TERN_UNSUPPORTED:
    case TERN_NO_MEMORY:
        return 4;
    case TERN_SKIPPED:
        return 77;
    }
    return 3;
}
