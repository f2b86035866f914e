/* Lists of facts, and those that the records tell about a machine. Texts are plain: whoever prints them escapes
 * them. */
#ifndef TERN_REPORTS_DATA_FACTS_H
#define TERN_REPORTS_DATA_FACTS_H

#include "reports/data/select.h"

#include <stddef.h>

/* A list of (what, value, count) texts; the list owns its strings. */
struct tern_fact {
    char *what, *text;
    size_t count; /* records that say so; 0: does not apply */
};
struct tern_facts {
    struct tern_fact *item;
    size_t count, room;
    int failed; /* out of memory */
};
void tern_facts_free(struct tern_facts *f);
/* Adds (what, text), or counts it once more when it is already there. Both are copied. */
void tern_facts_add(struct tern_facts *f, const char *what, const char *text, size_t count);

/* What one machine is. Facts are the `key=value` words (a value with spaces stands in double
 * quotes) of the params and flags of its "machine" record, plus brand (the record's variant), key, versions
 * and dates. */
void tern_report_machine_facts(const struct tern_report_data *d, const char *machine, struct tern_facts *out);

/* What a reader must know before believing the numbers: every plain word of the flags of the machine's
 * records, with what it means and how many records carry it. */
void tern_report_warnings(const struct tern_report_data *d, const char *machine, struct tern_facts *out);

/* The processor's name, or the machine key when no record tells it. */
const char *tern_report_machine_name(const struct tern_report_data *d, const char *key);

/* The distinct machine keys of the records that tern measured (of all, when there are none), sorted; borrowed
 * strings, heap array (free()). NULL: out of memory. */
const char **tern_report_machine_keys(const struct tern_report_data *d, size_t *count);

#endif
