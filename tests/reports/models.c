#define _GNU_SOURCE
#include "reports/data/model_speed.h"

#include "reports/page/report.h"
#include "tests/reports/folder.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A decode run of synth:2b-4t: 10 tokens per second of 1 GB each, half of the read ceiling. */
static struct tern_record decode_run(void) {
    struct tern_record r = sample_one("untuned", NULL, 10, 0.1);
    r.kind = "e2e", r.op = "decode", r.model = "synth:2b-4t", r.unit = "tok/s", r.regime = NULL;
    r.m = r.k = 0, r.n = 31;
    r.bytes = 1e9, r.of_ceiling = 0.5, r.ceiling = "read zmm";
    r.memory.weights = 2084044800, r.memory.head_weights = 328335360;
    r.memory.body = 2084044800 / 4.0, r.memory.head = 328335360 * 2.0;
    return r;
}

/* A GEMV in f16 with cold weights at `gbps`. */
static struct tern_record f16_run(size_t m, size_t k, double gbps) {
    struct tern_record r = sample_one("gemv_f16", "f16", 2.0 * (double)m * (double)k / gbps, 1);
    r.m = m, r.k = k, r.regime = "wcold", r.bytes = 2.0 * (double)m * (double)k;
    return r;
}

static struct tern_record machine_with_cache(double bytes, char *params, size_t room) {
    struct tern_record r = sample_one("CPU of the tests", NULL, 1, 0);
    snprintf(params, room, "cpus=2 l3=%.0f", bytes);
    r.kind = "machine", r.params = params, r.est.n = 0;
    return r;
}

static struct tern_report_data selected(const struct tern_record *r, size_t count) {
    struct tern_report_data d;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_select(r, count, 0, &d, &e), TERN_OK), "%s", e.text);
    return d;
}

Test(models, the_ceiling_model_scales_bytes_by_what_was_reached) {
    const struct tern_record r[] = {decode_run(), f16_run(6912, 2560, 8)};
    struct tern_report_data d = selected(r, 2);
    const struct tern_ceiling_model m = tern_report_ceiling_model(&d, "m:1", 1);
    const struct tern_hparams *hp = tern_builtin_model("bitnet-7b");
    cr_assert(m.why_not == NULL && m.why_no_f16 == NULL);
    cr_assert(epsilon_eq(dbl, m.ceiling, 20, 1e-9)); /* 10 GB/s are half of it */
    cr_assert(epsilon_eq(dbl, m.bits, 2, 1e-9));
    cr_assert(epsilon_eq(dbl, m.f16_share, 0.4, 1e-9));
    const double weights = tern_report_weights(hp), head = tern_report_head_weights(hp);
    const double cache = 2.0 * 2 * 32 * 32 * 128 * 16; /* f16 keys and values, 16 positions on average */
    cr_assert(
        epsilon_eq(dbl, tern_report_modelled(&m, hp, 0), 10e9 / (weights / 4 + head * 2 + cache), 1e-9));
    cr_assert(epsilon_eq(dbl, tern_report_modelled(&m, hp, 1), 8e9 / (2 * (weights + head) + cache), 1e-9));
    tern_report_data_free(&d);
}

Test(models, weights_are_those_of_the_published_sizes) {
    cr_assert(eq(dbl, tern_report_weights(tern_builtin_model("2b-4t")), 2084044800));
    const double large = tern_report_weights(tern_builtin_model("bitnet-100b"));
    cr_assert(gt(dbl, large, 95e9));
    cr_assert(lt(dbl, large, 105e9));
}

Test(models, a_model_that_fits_the_cache_says_nothing_of_larger_ones) {
    char params[64];
    const struct tern_record r[] = {decode_run(), machine_with_cache(0.6e9, params, sizeof params)};
    struct tern_report_data d = selected(r, 2);
    const struct tern_ceiling_model m = tern_report_ceiling_model(&d, "m:1", 1);
    cr_assert(m.from == NULL);
    cr_assert(m.why_not != NULL && strstr(m.why_not, "last-level cache") != NULL);
    cr_assert(isnan(tern_report_modelled(&m, tern_builtin_model("bitnet-7b"), 0)));
    tern_report_data_free(&d);
}

Test(models, what_fits_the_cache_is_not_modelled) {
    char params[64];
    const struct tern_record r[] = {decode_run(), machine_with_cache(0.4e9, params, sizeof params)};
    struct tern_report_data d = selected(r, 2);
    const struct tern_ceiling_model m = tern_report_ceiling_model(&d, "m:1", 1);
    cr_assert(m.from != NULL);
    cr_assert(isnan(tern_report_modelled(&m, tern_builtin_model("bitnet-125m"), 0)));
    cr_assert(not(isnan(tern_report_modelled(&m, tern_builtin_model("bitnet-7b"), 0))));
    tern_report_data_free(&d);
}

Test(models, f16_is_the_sum_of_its_kernels_only_when_all_were_measured) {
    const struct tern_hparams *hp = tern_builtin_model("2b-4t");
    struct tern_record r[6] = {decode_run(),           f16_run(2560, 2560, 8), f16_run(640, 2560, 8),
                               f16_run(6912, 2560, 8), f16_run(2560, 6912, 8), f16_run(128256, 2560, 8)};
    struct tern_report_data d = selected(r, 5);
    struct tern_kernel_sum s = tern_report_f16_sum(&d, "m:1", 1, hp);
    cr_assert(isnan(s.ns));
    cr_assert(eq(sz, s.shapes - s.found, 1));
    cr_assert(eq(str, s.missing.data, (char *)" --problem 128256x2560x1"));
    tern_kernel_sum_free(&s);
    tern_report_data_free(&d);
    d = selected(r, 6);
    s = tern_report_f16_sum(&d, "m:1", 1, hp);
    cr_assert(epsilon_eq(dbl, s.ns, 2.0 * (2084044800.0 + 328335360.0) / 8, 1));
    cr_assert(eq(sz, s.n, 21));
    tern_kernel_sum_free(&s);
    tern_report_data_free(&d);
}

static void written(const struct tern_record *r, size_t count, const char *folder) {
    const struct tern_report_options o = {.out = folder, .search = ""};
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_write(r, count, &o, NULL, &e), TERN_OK), "%s", e.text);
}

/* The line of a CSV file that holds `what`; free(). */
static char *line_with(const char *folder, const char *name, const char *what) {
    char *text = folder_read(folder, name), *line = NULL;
    cr_assert(text != NULL, "%s is missing", name);
    for (char *p = strtok(text, "\n"); p && !line; p = strtok(NULL, "\n"))
        if (strstr(p, what)) line = strdup(p);
    free(text);
    cr_assert(line != NULL, "%s holds no line with %s", name, what);
    return line;
}

static void line_holds(const char *folder, const char *name, const char *what, const char *part) {
    char *line = line_with(folder, name, what);
    cr_assert(strstr(line, part) != NULL, "%s: '%s' does not hold %s", name, line, part);
    free(line);
}

Test(models, modelled_cells_say_so_in_every_output_and_measured_ones_do_not) {
    const struct tern_record r[] = {decode_run(), f16_run(6912, 2560, 8)};
    char *folder = folder_new();
    written(r, 2, folder);
    line_holds(folder, "ladder.csv", "bitnet-7b", ",\"modelled\",");
    line_holds(folder, "ladder.csv", "synth:2b-4t", ",10,9.9,10.1,\"measured\",");
    line_holds(folder, "report.md", "synth:bitnet-100b |", "*modelled*");
    line_holds(folder, "index.html", "<td>synth:bitnet-100b</td>", "<span class=\"how\">modelled</span>");
    line_holds(folder, "published.csv", "i7-13700H", ",2.37,6.17,");
    folder_drop(folder);
}

Test(models, without_a_run_the_ladder_names_the_command) {
    const struct tern_record r = sample_one("only", "p64", 100, 1);
    char *folder = folder_new();
    written(&r, 1, folder);
    line_holds(folder, "report.md", "tern e2e -m synth:bitnet-1b", "Not measured");
    line_holds(folder, "report.md", "tern report --history", "Not measured");
    line_holds(folder, "report.md", "tern history import", "Not measured");
    folder_drop(folder);
}

Test(models, sizes_and_the_first_token_come_from_the_records) {
    struct tern_record r[] = {decode_run(), decode_run()};
    r[1].op = "prefill", r[1].n = 128, r[1].est.median = 64, r[1].est.ci_lo = 32, r[1].est.ci_hi = 128;
    r[1].bytes = NAN;
    r[0].memory.peak_rss = 1073741824;
    char *folder = folder_new();
    written(r, 2, folder);
    line_holds(folder, "models.csv", "synth:2b-4t", ",128,64,32,128,21,2,1,4,10,");
    line_holds(folder, "models.csv", "synth:2b-4t", ",1073741824");
    line_holds(folder, "sizes.csv", "synth:2b-4t", ",16,8,"); /* 2 bits: 16 times less than f32 */
    folder_drop(folder);
}

Test(models, energy_is_joules_watts_and_the_share_of_an_idle_machine) {
    struct tern_record r = decode_run();
    r.joules = 2, r.idle_watts = 5, r.energy_src = "powercap package-0";
    char *folder = folder_new();
    written(&r, 1, folder);
    line_holds(folder, "energy.csv", "powercap package-0", ",2000,20,200000,5,25,,");
    folder_drop(folder);
}

Test(models, no_energy_is_a_reason_and_never_a_zero) {
    struct tern_record r = decode_run();
    r.why_no_energy = "no RAPL domain";
    char *folder = folder_new();
    written(&r, 1, folder);
    line_holds(folder, "report.md", "no RAPL domain | 1", "|");
    char *text = folder_read(folder, "energy.csv");
    cr_assert(text && strchr(text, '\n')[1] == 0, "%s", text);
    free(text);
    folder_drop(folder);
}
