/* Results of other programs: each format is recognised and read, and what cannot be read is told with its place. */
#define _GNU_SOURCE
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
     "\"upper_bound\":11.0},\"point_estimate\":10.0,\"standard_error\":0.1}}",
     "Criterion.rs", "FILE", "ns/call", 10, 1},
    {"{\"reason\":\"benchmark-complete\",\"id\":\"sum/8\",\"median\":{\"estimate\":2.5,\"lower_bound\":2.0,"
     "\"upper_bound\":3.0,\"unit\":\"us\"}}\n{\"reason\":\"group-complete\",\"group_name\":\"sum\"}\n",
     "Criterion.rs", "sum/8", "ns/call", 2500, 1},
    {"{\"counter-value\" : \"12.5\", \"unit\" : \"msec\", \"event\" : \"task-clock\"}\n"
     "{\"counter-value\" : \"<not counted>\", \"unit\" : \"\", \"event\" : \"cycles\"}\n",
     "perf stat", "task-clock", "msec", 12.5, 1},
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

static const char small[] =
    "{\"context\":{},\"benchmarks\":[{\"name\":\"a\",\"real_time\":10,\"time_unit\":\"ns\"}]}";

Test(imports, a_byte_order_mark_and_utf_16_change_nothing) {
    char wide[2 * sizeof small + 2] = "\xff\xfe", big[2 * sizeof small + 2] = "\xfe\xff",
                                 marked[sizeof small + 3] = "\xef\xbb\xbf";
    memcpy(marked + 3, small, sizeof small - 1);
    for (size_t i = 0; i + 1 < sizeof small; i++) wide[2 + 2 * i] = big[3 + 2 * i] = small[i];
    const struct {
        const char *text;
        size_t bytes;
    } forms[] = {{marked, sizeof small + 2}, {wide, 2 * sizeof small}, {big, 2 * sizeof small}};
    for (size_t i = 0; i < 3; i++) {
        struct outcome o = take(forms[i].text, forms[i].bytes, "auto");
        cr_expect(o.status == TERN_OK && o.records == 1, "%zu: %s", i, o.why);
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
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct outcome o = take(bad[i].text, strlen(bad[i].text), "auto");
        cr_expect(eq(int, (int)o.status, TERN_BAD_INPUT));
        cr_expect(strstr(o.why, "FILE") && strstr(o.why, bad[i].where), "%s", o.why);
    }
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

/* What changes speed makes a series of its own. */
Test(imports, settings_of_llama_bench_are_parameters) {
    static const char row[] =
        "[{\"n_prompt\":0,\"n_gen\":32,\"avg_ts\":12,\"n_threads\":2,\"backends\":\"CUDA\","
        "\"n_gpu_layers\":%d,\"flash_attn\":true,\"type_k\":\"q8_0\"}]";
    char text[2][400], params[2][200];
    for (int i = 0; i < 2; i++) {
        snprintf(text[i], sizeof text[i], row, 99 * i);
        struct outcome o = take(text[i], strlen(text[i]), "auto");
        cr_assert(o.status == TERN_OK && o.first, "%s", o.why);
        snprintf(params[i], sizeof params[i], "%s", text_of(&o, "params"));
        json_decref(o.first);
    }
    cr_expect(eq(str, params[0], "backends=CUDA,n_gpu_layers=0,type_k=q8_0,flash_attn=1"));
    cr_expect(strcmp(params[0], params[1]) != 0, "%s", params[1]);
}
