/* Status codes and error text: how every room of tern says that something went wrong.
 *
 * Library functions return an `enum tern_status` and, when the caller passes a `struct tern_error`, one line of
 * text of the form "<what>: <where>: <why>". They never print, exit or abort on input. */
#ifndef TERN_BASE_STATUS_H
#define TERN_BASE_STATUS_H

#include <stdarg.h>

enum tern_status {
    TERN_OK = 0,
    TERN_CHECK_FAILED, /* a comparison or a gate said no                       -> exit 1 */
    TERN_INCONCLUSIVE, /* too noisy, or too little data                        -> exit 2 */
    TERN_BAD_INPUT,    /* usage, malformed file, missing file                  -> exit 3 */
    TERN_UNSUPPORTED,  /* this machine or this build lacks what was asked for  -> exit 4 */
    TERN_NO_MEMORY,    /* allocation failed                                    -> exit 4 */
    TERN_IO,           /* the operating system refused a read or a write       -> exit 3 */
    TERN_SKIPPED       /* deliberately not done                                -> exit 77 */
};

/* One line of text for a person. `text` is empty until something fails. */
struct tern_error {
    char text[512];
};

/* Formats the text into `e` (which may be NULL) and returns `s`, so that a failing path is one statement:
 *     return tern_fail(e, TERN_BAD_INPUT, "gguf: %s: tensor count %llu is too large", path, n); */
enum tern_status tern_fail(struct tern_error *e, enum tern_status s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<prefix>: " before the text already in `e` and returns `s`; used by callers that know the file name. */
enum tern_status tern_fail_in(struct tern_error *e, enum tern_status s, const char *prefix);

/* The process exit code that stands for a status; see the list above. */
int tern_exit_code(enum tern_status s);

#endif
