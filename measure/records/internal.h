/* Between the files of the record only. */
#ifndef TERN_MEASURE_RECORDS_INTERNAL_H
#define TERN_MEASURE_RECORDS_INTERNAL_H

#include "measure/records/search.h"

#include <jansson.h>
#include <stddef.h>

struct tern_record_block;

/* One line being read. */
struct tern_record_line {
    struct tern_record_block *store;
    int bad; /* a key of ours has a value that cannot be: the line is no record */
    int no_memory;
};

/* Bytes that live as long as the set; NULL when out of memory, which the line remembers. */
char *tern_record_store(struct tern_record_line *l, size_t bytes);

/* NULL when out of memory. */
json_t *tern_search_to_json(const struct tern_record_search *s);
void tern_search_of_json(struct tern_record_line *l, const json_t *o, struct tern_record_search *s);

#endif
