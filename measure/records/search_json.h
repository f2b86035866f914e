/* The part "search" of a record, to and from JSON. Between the files of the record only. */
#ifndef TERN_MEASURE_RECORDS_SEARCH_JSON_H
#define TERN_MEASURE_RECORDS_SEARCH_JSON_H

#include "measure/records/search.h"
#include "measure/records/store.h"

/* NULL when out of memory. */
json_t *tern_search_to_json(const struct tern_record_search *s);
void tern_search_of_json(struct tern_record_line *l, const json_t *o, struct tern_record_search *s);

#endif
