/* JSON when memory runs out.
 *
 * A JSON value that lost a member for want of memory is written like any other, and a line of JSON that could not be read
 * for want of memory looks like a torn one. So every allocation of the JSON library is watched: once one has failed, nothing
 * is dumped any more, and readers can tell the two apart. */
#ifndef TERN_BASE_JSON_H
#define TERN_BASE_JSON_H

#include <jansson.h>

/* For main, before the first value. */
void tern_json_watch(void);

/* 1: an allocation for JSON has failed in this process since then. */
int tern_json_lost(void);

/* json_dumps(): heap (free()). NULL for a NULL value and without memory, now or before. */
char *tern_json_dump(const json_t *value, size_t flags);

#endif
