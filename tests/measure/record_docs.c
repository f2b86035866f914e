/* docs/records.md against the code: its example is read, and every key of it and of the writer has its line.
 */
#define _GNU_SOURCE
#include "base/file.h"
#include "measure/records/record.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *page_text(void) {
    char *text;
    struct tern_error e = {""};
    enum tern_status s = tern_file_read(TERN_SOURCE_ROOT "/docs/records.md", 1 << 20, &text, NULL, &e);
    cr_assert(eq(int, s, TERN_OK), "%s", e.text);
    return text;
}

static void check_keys(const char *page, json_t *o) {
    const char *key;
    json_t *value;
    json_object_foreach(o, key, value) {
        char *quoted = tern_format_text("`%s`", key);
        cr_assert(strstr(page, quoted) != NULL, "%s is not described", quoted);
        free(quoted);
        if (json_is_object(value)) check_keys(page, value);
    }
}

/* The record of the page's example. */
static struct tern_records example_of(const char *page) {
    const char *from = strstr(page, "\n{\"schema\"");
    cr_assert(from != NULL);
    char *line = strndup(from + 1, strcspn(from + 1, "\n")), path[] = "/tmp/tern-docs-XXXXXX";
    int fd = mkstemp(path);
    struct tern_records set;
    cr_assert(eq(int, tern_file_append_line(path, line, NULL), TERN_OK));
    cr_assert(eq(int, tern_records_read(path, &set, NULL), TERN_OK));
    close(fd);
    unlink(path);
    free(line);
    cr_assert(eq(sz, set.count, 1), "the example is no record");
    return set;
}

Test(record_docs, example_is_what_the_writer_writes) {
    char *page = page_text();
    struct tern_records set = example_of(page);
    char *written = tern_record_json(&set.item[0], NULL);
    cr_assert(strstr(page, written) != NULL, "%s", written);
    free(written);
    tern_records_free(&set);
    free(page);
}

Test(record_docs, describe_every_key_of_a_search) {
    static const struct tern_search_variant variant = {"gemv_x__avx2", "p64", 4096};
    static const struct tern_search_trial trial = {0, "-", 1, 1, 1, 1, 1, 1, "slower"};
    static const struct tern_search_answer answer = {1, 1, 0};
    const struct tern_record_search s = {.strategy = "race",
                                         .effort = "quick",
                                         .unit = "ns/call",
                                         .seconds = 1,
                                         .variant = &variant,
                                         .variants = 1,
                                         .trial = &trial,
                                         .trials = 1,
                                         .answer = &answer,
                                         .answers = 1};
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "search";
    r.search = &s;
    char *page = page_text(), *written = tern_record_json(&r, NULL);
    json_t *o = json_loads(written, 0, NULL);
    cr_assert(eq(sz, json_object_size(json_object_get(o, "search")), 11));
    check_keys(page, o);
    json_decref(o);
    free(written);
    free(page);
}

Test(record_docs, describe_every_key) {
    char *page = page_text();
    struct tern_records set = example_of(page);
    set.item[0].est.unstable = 1;
    set.item[0].source = "another program";
    set.item[0].source = "somebody";
    char *written = tern_record_json(&set.item[0], NULL);
    json_t *o = json_loads(written, 0, NULL);
    cr_assert(eq(sz, json_object_size(o), 27), "the example lacks a key");
    check_keys(page, o);
    json_decref(o);
    free(written);
    tern_records_free(&set);
    free(page);
}
