/* What the readers of a record share: where its texts and lists live, and values that are taken or refused. */
#ifndef TERN_MEASURE_RECORDS_STORE_H
#define TERN_MEASURE_RECORDS_STORE_H

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
/* Room for n elements of a size, aligned for doubles and pointers; NULL for n == 0 too. */
void *tern_record_room(struct tern_record_line *l, size_t n, size_t size);
/* Frees every block of a set. */
void tern_record_store_free(struct tern_record_block *store);

/* A copy of a JSON text. NULL for null and for no value; any other value makes the line bad. */
const char *tern_record_text(struct tern_record_line *l, const json_t *v);
/* A number. NaN for null and for no value; any other value makes the line bad. */
double tern_record_number(struct tern_record_line *l, const json_t *v);
/* A number from 0 on. 0 for null and for no value; any other value makes the line bad. */
size_t tern_record_count(struct tern_record_line *l, const json_t *v);

#endif
