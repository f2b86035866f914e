/* Text of any origin as a JSON string. */
#ifndef TERN_MEASURE_RECORDS_JSON_TEXT_H
#define TERN_MEASURE_RECORDS_JSON_TEXT_H

#include <jansson.h>

/* A JSON string. When the text is not UTF-8, as file names need not be, every byte above ASCII becomes '?'.
 * NULL only without memory. */
json_t *tern_json_text(const char *text);

#endif
