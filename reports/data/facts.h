/* Lists of facts, and those that the records tell about a machine. Texts are plain: whoever prints them
 * escapes them. */
#ifndef TERN_REPORTS_DATA_FACTS_H
#define TERN_REPORTS_DATA_FACTS_H

#include "reports/data/select.h"

#include <stddef.h>

/* A list of facts. It owns its strings. */
struct tern_fact {
    char *what, *text;
    size_t count; /* how many records say so; 0: does not apply */
};
struct tern_facts {
    struct tern_fact *item;
    size_t count, room;
    int failed; /* out of memory */
};
void tern_facts_free(struct tern_facts *f);
/* Adds a fact, or adds `count` to the same fact when it is there already. Both texts are copied. */
void tern_facts_add(struct tern_facts *f, const char *what, const char *text, size_t count);

/* What one machine is. The facts are the `key=value` words in the params and flags of its "machine" record (a
 * value with spaces is in double quotes), the name of the processor (the record's variant), the machine key,
 * versions and dates. */
void tern_report_machine_facts(const struct tern_report_data *d, const char *machine, struct tern_facts *out);

/* What a reader must know before believing the numbers: each plain word among the flags of the machine's
 * records, what it means, and how many records have it. */
void tern_report_warnings(const struct tern_report_data *d, const char *machine, struct tern_facts *out);

/* The processor's name, or the machine key when no record tells it. */
const char *tern_report_machine_name(const struct tern_report_data *d, const char *key);

/* The distinct machine keys of the records that tern measured, sorted; of all records when tern measured
 * none. The strings are borrowed, the array is heap (free()). NULL: out of memory. */
const char **tern_report_machine_keys(const struct tern_report_data *d, size_t *count);

#endif
