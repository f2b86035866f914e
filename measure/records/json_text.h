/* Text of any origin as a JSON string. */
#ifndef TERN_MEASURE_RECORDS_JSON_TEXT_H
#define TERN_MEASURE_RECORDS_JSON_TEXT_H

#include <jansson.h>

/* A JSON string, a new reference. Names of files need not be UTF-8: each byte that is no part of a character becomes
 * U+FFFD. NULL only without memory, or for NULL. */
json_t *tern_json_text(const char *text);

#endif
