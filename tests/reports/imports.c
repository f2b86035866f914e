/* Results of other programs: each format is recognised and read, and what cannot be read is told with its place. */
#define _GNU_SOURCE
#include "base/utf8.h"
#include "reports/import/import.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct outcome {
    enum tern_status status;
    size_t records, skipped;
    char why[512];
    json_t *first; /* record; NULL: none */
};

static struct outcome take(const char *text, size_t bytes, const char *format) {
    struct tern_import_options o = {.format = TERN_IMPORT_AUTO};
    struct tern_text lines = {0};
    struct tern_error e = {""};
    struct outcome out = {.status = TERN_OK};
    cr_assert(eq(int, (int)tern_import_format_named(format, &o.format, &e), TERN_OK), "%s", e.text);
    out.status = tern_import("FILE", text, bytes, &o, &lines, &out.records, &out.skipped, &e);
    if (lines.used) out.first = json_loadb(lines.data, strcspn(lines.data, "\n"), 0, NULL);
    memcpy(out.why, e.text, sizeof out.why);
    tern_text_free(&lines);
    return out;
}

static const char *text_of(const struct outcome *o, const char *key) {
    const char *text = json_string_value(json_object_get(o->first, key));
    return text ? text : "";
}

static double median_of(const struct outcome *o) {
    return json_number_value(json_object_get(json_object_get(o->first, "est"), "median"));
}

static const struct {
    const char *text, *source, *variant, *unit;
    double median;
    size_t records;
} known[] = {
    {"{\"results\":[{\"command\":\"sleep 1\",\"mean\":1.5,\"median\":1.5,\"times\":[1.0,2.0]}]}", "hyperfine",
     "sleep 1", "ns/call", 1.5e9, 1},
    {"{\"machine_info\":{\"node\":\"box\"},\"benchmarks\":[{\"name\":\"a\",\"fullname\":\"t.py::a\","
     "\"stats\":"
     "{\"median\":0.5,\"rounds\":3,\"data\":[0.25,0.5,0.75]}}],\"datetime\":\"2026-03-01T10:00:00\"}",
     "pytest-benchmark", "t.py::a", "ns/call", 5e8, 1},
    {"{\"mean\":{},\"median\":{\"confidence_interval\":{\"confidence_level\":0.95,\"lower_bound\":9.0,"
     "\"upper_bound\":11.0},\"point_estimate\":10.0,\"standard_error\":0.1},\"std_dev\":{}}",
     "Criterion.rs", "FILE", "ns/call", 10, 1},
    {"{\"Mean\":{},\"Median\":{\"confidence_interval\":{\"lower_bound\":9.0,\"upper_bound\":11.0},"
     "\"point_estimate\":12.0},\"StdDev\":{}}",
     "Criterion.rs", "FILE", "ns/call", 12, 1},
    {"{\"reason\":\"benchmark-complete\",\"id\":\"sum/"
     "9\",\"iteration_count\":[1,2,4],\"measured_values\":[10,22,48],"
     "\"unit\":\"ns\",\"typical\":{\"estimate\":99,\"unit\":\"ns\"},\"median\":{\"estimate\":99,\"unit\":"
     "\"ns\"}}\n",
     "Criterion.rs", "sum/9", "ns/call", 11, 1},
    {"{\"reason\":\"benchmark-complete\",\"id\":\"sum/8\",\"median\":{\"estimate\":2.5,\"lower_bound\":2.0,"
     "\"upper_bound\":3.0,\"unit\":\"us\"}}\n{\"reason\":\"group-complete\",\"group_name\":\"sum\"}\n",
     "Criterion.rs", "sum/8", "ns/call", 2500, 1},
    {"{\"counter-value\" : \"12.5\", \"unit\" : \"msec\", \"event\" : \"task-clock\"}\n"
     "{\"counter-value\" : \"<not counted>\", \"unit\" : \"\", \"event\" : \"cycles\"}\n",
     "perf stat", "task-clock", "msec", 12.5, 1},
    {"# started on Tue Dec  1 10:00:00 2026\n\n"
     "{\"interval\" : 1.0, \"counter-value\" : \"3\", \"unit\" : \"\", \"event\" : \"faults\"}\n"
     "{\"interval\" : 2.0, \"counter-value\" : \"5\", \"unit\" : \"\", \"event\" : \"faults\"}\n",
     "perf stat", "faults", "events", 4, 1},
    {"[{\"model\":\"m.gguf\",\"test\":\"tg32\",\"op\":\"decode\",\"tokens\":32,\"threads\":2,\"unit\":\"tok/"
     "s\","
     "\"n\":7,\"median\":17.5,\"min\":17,\"ci_lo\":17.1,\"ci_hi\":17.9,\"layers_from_wisdom\":0}]",
     "tern e2e", "untuned", "tok/s", 17.5, 1},
    {"| model | size | params | backend | threads | test | t/s |\n| --- | ---: | ---: | --- | ---: | ---: | "
     "---: |\n"
     "| bitnet 2B | 1 GiB | 2 B | CPU | 2 | tg32 | 12.25 \xc2\xb1 0.10 |\n\nbuild: 8f1d (1)\n",
     "llama-bench", "llama.cpp bitnet 2B", "tok/s", 12.25, 1},
    {"CREATE TABLE IF NOT EXISTS test (build_commit TEXT);\n\nINSERT INTO test (build_commit, "
     "model_filename, "
     "model_type, n_threads, n_prompt, n_gen, test_time, avg_ts) VALUES ('8f1d', '/m/it''s.gguf', 'bitnet', "
     "'2', "
     "'0', '32', '2026-11-22T10:00:00Z', '12.25');\n",
     "llama-bench", "llama.cpp bitnet", "tok/s", 12.25, 1},
    {"{\"context\":{\"date\":\"2018-05-04 20:23:47\"},\"benchmarks\":["
     "{\"name\":\"BM_x/8\",\"real_time\":10.5,\"time_unit\":\"ns\"},"
     "{\"name\":\"BM_x/8\",\"real_time\":11.5,\"time_unit\":\"ns\"},"
     "{\"name\":\"BM_x/8_median\",\"real_time\":11,\"time_unit\":\"ns\"},"
     "{\"name\":\"BM_x/8_stddev\",\"real_time\":0.2,\"time_unit\":\"ns\"}]}",
     "Google Benchmark", "BM_x/8", "ns/call", 11, 1},
};

Test(imports, each_format_is_recognised_and_read) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct outcome o = take(known[i].text, strlen(known[i].text), "auto");
        cr_assert(eq(int, (int)o.status, TERN_OK), "%zu: %s", i, o.why);
        cr_expect(eq(sz, o.records, known[i].records), "%zu", i);
        cr_expect(eq(str, (char *)text_of(&o, "source"), (char *)known[i].source), "%zu", i);
        cr_expect(eq(str, (char *)text_of(&o, "variant"), (char *)known[i].variant), "%zu", i);
        const char *unit = json_string_value(json_object_get(json_object_get(o.first, "est"), "unit"));
        cr_expect(unit && !strcmp(unit, known[i].unit), "%zu: %s", i, unit ? unit : "none");
        cr_expect(ieee_ulp_eq(dbl, median_of(&o), known[i].median, 4), "%zu", i);
        json_decref(o.first);
    }
}

Test(imports, a_format_that_is_named_takes_no_other) {
    struct outcome o = take(known[0].text, strlen(known[0].text), "gbench");
    cr_expect(eq(int, (int)o.status, TERN_BAD_INPUT));
    cr_expect(strstr(o.why, "JSON with the keys results") != NULL, "%s", o.why);
}

/* UTF-16 of a UTF-8 text whose characters are of at most three bytes; returns the bytes. */
static size_t widen(const char *text, int big, char *out) {
    size_t n = 0, left = strlen(text);
    while (left) {
        uint32_t c = 0;
        const size_t step = tern_utf8_next(text, left, &c);
        cr_assert(step > 0 && c < 0x10000);
        out[n + (size_t)big] = (char)(c & 0xff), out[n + (size_t)!big] = (char)(c >> 8);
        n += 2, text += step, left -= step;
    }
    return n;
}

Test(imports, a_byte_order_mark_and_utf_16_change_nothing_in_any_format) {
    static const char *const mark[] = {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff", "", ""};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (size_t form = 0; form < 5; form++) {
            char text[4096];
            const size_t bytes = strlen(known[i].text), before = strlen(mark[form]);
            cr_assert(lt(sz, 2 * bytes + 4, sizeof text));
            memcpy(text, mark[form], before);
            size_t n = before;
            if (form)
                n += widen(known[i].text, form % 2 == 0, text + before);
            else
                memcpy(text + before, known[i].text, bytes), n += bytes;
            struct outcome o = take(text, n, "auto");
            cr_assert(o.status == TERN_OK && o.records == known[i].records, "%zu as %zu: %s", i, form, o.why);
            cr_expect(eq(str, (char *)text_of(&o, "variant"), (char *)known[i].variant), "%zu as %zu", i,
                      form);
            json_decref(o.first);
        }
}

Test(imports, a_fault_is_told_with_line_and_byte) {
    static const struct {
        const char *text, *where;
    } bad[] = {
        {"{\"context\":{},\n\"benchmarks\":[", "line 2, byte 29: JSON: "},
        {"{\"a\":\n\"C:\\b\\x\"}", "line 2, byte"},
        {"{\"real_time\": 2%}", "line 1, byte"},
        {"Running ./b\n{\"benchmarks\":[]}", "line 1, byte 0: not JSON, which begins in line 2 (byte 12)"},
        {"{\"reason\":\"x\"}\n{\"reason\":}\n", "line 2, byte"},
        {"hello", "line 1, byte 0: neither JSON nor a table"},
        {"n_prompt,n_gen,avg_ts\n1,2,3\n4,5\n", "line 3, byte 28: CSV: 2 fields, but the header has 3"},
        {"a,b\n1,\"2\n", "line 2, byte 6: CSV: the quote that begins here is not closed"},
        {"a,b\n1,\xff\n", "line 2, byte 6: CSV: not UTF-8"},
        {"a,b\n", "line 2, byte 4: CSV: a header, and no line behind it"},
        {"log\n| model | test | t/s |\n| - | - | - |\n| x | tg32 |\n", "line 4, byte 41: Markdown: 2 cells"},
        {"| model | test | t/s |\n", "line 2, byte 23: Markdown: no row"},
        {"-- a\nINSERT INTO t (a, b) VALUES ('1');\n", "line 2, byte 5: SQL: not INSERT INTO"},
        {"INSERT INTO t (a, b) VALUES ('1', '2", "line 1, byte 0: SQL: not INSERT INTO"},
        {"1,2\n3,4\n", "a table with the columns 1, 2: neither records nor"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct outcome o = take(bad[i].text, strlen(bad[i].text), "auto");
        cr_expect(eq(int, (int)o.status, TERN_BAD_INPUT));
        cr_expect(strstr(o.why, "FILE") && strstr(o.why, bad[i].where), "%s", o.why);
    }
    struct outcome o = take("{}\n\0{", 5, "auto");
    cr_expect(o.status == TERN_BAD_INPUT && strstr(o.why, "line 2, byte 3: a zero byte"), "%s", o.why);
}

Test(imports, a_summary_of_pytest_is_taken_only_when_it_is_asked_for) {
    static const char text[] =
        "{\"machine_info\":{},\"benchmarks\":[{\"name\":\"a\",\"stats\":{\"median\":0.5,"
        "\"rounds\":3}}]}";
    struct outcome o = take(text, strlen(text), "auto");
    cr_expect(o.status == TERN_BAD_INPUT && strstr(o.why, "--benchmark-save-data"), "%s", o.why);
    o = take(text, strlen(text), "pytest");
    cr_expect(o.status == TERN_OK && o.records == 1, "%s", o.why);
    json_decref(o.first);
}

/* "%s" becomes one of the two values: a setting that changes speed, in each format. */
static const struct {
    const char *text, *a, *b, *params; /* params: with `a` */
} settings[] = {
    {"[{\"n_prompt\":0,\"n_gen\":32,\"avg_ts\":12,\"n_threads\":2,\"backends\":\"CUDA\",\"n_gpu_layers\":%s,"
     "\"flash_attn\":true,\"type_k\":\"q8_0\"}]",
     "0", "99", "backends=CUDA,n_gpu_layers=0,type_k=q8_0,flash_attn=1"},
    {"[{\"n_prompt\":0,\"n_gen\":32,\"avg_ts\":12,\"made_up_later\":%s}]", "\"x y\"", "\"z\"",
     "made_up_later=x_y"},
    {"| model | backend | ncmoe | new | test | t/s |\n| --- | --- | --- | --- | --- | --- |\n"
     "| m | CPU | %s | 1 | tg32 @ d512 | 12.25 |\n",
     "2", "3", "n_depth=512,backends=CPU,n_cpu_moe=2,new=1"},
    {"n_prompt,n_gen,avg_ts,use_mmap\n0,32,12,%s\n", "1", "0", "use_mmap=1"},
    {"INSERT INTO t (n_prompt, n_gen, avg_ts, poll, dev) VALUES ('0', '32', '12', '%s', NULL);", "50", "0",
     "poll=50"},
    {"{\"context\":{\"executable\":\"/b/bench\",\"num_cpus\":2,\"caches\":[],\"compiler\":\"%s\"},"
     "\"benchmarks\":[{\"name\":\"a\",\"real_time\":1}]}",
     "gcc", "clang", "executable=bench,compiler=gcc"},
    {"{\"context\":{\"library_build_type\":\"%s\"},\"benchmarks\":[{\"name\":\"a\",\"real_time\":1}]}",
     "debug", "release", "library_build_type=debug"},
    {"{\"results\":[{\"command\":\"c\",\"times\":[1.0],\"parameters\":{\"size\":\"%s\"}}]}", "8", "9",
     "size=8"},
    {"{\"machine_info\":{\"python_implementation\":\"CPython\",\"python_version\":\"%s\"},\"benchmarks\":[{"
     "\"name\":\"a\",\"options\":{\"disable_gc\":false},\"stats\":{\"data\":[1.0]}}]}",
     "3.11.2", "3.12.0", "python_implementation=CPython,python_version=3.11.2,disable_gc=0"},
    {"{\"cpu\" : \"%s\", \"counter-value\" : \"1\", \"unit\" : \"\", \"event\" : \"cycles\"}", "0", "1",
     "cpu=0"},
    {"[{\"model\":\"m\",\"test\":\"tg32\",\"op\":\"decode\",\"threads\":2,\"unit\":\"tok/"
     "s\",\"n\":7,\"median\":17,"
     "\"plan\":\"x (100 %%)\",\"settings\":\"kv=%s\"}]",
     "q8", "f32", "x (100 %),kv=q8"},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
Test(imports, what_changes_speed_makes_a_series_of_its_own) {
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char text[500], params[2][200];
        for (int k = 0; k < 2; k++) {
            snprintf(text, sizeof text, settings[i].text, k ? settings[i].b : settings[i].a);
            struct outcome o = take(text, strlen(text), "auto");
            cr_assert(o.status == TERN_OK && o.first, "%zu: %s", i, o.why);
            snprintf(params[k], sizeof params[k], "%s", text_of(&o, "params"));
            json_decref(o.first);
        }
        cr_expect(eq(str, params[0], (char *)settings[i].params));
        cr_expect(strcmp(params[0], params[1]) != 0, "%zu: %s", i, params[1]);
    }
}
#pragma GCC diagnostic pop

/* Rows of perf stat that count different things are no samples of one. */
Test(imports, a_row_of_each_processor_is_a_result_of_its_own) {
    static const char text[] = "{\"cpu\" : \"0\", \"counter-value\" : \"1\", \"event\" : \"cycles\"}\n"
                               "{\"cpu\" : \"1\", \"counter-value\" : \"2\", \"event\" : \"cycles\"}\n";
    struct outcome o = take(text, strlen(text), "auto");
    cr_expect(o.records == 2 && o.skipped == 0, "%s", o.why);
    json_decref(o.first);
}

/* What else stands among the benchmarks of Google Benchmark: {name, real_time, more} of rows; results and skipped
 * rows. */
static const struct {
    const char *rows;
    size_t records, skipped;
    const char *variant;
    double median;
} gbench[] = {
    /* Complexity is no result, neither now nor before 1.5. */
    {"{\"name\":\"a/8\",\"run_name\":\"a/8\",\"run_type\":\"iteration\",\"real_time\":8},"
     "{\"name\":\"a_BigO\",\"run_name\":\"a\",\"run_type\":\"aggregate\",\"aggregate_name\":\"BigO\",\"real_"
     "coefficient\":1},"
     "{\"name\":\"a_RMS\",\"run_name\":\"a\",\"run_type\":\"aggregate\",\"aggregate_name\":\"RMS\",\"rms\":0."
     "1}",
     1, 0, "a/8", 8},
    {"{\"name\":\"a/"
     "8\",\"real_time\":8},{\"name\":\"a_BigO\",\"real_time\":3},{\"name\":\"a_RMS\",\"real_time\":1}",
     1, 0, "a/8", 8},
    /* Rows that failed or were left out by the program (since 1.8). */
    {"{\"name\":\"a\",\"run_name\":\"a\",\"run_type\":\"iteration\",\"skipped\":true,\"skip_message\":\"x\","
     "\"real_time\":1},"
     "{\"name\":\"b\",\"run_name\":\"b\",\"run_type\":\"iteration\",\"real_time\":2},"
     "{\"name\":\"c\",\"run_name\":\"c\",\"run_type\":\"iteration\",\"error_occurred\":true,\"real_time\":1}",
     1, 2, "b", 2},
    /* Aggregates alone: the median, or the mean of versions that had no median. */
    {"{\"name\":\"a_mean\",\"real_time\":5},{\"name\":\"a_median\",\"real_time\":4},{\"name\":\"a_stddev\","
     "\"real_time\":1}",
     1, 0, "a", 4},
    {"{\"name\":\"a_mean\",\"real_time\":5},{\"name\":\"a_stddev\",\"real_time\":1}", 1, 0, "a", 5},
    /* The user's own statistic. */
    {"{\"name\":\"a\",\"real_time\":5},{\"name\":\"a\",\"real_time\":7},{\"name\":\"a_mean\",\"real_time\":6}"
     ","
     "{\"name\":\"a_stddev\",\"real_time\":1},{\"name\":\"a_max\",\"real_time\":7}",
     1, 0, "a", 6},
    /* A benchmark that is called so. */
    {"{\"name\":\"geo_mean\",\"real_time\":5}", 1, 0, "geo_mean", 5},
};

Test(imports, rows_of_google_benchmark_that_are_no_benchmarks_become_none) {
    for (size_t i = 0; i < sizeof gbench / sizeof *gbench; i++) {
        char text[800];
        snprintf(text, sizeof text, "{\"context\":{},\"benchmarks\":[%s]}", gbench[i].rows);
        struct outcome o = take(text, strlen(text), "auto");
        cr_assert(o.status == TERN_OK && o.first, "%zu: %s", i, o.why);
        cr_expect(eq(sz, o.records, gbench[i].records), "%zu", i);
        cr_expect(eq(sz, o.skipped, gbench[i].skipped), "%zu", i);
        cr_expect(eq(str, (char *)text_of(&o, "variant"), (char *)gbench[i].variant), "%zu", i);
        cr_expect(ieee_ulp_eq(dbl, median_of(&o), gbench[i].median, 4), "%zu", i);
        json_decref(o.first);
    }
}

Test(imports, dates_of_every_version_of_google_benchmark_are_in_the_order_of_their_texts) {
    static const char *const date[][2] = {{"2026-11-22T13:01:02+01:00", "2026-11-22T12:01:02Z"},
                                          {"2018-05-04 20:23:47", "2018-05-04T20:23:47"},
                                          {"2015/03/17-18:40:25", "2015-03-17T18:40:25"}};
    for (size_t i = 0; i < 3; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "{\"context\":{\"date\":\"%s\"},\"benchmarks\":[{\"name\":\"a\",\"real_time\":1}]}",
                 date[i][0]);
        struct outcome o = take(text, strlen(text), "auto");
        cr_expect(eq(str, (char *)text_of(&o, "ts"), (char *)date[i][1]));
        json_decref(o.first);
    }
}

Test(imports, a_change_of_criterion_is_no_time) {
    static const char text[] = "{\"mean\":{\"point_estimate\":0.02},\"median\":{\"point_estimate\":0.02}}";
    struct outcome o = take(text, strlen(text), "auto");
    cr_expect(o.status == TERN_BAD_INPUT && strstr(o.why, "new/estimates.json"), "%s", o.why);
}

/* Below each table of llama-bench stands its commit; a second table may have other columns. */
Test(imports, tables_of_two_runs_in_one_text_keep_their_columns_and_commits) {
    static const char text[] = "ggml: a line of the log\n"
                               "| model | threads | test | t/s |\n| --- | --- | --- | --- |\n"
                               "| m | 2 | tg32 | 12.25 |\n\nbuild: 8f1d (1)\n"
                               "| model | threads | fa | test | t/s |\n| --- | --- | --- | --- | --- |\n"
                               "| m | 2 | 1 | tg32 | 11.25 |\n\nbuild: 9f1d (2)\n";
    struct tern_import_options how = {.format = TERN_IMPORT_AUTO};
    struct tern_text lines = {0};
    size_t records = 0, skipped = 0;
    cr_assert(
        eq(int, (int)tern_import("f", text, strlen(text), &how, &lines, &records, &skipped, NULL), TERN_OK));
    cr_assert(records == 2 && skipped == 0);
    json_t *first = json_loadb(lines.data, strcspn(lines.data, "\n"), 0, NULL),
           *second = json_loads(strchr(lines.data, '\n'), 0, NULL);
    cr_expect(eq(str, (char *)json_string_value(json_object_get(first, "commit")), "8f1d"));
    cr_expect(eq(str, (char *)json_string_value(json_object_get(second, "commit")), "9f1d"));
    cr_expect(eq(str, (char *)json_string_value(json_object_get(second, "params")), "flash_attn=1"));
    json_decref(first);
    json_decref(second);
    tern_text_free(&lines);
}
