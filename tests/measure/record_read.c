#define _GNU_SOURCE
#include "base/file.h"
#include "measure/records/record.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tern-record-XXXXXX", path[64];

static void make_folder(void) {
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/r.jsonl", folder);
}

static void drop_folder(void) {
    unlink(path);
    rmdir(folder);
}

static struct tern_records read_text(const char *text, size_t bytes) {
    struct tern_records set;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_file_replace(path, text, bytes, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(int, tern_records_read(path, &set, &e), TERN_OK), "%s", e.text);
    return set;
}

static struct tern_record full_record(void) {
    static const double samples[] = {81234.25, NAN, 80790};
    struct tern_record r;
    tern_record_init(&r);
    r = (struct tern_record){
        .kind = "sample",
        .ts = "2026-01-02T03:04:05Z",
        .machine = "m:00112233",
        .code = "k:44",
        .suite = "9.8.7",
        .run = "r1",
        .variant = "gemv_p64_i8_r64k8__avx512vnni",
        .params = "prefetch=4096",
        .op = "gemv",
        .format = "p64",
        .model = "2b-4t",
        .m = 6912,
        .k = 2560,
        .n = 1,
        .threads = 2,
        .regime = "wcold",
        .unit = "ns/call",
        .est = {.n = 52,
                .median = 81234.25,
                .mad = 310,
                .min = 80790,
                .ci_lo = 81090,
                .ci_hi = 81402,
                .unstable = 1},
        .base = "gemv_i2s",
        .samples = samples,
        .sample_count = 3,
        .floor = 0.004,
        .commit = "f00",
        .ratio = {.n = 51, .ties = 3, .median = 0.5, .ci_lo = 0.25, .ci_hi = 0.75},
        .bytes = 4423680,
        .macs = 17694720,
        .of_ceiling = 0.875,
        .ceiling = "read zmm",
        .why_no_counters = "virtual CPU without PMU",
        .why_no_energy = "denied: powercap",
        .flags = "vm unstable",
        .complete = 1,
    };
    return r;
}

TestSuite(records, .init = make_folder, .fini = drop_folder);

Test(records, come_back_as_they_were_written) {
    struct tern_record w = full_record();
    struct tern_records set;
    cr_assert(eq(int, tern_record_append(path, &w, NULL), TERN_OK));
    cr_assert(eq(int, tern_records_read(path, &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, 1));
    const struct tern_record *r = set.item;
    const char *texts[][2] = {{r->kind, w.kind},
                              {r->ts, w.ts},
                              {r->machine, w.machine},
                              {r->code, w.code},
                              {r->suite, w.suite},
                              {r->commit, w.commit},
                              {r->run, w.run},
                              {r->variant, w.variant},
                              {r->params, w.params},
                              {r->op, w.op},
                              {r->format, w.format},
                              {r->model, w.model},
                              {r->regime, w.regime},
                              {r->unit, w.unit},
                              {r->base, w.base},
                              {r->ceiling, w.ceiling},
                              {r->why_no_counters, w.why_no_counters},
                              {r->why_no_energy, w.why_no_energy},
                              {r->flags, w.flags}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_assert(eq(str, (char *)texts[i][0], (char *)texts[i][1]));
    cr_assert(r->m == w.m && r->k == w.k && r->n == w.n && r->threads == w.threads &&
              r->complete == w.complete);
    cr_assert(r->est.n == w.est.n && r->est.median == w.est.median && r->est.mad == w.est.mad);
    cr_assert(r->est.min == w.est.min && r->est.ci_lo == w.est.ci_lo && r->est.ci_hi == w.est.ci_hi);
    cr_assert(eq(int, r->est.unstable, w.est.unstable));
    cr_assert(r->ratio.n == w.ratio.n && r->ratio.ties == w.ratio.ties && r->ratio.median == w.ratio.median);
    cr_assert(r->ratio.ci_lo == w.ratio.ci_lo && r->ratio.ci_hi == w.ratio.ci_hi);
    cr_assert(eq(sz, r->sample_count, 3));
    cr_assert(r->samples[0] == w.samples[0] && isnan(r->samples[1]) && r->samples[2] == w.samples[2]);
    cr_assert(r->floor == w.floor);
    cr_assert(r->bytes == w.bytes && r->macs == w.macs && r->of_ceiling == w.of_ceiling);
    tern_records_free(&set);
}

Test(records, written_read_and_written_again_are_the_same_bytes) {
    struct tern_record w = full_record();
    w.est.median = 81234.123456789012345;
    w.bytes = 1.0 / 3;
    char *first = tern_record_json(&w, NULL);
    struct tern_records set = read_text(first, strlen(first));
    char *second = tern_record_json(&set.item[0], NULL);
    cr_assert(eq(str, second, first));
    free(first);
    free(second);
    tern_records_free(&set);
}

/* Everything a crash can leave: each prefix of a file of three lines gives exactly the lines that are whole.
 */
Test(records, of_a_file_cut_at_every_byte_are_the_whole_lines) {
    char *line[3], *text = NULL;
    size_t end[3], bytes = 0;
    for (int i = 0; i < 3; i++) {
        struct tern_record w = full_record();
        w.threads = (size_t)i + 1;
        line[i] = tern_record_json(&w, NULL);
        bytes += strlen(line[i]);
        end[i] = bytes++;
    }
    cr_assert(asprintf(&text, "%s\n%s\n%s\n", line[0], line[1], line[2]) == (int)bytes);
    for (size_t cut = 0; cut <= bytes; cut++) {
        size_t whole = 0;
        while (whole < 3 && end[whole] <= cut) whole++;
        size_t torn = cut > 0 && whole < 3 && (whole == 0 || cut > end[whole - 1] + 1);
        struct tern_records set = read_text(text, cut);
        cr_assert(eq(sz, set.count, whole), "cut at %zu", cut);
        cr_assert(eq(sz, set.skipped, torn), "cut at %zu", cut);
        for (size_t i = 0; i < whole; i++) cr_assert(eq(sz, set.item[i].threads, i + 1));
        tern_records_free(&set);
    }
    for (int i = 0; i < 3; i++) free(line[i]);
    free(text);
}

Test(records, appended_after_a_torn_line_are_not_lost) {
    struct tern_record w = full_record();
    cr_assert(eq(int, tern_file_replace(path, "{\"schema\":1,\"ki", 14, NULL), TERN_OK));
    cr_assert(eq(int, tern_record_append(path, &w, NULL), TERN_OK));
    struct tern_records set;
    cr_assert(eq(int, tern_records_read(path, &set, NULL), TERN_OK));
    cr_assert(set.count == 1 && set.skipped == 1);
    tern_records_free(&set);
}

Test(records, skip_and_count_lines_that_are_no_records) {
    static const char *junk[] = {
        "hello",
        "{}",
        "[]",
        "1",
        "\"schema\"",
        "{\"schema\":2,\"kind\":\"sample\"}",
        "{\"schema\":\"1\",\"kind\":\"sample\"}",
        "{\"schema\":1}",
        "{\"schema\":1,\"kind\":\"\"}",
        "{\"schema\":1,\"kind\":7}",
        "{\"schema\":1,\"kind\":\"sample\",\"kind\":\"e2e\"}",
        "{\"schema\":1,\"kind\":\"sample\",\"threads\":-1}",
        "{\"schema\":1,\"kind\":\"sample\",\"threads\":1.5}",
        "{\"schema\":1,\"kind\":\"sample\",\"threads\":99999999999999999999}",
        "{\"schema\":1,\"kind\":\"sample\",\"bytes\":\"many\"}",
        "{\"schema\":1,\"kind\":\"sample\",\"bytes\":NaN}",
        "{\"schema\":1,\"kind\":\"sample\",\"bytes\":1e999}",
        "{\"schema\":1,\"kind\":\"sample\",\"est\":[1]}",
        "{\"schema\":1,\"kind\":\"sample\",\"est\":{\"median\":1,\"n\":7,\"ci95\":[1]}}",
        "{\"schema\":1,\"kind\":\"sample\",\"flags\":\"vm\"}",
        "{\"schema\":1,\"kind\":\"sample\",\"flags\":[1]}",
        "{\"schema\":1,\"kind\":\"sample\",\"complete\":1}",
        "{\"schema\":1,\"kind\":\"sample\"} trailing",
        "\xff\xfe\x01",
    };
    enum { JUNK = sizeof junk / sizeof *junk };
    for (size_t i = 0; i < JUNK; i++) {
        struct tern_records set = read_text(junk[i], strlen(junk[i]));
        cr_assert(set.count == 0 && set.skipped == 1, "taken for a record: %s", junk[i]);
        tern_records_free(&set);
    }
}

Test(records, between_junk_zero_bytes_and_blank_lines_are_found) {
    static const char text[] =
        "\n\0\0\n{\"schema\":1,\"kind\":\"verify\"}\r\n  \n{\"schema\":1,\"kind\":\"e2e\"}";
    struct tern_records set = read_text(text, sizeof text - 1);
    cr_assert(eq(sz, set.count, 2));
    cr_assert(eq(sz, set.skipped, 1));
    cr_assert(eq(str, (char *)set.item[0].kind, "verify"));
    cr_assert(eq(str, (char *)set.item[1].kind, "e2e"));
    tern_records_free(&set);
}

Test(records, with_missing_or_null_keys_say_not_measured) {
    static const char text[] =
        "{\"schema\":1,\"kind\":\"sample\",\"est\":{\"n\":5},\"vs\":{\"base\":\"b\"},\"bytes\":null}";
    struct tern_records set = read_text(text, sizeof text - 1);
    cr_assert(eq(sz, set.count, 1));
    const struct tern_record *r = set.item;
    cr_assert(r->est.n == 0 && isnan(r->est.median) && r->ratio.n == 0 && isnan(r->ratio.median));
    cr_assert(isnan(r->bytes) && isnan(r->macs) && isnan(r->of_ceiling));
    cr_assert(r->variant == NULL && r->flags == NULL && r->m == 0);
    cr_assert(eq(str, (char *)r->base, "b"));
    tern_records_free(&set);
}

Test(records, ignore_keys_they_do_not_know) {
    static const char text[] = "{\"schema\":1,\"kind\":\"sample\",\"from the future\":[{}],\"threads\":2,"
                               "\"energy\":{\"joule\":[1,2],\"why\":\"x\"}}";
    struct tern_records set = read_text(text, sizeof text - 1);
    cr_assert(eq(sz, set.count, 1));
    cr_assert(eq(sz, set.item[0].threads, 2));
    cr_assert(eq(str, (char *)set.item[0].why_no_energy, "x"));
    tern_records_free(&set);
}

Test(records, in_great_number_keep_their_strings) {
    enum { MANY = 3000 };
    for (int i = 0; i < MANY; i++) {
        char text[128];
        FILE *f = fopen(path, i ? "a" : "w");
        snprintf(text, sizeof text,
                 "{\"schema\":1,\"kind\":\"sample\",\"variant\":\"variant number %d of many\"}\n", i);
        fputs(text, f);
        fclose(f);
    }
    struct tern_records set;
    cr_assert(eq(int, tern_records_read(path, &set, NULL), TERN_OK));
    cr_assert(eq(sz, set.count, MANY));
    for (int i = 0; i < MANY; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "variant number %d of many", i);
        cr_assert(eq(str, (char *)set.item[i].variant, expected));
    }
    tern_records_free(&set);
}

Test(records, of_a_missing_file_are_an_error_with_its_name) {
    struct tern_records set;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_records_read(path, &set, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, path) != NULL, "%s", e.text);
    tern_records_free(&set);
}

Test(records, of_an_empty_file_are_none) {
    struct tern_records set = read_text("", 0);
    cr_assert(set.count == 0 && set.skipped == 0);
    tern_records_free(&set);
}
