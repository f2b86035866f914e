#include "reports/history/history.h"

#include "base/file.h"
#include "reports/import/import.h"
#include "tests/reports/folder.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TERN_TEST_SQLITE
#include <sqlite3.h>

static char *folder, *path;

static void begin(void) {
    folder = folder_new();
    path = tern_format_text("%s/sub/history.db", folder);
}

static void finish(void) {
    folder_drop(folder);
    free(path);
}

TestSuite(history, .init = begin, .fini = finish);

static struct tern_history *opened(void) {
    struct tern_history *h;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_history_open(path, 0, &h, &e), TERN_OK), "%s", e.text);
    return h;
}

static char *line_of(const char *variant, const char *commit, const char *run) {
    struct tern_record r = sample_one(variant, "p64", 100, 1);
    r.commit = commit, r.run = run;
    return tern_record_json(&r, NULL);
}

static struct tern_history_added add(struct tern_history *h, const char *text, const char *commit) {
    struct tern_history_added done = {0};
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_history_add(h, text, strlen(text), commit, &done, &e), TERN_OK), "%s",
              e.text);
    return done;
}

Test(history, a_record_is_added_once) {
    struct tern_history *h = opened();
    char *line = line_of("x", "c1", "r1");
    cr_assert(eq(sz, add(h, line, NULL).added, 1));
    cr_assert(eq(sz, add(h, line, NULL).known, 1));
    free(line);
    tern_history_close(h);
}

Test(history, the_order_of_keys_and_a_commit_named_later_make_no_other_record) {
    struct tern_history *h = opened();
    cr_assert(
        eq(sz, add(h, "{\"schema\":1,\"kind\":\"sample\",\"run\":\"a\",\"machine\":\"m\"}", NULL).added, 1));
    cr_assert(
        eq(sz, add(h, "{\"kind\":\"sample\",\"schema\":1,\"machine\":\"m\",\"run\":\"a\"}", "c9").known, 1));
    tern_history_close(h);
}

Test(history, a_commit_is_given_to_records_that_name_none) {
    struct tern_history *h = opened();
    struct tern_records set;
    add(h,
        "{\"schema\":1,\"kind\":\"sample\",\"run\":\"a\"}\n{\"schema\":1,\"kind\":\"sample\",\"commit\":"
        "\"own\"}",
        "c9");
    const struct tern_history_query q = {.commit = "c9"};
    cr_assert(eq(int, (int)tern_history_find(h, &q, &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    cr_assert(eq(str, (char *)set.item[0].run, "a"));
    tern_records_free(&set);
    tern_history_close(h);
}

Test(history, torn_and_foreign_lines_are_counted_and_passed_over) {
    struct tern_history *h = opened();
    const struct tern_history_added done = add(h,
                                               "{\"schema\":1,\"kind\":\"sample\"}\n{\"schema\":9,\"kind\":"
                                               "\"sample\"}\n\n[1]\nnoise\n{\"schema\":1,\"ki",
                                               NULL);
    cr_assert(eq(sz, done.added, 1));
    cr_assert(eq(sz, done.skipped, 4));
    tern_history_close(h);
}

static enum tern_status collect(void *ctx, const char *line, struct tern_error *e) {
    struct tern_text *t = ctx;
    (void)e;
    tern_text_put(t, line);
    tern_text_put(t, "\n");
    return TERN_OK;
}

static char *exported(struct tern_history *h) {
    struct tern_text t = {0};
    cr_assert(eq(int, (int)tern_history_export(h, NULL, collect, &t, NULL), TERN_OK));
    return t.data;
}

Test(history, an_export_makes_the_same_history) {
    struct tern_history *h = opened(), *other;
    char *line = line_of("x", "c1", "r1"), *second = tern_format_text("%s/other.db", folder);
    const struct tern_annotation note = {.commit = "c1", .text = "said \"so\"\nand more", .accepted = 1};
    add(h, line, NULL);
    add(h, "{\"schema\":1,\"kind\":\"sample\",\"unknown\":{\"key\":[1.5,null]}}", NULL);
    cr_assert(eq(int, (int)tern_history_annotate(h, &note, NULL), TERN_OK));
    cr_assert(eq(int, (int)tern_history_annotate(h, &note, NULL), TERN_OK));
    char *first = exported(h);
    cr_assert(strstr(first, "\"unknown\":{\"key\":[1.5,null]}") != NULL);
    cr_assert(eq(int, (int)tern_history_open(second, 0, &other, NULL), TERN_OK));
    const struct tern_history_added done = add(other, first, NULL);
    cr_assert(eq(sz, done.added, 2));
    cr_assert(eq(sz, done.annotations, 1));
    char *again = exported(other);
    cr_assert(eq(str, first, again));
    tern_history_close(other);
    tern_history_close(h);
    free(first), free(again), free(line), free(second);
}

/* The layout of schema 1, with one record in it. */
static void write_version_one(int version) {
    sqlite3 *db;
    char sql[2048];
    cr_assert(eq(int, (int)tern_mkdirs(folder, NULL), TERN_OK));
    char *sub = tern_format_text("%s/sub", folder);
    cr_assert(eq(int, (int)tern_mkdirs(sub, NULL), TERN_OK));
    free(sub);
    cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
    snprintf(sql, sizeof sql,
             "CREATE TABLE record(id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, line TEXT NOT NULL, "
             "kind TEXT NOT NULL, machine TEXT NOT NULL, code TEXT NOT NULL, variant TEXT NOT NULL, params "
             "TEXT NOT "
             "NULL, problem TEXT NOT NULL, commit_id TEXT NOT NULL, run TEXT NOT NULL, ts TEXT NOT NULL);"
             "CREATE INDEX record_by_time ON record(ts, id);"
             "INSERT INTO record "
             "VALUES(1,'id','{\"est\":{\"median\":5.0,\"n\":9,\"unit\":\"tok/s\"},\"kind\":\"e2e\","
             "\"schema\":1,\"variant\":\"old\"}','e2e','','','old','','decode','','','2025-01-01T00:00:00Z');"
             "PRAGMA user_version=%d",
             version);
    cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK));
    sqlite3_close(db);
}

Test(history, an_older_schema_is_brought_up_to_date_with_what_it_holds) {
    write_version_one(1);
    struct tern_history *h = opened();
    struct tern_records set;
    const struct tern_history_query q = {.metric = "tok/s"};
    cr_assert(eq(int, (int)tern_history_find(h, &q, &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    cr_assert(eq(dbl, set.item[0].est.median, 5));
    tern_records_free(&set);
    const struct tern_annotation note = {.commit = "c1", .text = "new table"};
    cr_assert(eq(int, (int)tern_history_annotate(h, &note, NULL), TERN_OK));
    tern_history_close(h);
    h = opened();
    tern_history_close(h);
}

Test(history, a_newer_schema_is_refused) {
    struct tern_history *h;
    struct tern_error e = {""};
    write_version_one(99);
    cr_assert(eq(int, (int)tern_history_open(path, 0, &h, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "newer") != NULL);
}

Test(history, a_file_of_something_else_is_refused) {
    struct tern_history *h;
    struct tern_error e = {""};
    char *text = tern_format_text("%s/text", folder);
    cr_assert(eq(int,
                 (int)tern_file_replace(text,
                                        "not a data base, but long enough to be read as one ............"
                                        "..............................................................",
                                        100, &e),
                 TERN_OK));
    cr_assert(eq(int, (int)tern_history_open(text, 0, &h, &e), TERN_BAD_INPUT), "%s", e.text);
    write_version_one(0);
    cr_assert(eq(int, (int)tern_history_open(path, 0, &h, &e), TERN_BAD_INPUT), "%s", e.text);
    free(text);
}

Test(history, a_missing_file_is_not_made_by_reading) {
    struct tern_history *h;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_history_open(path, 1, &h, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "there is none yet") != NULL);
}
#endif

static json_t *imported(const char *text, const struct tern_import_options *o, size_t *records,
                        size_t *skipped) {
    struct tern_text lines = {0};
    struct tern_error e = {""};
    json_t *list = json_array();
    *records = *skipped = 0;
    cr_assert(eq(int, (int)tern_import("test", text, strlen(text), o, &lines, records, skipped, &e), TERN_OK),
              "%s", e.text);
    for (char *p = lines.data; p && *p; p = strchr(p, '\n') + 1)
        json_array_append_new(list, json_loadb(p, strcspn(p, "\n"), JSON_REJECT_DUPLICATES, NULL));
    tern_text_free(&lines);
    cr_assert(eq(sz, json_array_size(list), *records));
    return list;
}

static const char *text_at(const json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

static const char gbench[] =
    "{\"context\":{\"date\":\"2026-11-22T13:01:02+01:00\",\"host_name\":\"box\",\"machine\":\"m:1\",\"num_"
    "cpus\":2},"
    "\"benchmarks\":["
    "{\"name\":\"gemv_x__avx2/640x2560x1/t:2/hot/real_time\",\"run_name\":\"gemv_x__avx2/640x2560x1/t:2/hot/"
    "real_time\","
    "\"run_type\":\"iteration\",\"repetitions\":2,\"repetition_index\":0,\"threads\":1,\"iterations\":10,"
    "\"real_time\":1.5,\"cpu_time\":NaN,\"time_unit\":\"us\",\"note\":\"NaN, \\\"Infinity\\\"\"},"
    "{\"name\":\"gemv_x__avx2/640x2560x1/t:2/hot/real_time\",\"run_name\":\"gemv_x__avx2/640x2560x1/t:2/hot/"
    "real_time\","
    "\"run_type\":\"iteration\",\"repetition_index\":1,\"threads\":1,\"real_time\":2.5,\"cpu_time\":-"
    "Infinity,"
    "\"time_unit\":\"us\"},"
    "{\"name\":\"BM_only_median_median\",\"run_name\":\"BM_only_median\",\"run_type\":\"aggregate\","
    "\"repetitions\":5,"
    "\"aggregate_name\":\"median\",\"real_time\":7,\"time_unit\":\"ns\"},"
    "{\"name\":\"BM_bad\",\"run_name\":\"BM_bad\",\"run_type\":\"iteration\",\"error_occurred\":true,"
    "\"error_message\":\"no\",\"real_time\":NaN,\"time_unit\":\"ns\"}]}";

Test(import, google_benchmark_becomes_records_labelled_as_imported) {
    size_t records, skipped;
    const struct tern_import_options o = {.format = TERN_IMPORT_AUTO};
    json_t *list = imported(gbench, &o, &records, &skipped), *r = json_array_get(list, 0);
    cr_assert(eq(sz, records, 2));
    cr_assert(eq(sz, skipped, 1));
    cr_assert(eq(str, (char *)text_at(r, "source"), "Google Benchmark"));
    cr_assert(eq(str, (char *)text_at(r, "variant"), "gemv_x__avx2"));
    cr_assert(eq(str, (char *)text_at(r, "ts"), "2026-11-22T12:01:02Z"));
    cr_assert(eq(str, (char *)text_at(r, "machine"), "m:1"));
    cr_assert(json_object_get(r, "suite") == NULL && json_object_get(r, "commit") == NULL);
    cr_assert(eq(int, (int)json_integer_value(json_object_get(r, "threads")), 2));
    cr_assert(eq(dbl, json_real_value(json_object_get(json_object_get(r, "est"), "median")), 2000));
    cr_assert(eq(sz, json_array_size(json_object_get(json_object_get(r, "est"), "samples")), 2));
    r = json_array_get(list, 1);
    cr_assert(eq(int, (int)json_integer_value(json_object_get(json_object_get(r, "est"), "n")), 5));
    json_decref(list);
}

/* By hand from the keys that llama-bench -o json documents. */
static const char llama[] = "[{\"build_commit\":\"8f1d81a0\",\"build_number\":3651,\"cpu_info\":\"AMD "
                            "EPYC\",\"gpu_info\":\"\",\"backends\":\"CPU\","
                            "\"model_filename\":\"/models/bitnet-2b.gguf\",\"model_type\":\"bitnet 2B "
                            "I2_S\",\"model_size\":1187801600,"
                            "\"model_n_params\":2412820480,\"n_batch\":2048,\"n_ubatch\":512,\"n_threads\":2,"
                            "\"type_k\":\"f16\",\"type_v\":\"f16\","
                            "\"n_gpu_layers\":0,\"use_mmap\":true,\"n_prompt\":128,\"n_gen\":0,\"n_depth\":0,"
                            "\"test_time\":\"2026-11-22T10:00:00Z\","
                            "\"avg_ns\":2245614035,\"stddev_ns\":1,\"avg_ts\":57.0,\"stddev_ts\":0.4,"
                            "\"samples_ns\":[2245614035,2245614035],"
                            "\"samples_ts\":[56.6,57.4,57.0]},"
                            "{\"build_commit\":\"8f1d81a0\",\"cpu_info\":\"AMD "
                            "EPYC\",\"model_filename\":\"m.gguf\",\"model_type\":\"bitnet 2B I2_S\","
                            "\"n_threads\":2,\"n_prompt\":0,\"n_gen\":32,\"test_time\":\"2026-11-22T10:00:"
                            "09Z\",\"avg_ts\":12.2,\"samples_ts\":[12.2]}]";

Test(import, llama_bench_json_becomes_end_to_end_records) {
    size_t records, skipped;
    const struct tern_import_options o = {.format = TERN_IMPORT_AUTO};
    json_t *list = imported(llama, &o, &records, &skipped), *r = json_array_get(list, 0);
    cr_assert(eq(sz, records, 2));
    cr_assert(eq(str, (char *)text_at(r, "op"), "prefill"));
    cr_assert(eq(str, (char *)text_at(r, "model"), "bitnet-2b.gguf"));
    cr_assert(eq(str, (char *)text_at(r, "machine"), "AMD EPYC"));
    cr_assert(eq(str, (char *)text_at(r, "commit"), "8f1d81a0"));
    cr_assert(eq(dbl, json_real_value(json_object_get(json_object_get(r, "est"), "median")), 57.0));
    cr_assert(eq(str, (char *)text_at(json_array_get(list, 1), "op"), "decode"));
    json_decref(list);
}

Test(import, llama_bench_csv_keeps_the_mean_and_says_so) {
    size_t records, skipped;
    const struct tern_import_options o = {.format = TERN_IMPORT_LLAMA_BENCH, .machine = "m:2"};
    json_t *list = imported(
               "build_commit,cpu_info,model_filename,model_type,n_threads,n_prompt,n_gen,test_time,avg_ts\n"
               "\"8f1d\",\"AMD, \"\"EPYC\"\"\",\"m.gguf\",\"bitnet\",\"2\",\"0\",\"32\","
               "\"2026-11-22T10:00:00Z\",\"12.25\"\n",
               &o, &records, &skipped),
           *r = json_array_get(list, 0);
    cr_assert(eq(sz, records, 1));
    cr_assert(eq(str, (char *)text_at(r, "machine"), "m:2"));
    cr_assert(eq(dbl, json_real_value(json_object_get(json_object_get(r, "est"), "median")), 12.25));
    cr_assert(eq(str, (char *)json_string_value(json_array_get(json_object_get(r, "flags"), 1)), "mean"));
    json_decref(list);
}

Test(import, something_else_is_refused_with_the_list_of_formats_or_its_place) {
    static const char *const bad[] = {"",           "hello",  "[]", "{}", "[1,2]", "{\"benchmarks\":3}",
                                      "a,b\n1,2\n", "{\"a\":"};
    const struct tern_import_options o = {.format = TERN_IMPORT_AUTO};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tern_text lines = {0};
        struct tern_error e = {""};
        size_t records = 0, skipped = 0;
        cr_assert(eq(int, (int)tern_import("f", bad[i], strlen(bad[i]), &o, &lines, &records, &skipped, &e),
                     TERN_BAD_INPUT));
        cr_assert(strstr(e.text, "llama-bench") || strstr(e.text, "line 1"), "%s", e.text);
        tern_text_free(&lines);
    }
}
