/* What races of heads have decided on this machine, so that a later start need not race again. Private to harness/. */
#ifndef TERN_HARNESS_HEAD_KNOWN_H
#define TERN_HARNESS_HEAD_KNOWN_H

#include "base/status.h"

/* A head: its rows and columns, how its rows are kept, its threads. Text without a space. */
#define TERN_HEAD_KEY 96

struct tern_head_known {
    int scan;     /* of tern_head_scans; -1: the rows alone */
    double share; /* of the rows' time, as measured then: of that scan, or of the first one */
};

/* 1: the file has a line of this key, written by the same code. A line that is damaged is none. */
int tern_head_recall(const char *path, const char *key, struct tern_head_known *out);
/* Adds the line, or replaces it; lines of other code go. */
enum tern_status tern_head_remember(const char *path, const char *key, const struct tern_head_known *k,
                                    struct tern_error *e);

#endif
