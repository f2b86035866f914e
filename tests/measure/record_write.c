#define _GNU_SOURCE
#include "base/file.h"
#include "measure/records/record.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *written(const struct tern_record *r) {
    struct tern_error e = {""};
    char *text = tern_record_json(r, &e);
    cr_assert(text != NULL, "%s", e.text);
    cr_assert(strchr(text, '\n') == NULL, "a record must be one line");
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(o != NULL, "%s", text);
    free(text);
    return o;
}

static const char *text_at(json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

Test(record, of_nothing_but_a_kind_holds_only_what_the_writer_knows) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "machine";
    json_t *o = written(&r), *value;
    const char *key;
    json_object_foreach(o, key, value) {
        static const char known[] = " schema kind ts machine suite commit complete ";
        char word[64];
        snprintf(word, sizeof word, " %s ", key);
        cr_assert(strstr(known, word) != NULL, "%s was not measured and yet written", key);
    }
    cr_assert(eq(int, (int)json_integer_value(json_object_get(o, "schema")), 1));
    cr_assert(eq(str, (char *)text_at(o, "suite"), TERN_VERSION));
    cr_assert(eq(sz, strlen(text_at(o, "ts")), 20));
    json_decref(o);
}

Test(record, memory_comes_back_as_written_and_what_is_absent_stays_absent) {
    struct tern_record r;
    struct tern_records set;
    struct tern_error e = {""};
    tern_record_init(&r);
    r.kind = "e2e";
    r.memory.body = 4096, r.memory.peak_rss = 123456789;
    char *text = tern_record_json(&r, &e);
    cr_assert(text != NULL);
    cr_assert(strstr(text, "\"memory\":{\"peak_rss\":123456789.0,\"body\":4096.0}") != NULL, "%s", text);
    cr_assert(eq(int, (int)tern_records_parse(text, strlen(text), &set, &e), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    cr_assert(eq(dbl, set.item[0].memory.body, 4096));
    cr_assert(isnan(set.item[0].memory.head) && isnan(set.item[0].memory.file));
    tern_records_free(&set);
    free(text);
}

Test(record, pieces_of_time_come_back_by_name) {
    struct tern_record r;
    struct tern_records set;
    struct tern_error e = {""};
    tern_record_init(&r);
    r.kind = "e2e";
    r.spent[0] = (struct tern_record_value){"softmax", 0.25};
    r.spent[1] = (struct tern_record_value){"gather", 0};
    r.spents = 2;
    char *text = tern_record_json(&r, &e);
    cr_assert(text != NULL);
    cr_assert(strstr(text, "\"spent\":{\"softmax\":0.25,\"gather\":0.0}") != NULL, "%s", text);
    cr_assert(eq(int, (int)tern_records_parse(text, strlen(text), &set, &e), TERN_OK));
    cr_assert(eq(sz, set.item[0].spents, 2));
    cr_assert(eq(str, (char *)set.item[0].spent[0].name, "softmax"));
    cr_assert(eq(dbl, set.item[0].spent[0].value, 0.25));
    cr_assert(eq(sz, set.item[0].counters, 0));
    tern_records_free(&set);
    free(text);
}

Test(record, nests_shape_estimate_and_ratio) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.m = 4096, r.k = 2560, r.n = 1;
    r.unit = "ns/call";
    r.est = (struct tern_estimate){
        .n = 52, .median = 81234, .mad = 310, .min = 80790, .ci_lo = 81090, .ci_hi = 81402};
    r.base = "gemv_ref__scalar";
    r.ratio = (struct tern_ratio){.n = 51, .ties = 0, .median = 0.5, .ci_lo = 0.25, .ci_hi = 0.75};
    r.flags = "vm  unstable";
    r.why_no_energy = "denied";
    json_t *o = written(&r);
    int m, n, ties, n_ratio;
    double median, mad, min, lo, hi, ratio, ratio_lo, ratio_hi;
    const char *unit, *base, *flag0, *flag1, *why;
    cr_assert(json_unpack(o, "{s:{s:i,s:i}}", "shape", "m", &m, "n", &n) == 0);
    cr_assert(m == 4096 && n == 1);
    cr_assert(json_unpack(o, "{s:{s:F,s:F,s:F,s:i,s:[F,F],s:s}}", "est", "median", &median, "mad", &mad,
                          "min", &min, "n", &n, "ci95", &lo, &hi, "unit", &unit) == 0);
    cr_assert(median == 81234 && mad == 310 && min == 80790 && n == 52 && lo == 81090 && hi == 81402);
    cr_assert(eq(str, (char *)unit, "ns/call"));
    cr_assert(json_unpack(o, "{s:{s:s,s:F,s:[F,F],s:i,s:i}}", "vs", "base", &base, "ratio", &ratio, "ci95",
                          &ratio_lo, &ratio_hi, "n", &n_ratio, "ties", &ties) == 0);
    cr_assert(ratio == 0.5 && ratio_lo == 0.25 && ratio_hi == 0.75 && n_ratio == 51 && ties == 0);
    cr_assert(eq(str, (char *)base, "gemv_ref__scalar"));
    cr_assert(json_unpack(o, "{s:[s,s!]}", "flags", &flag0, &flag1) == 0);
    cr_assert(eq(str, (char *)flag0, "vm"));
    cr_assert(eq(str, (char *)flag1, "unstable"));
    cr_assert(json_unpack(o, "{s:{s:s!}}", "energy", "why", &why) == 0);
    cr_assert(eq(str, (char *)why, "denied"));
    json_decref(o);
}

Test(record, leaves_out_numbers_that_are_not_finite) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.est = (struct tern_estimate){.n = 3, .median = 10, .mad = NAN, .min = 9, .ci_lo = NAN, .ci_hi = NAN};
    r.ratio = (struct tern_ratio){.n = 3, .median = INFINITY, .ci_lo = 1, .ci_hi = 2};
    r.bytes = INFINITY;
    json_t *o = written(&r), *est = json_object_get(o, "est");
    cr_assert(json_object_get(est, "median") && json_object_get(est, "min"));
    cr_assert(json_object_get(est, "mad") == NULL && json_object_get(est, "ci95") == NULL);
    cr_assert(json_object_get(o, "vs") == NULL && json_object_get(o, "bytes") == NULL);
    json_decref(o);
}

Test(record, writes_no_estimate_without_samples) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.est.median = 0;
    r.unit = "ns/call";
    json_t *o = written(&r);
    cr_assert(json_object_get(o, "est") == NULL);
    json_decref(o);
}

Test(record, keeps_the_text_of_odd_strings_on_one_line) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.variant = "two\nlines \"quoted\"";
    r.model = "caf\xe9.gguf"; /* Latin-1: not UTF-8 */
    json_t *o = written(&r);
    cr_assert(eq(str, (char *)text_at(o, "variant"), "two\nlines \"quoted\""));
    cr_assert(eq(str, (char *)text_at(o, "model"), "caf\xef\xbf\xbd.gguf"));
    json_decref(o);
}

Test(record, writes_short_numbers_short) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.bytes = 0.1;
    r.macs = 123456789012;
    char *text = tern_record_json(&r, NULL);
    cr_assert(strstr(text, "\"bytes\":0.1,") != NULL, "%s", text);
    cr_assert(strstr(text, "\"macs\":123456789012.0,") != NULL, "%s", text);
    free(text);
}

Test(record, without_a_kind_is_refused) {
    struct tern_record r;
    struct tern_error e = {""};
    tern_record_init(&r);
    cr_assert(eq(ptr, tern_record_json(&r, &e), NULL));
    cr_assert(eq(str, e.text, "record: kind: missing"));
    cr_assert(eq(int, tern_record_append("never-made.jsonl", &r, &e), TERN_BAD_INPUT));
    cr_assert(access("never-made.jsonl", F_OK) != 0);
}

Test(record_write, counters_energy_and_floor_come_back_as_they_were) {
    struct tern_record r;
    struct tern_records set;
    char path[] = "/tmp/tern-record-XXXXXX";
    const int fd = mkstemp(path);
    tern_record_init(&r);
    r.kind = "sample";
    r.counter[0].name = "ipc", r.counter[0].value = 2.5;
    r.counter[1].name = "l1_misses_per_kilo_weight", r.counter[1].value = NAN; /* not counted: left out */
    r.counter[2].name = "core_ghz", r.counter[2].value = 3;
    r.counters = 3;
    r.counters_src = "ipc cache";
    r.joules = 0.125, r.idle_watts = 7.5, r.energy_src = "powercap package-0";
    r.modelled_from = 0.25, r.modelled_to = 0.5, r.energy_model = "horowitz2014";
    r.base = "b", r.floor = 0.004;
    cr_assert(eq(int, tern_record_append(path, &r, NULL), TERN_OK));
    cr_assert(eq(int, tern_records_read(path, &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    const struct tern_record *got = &set.item[0];
    cr_assert(eq(sz, got->counters, 2));
    cr_assert(eq(str, (char *)got->counter[1].name, "core_ghz"));
    cr_assert(got->counter[0].value == 2.5 && got->counter[1].value == 3);
    cr_assert(eq(str, (char *)got->counters_src, "ipc cache"));
    cr_assert(got->joules == 0.125 && got->idle_watts == 7.5 && got->floor == 0.004);
    cr_assert(got->modelled_from == 0.25 && got->modelled_to == 0.5);
    cr_assert(eq(str, (char *)got->energy_model, "horowitz2014"));
    cr_assert(got->why_no_energy == NULL && got->why_no_counters == NULL);
    tern_records_free(&set);
    close(fd);
    unlink(path);
}

Test(record, of_another_program_claims_neither_our_version_nor_our_commit) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.source = "llama-bench";
    json_t *o = written(&r);
    cr_assert(json_object_get(o, "suite") == NULL && json_object_get(o, "commit") == NULL);
    cr_assert(eq(str, (char *)text_at(o, "source"), "llama-bench"));
    json_decref(o);
}
