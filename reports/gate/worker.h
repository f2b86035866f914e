/* A measuring process, seen from the gate: `tern gate --worker` of some build. The gate keeps it alive and
 * asks for one short sample at a time, so that the samples of several builds lie milliseconds apart.
 *
 * They talk in lines over one socket, which is the worker's standard input and output. The worker says
 *     tern-gate 1
 *     case NAME                 one per case, in the order of its filter
 *     ready
 * and then answers. "open I CALLS" makes case I ready; "sample CALLS" times so many calls of it. The answer
 * to either is "ns NUMBER" per call, or "fail TEXT". The worker ends when the socket is closed. */
#ifndef TERN_REPORTS_GATE_WORKER_H
#define TERN_REPORTS_GATE_WORKER_H

#include "base/status.h"

#include <stddef.h>
#include <sys/types.h>

struct tern_gate_worker {
    const char *program;
    pid_t pid; /* 0: not running */
    int talk, said;
    char text[4096]; /* received and not yet taken */
    size_t used;
};

/* Starts the worker and does not wait for it. TERN_UNSUPPORTED when it cannot be started. */
enum tern_status tern_gate_worker_start(const char *const *argv, struct tern_gate_worker *w,
                                        struct tern_error *e);
/* Sends a line, with its end, and does not wait for the answer. */
enum tern_status tern_gate_worker_ask(struct tern_gate_worker *w, const char *line, struct tern_error *e);
/* The next line, without its end. TERN_UNSUPPORTED when none comes within `seconds`; the error text has
 * what the worker last wrote to its standard error. */
enum tern_status tern_gate_worker_line(struct tern_gate_worker *w, double seconds, char *out,
                                       size_t out_bytes, struct tern_error *e);
/* Closes the socket, waits a moment for the worker's end, and ends it if it is still there. Does nothing
 * when it is not running. */
void tern_gate_worker_end(struct tern_gate_worker *w);

#endif
