/* JSON when memory runs out: a value that lost a member for want of memory is written like any other, and a line that could
 * not be read for want of memory looks like a torn one. So each allocation of the JSON library that fails is noted
 * (base/starved/starved.h). */
#ifndef TERN_BASE_STARVED_JSON_H
#define TERN_BASE_STARVED_JSON_H

#include <jansson.h>

/* For main, before the first value. */
void tern_json_watch(void);

/* json_dumps(): heap (free()). NULL for a NULL value, and without memory, now or before. */
char *tern_json_dump(const json_t *value, size_t flags);

#endif
