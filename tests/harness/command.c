#define _GNU_SOURCE
#include "reference.h"

#include "base/file.h"
#include "harness/text/default_model.h"
#include "measure/machine/machine.h"
#include "models/arch.h"
#include "tuner/wisdom/wisdom.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODEL TERN_SOURCE_ROOT "/tests/data/micro-bitnet-b1.58.I2_S.gguf"

static char folder[] = "/tmp/tern-test-XXXXXX";

static void begin(void) {
    cr_assert(mkdtemp(folder) != NULL);
    setenv("TERN_WISDOM", "/nonexistent/wisdom", 1);
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
}

static void finish(void) {
    static const char *const name[] = {"logits", "cut.gguf", "records.jsonl", "wisdom"};
    char path[128];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        unlink(path);
    }
    rmdir(folder);
}

TestSuite(command, .init = begin, .fini = finish);

struct result {
    int code; /* exit code, or -signal */
    char text[8192];
};

/* Runs `tern ARGUMENTS`; text is stdout, or both streams when `both`. */
static struct result tern(int both, const char *arguments) {
    struct result r;
    char *line = tern_format_text("%s %s %s", TERN_EXE, arguments, both ? "2>&1" : "2>/dev/null");
    FILE *f = popen(line, "re");
    cr_assert(f != NULL);
    const size_t n = fread(r.text, 1, sizeof r.text - 1, f);
    r.text[n] = 0;
    const int status = pclose(f);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    if (r.code > 128) r.code = 128 - r.code; /* the shell's way to say signal */
    free(line);
    return r;
}

static int lines(const char *text) {
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

static char *commas(const int32_t *ids, size_t count) {
    char *text = malloc(12 * count + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) at += (size_t)sprintf(text + at, "%s%d", i ? "," : "", ids[i]);
    return text;
}

Test(command, run_writes_the_reference_logits_and_prints_the_greedy_ids) {
    struct reference r;
    reference_load(&r, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    char *ids = commas(r.ids, r.count), path[128], *logits = NULL, expected[512];
    snprintf(path, sizeof path, "%s/logits", folder);
    for (int threads = 1; threads <= 2; threads++) {
        char *a = tern_format_text("run -m %s --tokens %s --kv f32 --logits %s --print-ids -n 32 -t %d",
                                   r.path, ids, path, threads);
        const struct result got = tern(0, a);
        free(a);
        cr_assert(eq(i32, got.code, 0));
        size_t bytes, at = 0;
        for (size_t i = 0; i < r.greedy_count; i++)
            at += (size_t)snprintf(expected + at, sizeof expected - at, "%s%d", i ? " " : "", r.greedy[i]);
        snprintf(expected + at, sizeof expected - at, "\n");
        cr_assert(eq(str, (char *)got.text, expected));
        cr_assert(tern_file_read(path, 1u << 20, &logits, &bytes, NULL) == TERN_OK);
        cr_assert(eq(sz, bytes, r.count * r.vocab * sizeof(float)));
        cr_assert(lt(dbl, largest_difference((float *)(void *)logits, r.logits, r.count * r.vocab), 1e-3));
        free(logits);
    }
    free(ids);
    reference_free(&r);
}

Test(command, run_speaks_valid_text_and_says_its_speed_with_n) {
    const struct result text = tern(0, "run -m " MODEL " -p Hello -n 24 -t 1");
    cr_assert(eq(i32, text.code, 0));
    json_t *valid = json_string(text.text); /* takes nothing but UTF-8 */
    cr_assert(valid != NULL);
    json_decref(valid);
    const struct result all = tern(1, "run -m " MODEL " -p Hello -n 24 -t 1");
    cr_assert(strstr(all.text, "tok/s") != NULL && strstr(all.text, "n = ") != NULL, "%s", all.text);
}

Test(command, run_finds_the_default_model) {
    char *path = NULL;
    cr_assert(tern_default_model(&path, NULL) == TERN_OK);
    free(path);
    cr_assert(eq(i32, tern(0, "run -p Hello -n 4 -t 1 -q").code, 0));
}

Test(command, run_repeats_itself_for_one_seed_and_not_for_another) {
    const struct result a =
        tern(0, "run -m " MODEL " -p Hi -n 24 -t 1 --temp 1 --seed 5 --ignore-eos --print-ids");
    const struct result b =
        tern(0, "run -m " MODEL " -p Hi -n 24 -t 2 --temp 1 --seed 5 --ignore-eos --print-ids");
    const struct result c =
        tern(0, "run -m " MODEL " -p Hi -n 24 -t 1 --temp 1 --seed 6 --ignore-eos --print-ids");
    cr_assert(eq(str, (char *)a.text, (char *)b.text));
    cr_assert(ne(str, (char *)a.text, (char *)c.text));
}

Test(command, run_stops_where_the_context_ends) {
    const struct result r =
        tern(1, "run -m " MODEL " --tokens 1,2,3 --ctx 8 -n 32 --ignore-eos --print-ids -t 1");
    cr_assert(eq(i32, r.code, 0));
    cr_assert(strstr(r.text, "context is full") != NULL, "%s", r.text);
}

Test(command, run_without_a_limit_goes_on_until_the_context_is_full) {
    const struct result r =
        tern(0, "run -m " MODEL " --tokens 1,2,3 --ctx 20 -n -1 --ignore-eos --print-ids -t 1");
    cr_assert(eq(i32, r.code, 0));
    int ids = 1;
    for (const char *c = r.text; *c; c++) ids += *c == ' ';
    cr_assert(eq(i32, ids, 18)); /* 17 that fit and the one behind them */
}

Test(command, run_says_the_same_with_an_exact2_head_whatever_the_sampling) {
    static const char *const how[] = {"",
                                      "--temp 0.7 --top-k 5 --seed 3",
                                      "--temp 1.2 --min-p 0.2 --seed 4",
                                      "--repeat-penalty 1.3",
                                      "--temp 1 --top-k 9 --top-p 0.8 --repeat-penalty 1.1",
                                      "--temp 1 --seed 9"};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        char *a = tern_format_text("run -p Hello -n 40 --ignore-eos --print-ids -t 2 --head f16 %s", how[i]);
        char *b =
            tern_format_text("run -p Hello -n 40 --ignore-eos --print-ids -t 1 --head exact2 %s", how[i]);
        const struct result x = tern(0, a), y = tern(0, b);
        cr_assert(eq(i32, x.code, 0));
        cr_assert(eq(str, (char *)x.text, (char *)y.text), "%s", how[i]);
        free(a);
        free(b);
    }
}

Test(command, run_keeps_packed_weights_where_it_is_told) {
    char *a = tern_format_text("run -m " MODEL " -p Hello -n 8 --print-ids -t 1 --cache %s/packed", folder);
    const struct result first = tern(1, a), second = tern(1, a);
    cr_assert(eq(i32, first.code, 0));
    cr_assert(eq(i32, second.code, 0));
    cr_assert(strstr(first.text, "from the cache") == NULL);
    cr_assert(strstr(second.text, "from the cache") != NULL, "%s", second.text);
    cr_assert(eq(i32, strncmp(first.text, second.text, strcspn(first.text, "\n")), 0));
    char *clean = tern_format_text("rm -r %s/packed", folder);
    cr_assert(eq(i32, system(clean), 0));
    free(clean);
    free(a);
}

Test(command, e2e_breaks_a_token_down_and_tells_why_a_figure_is_missing) {
    const struct result r =
        tern(0, "e2e -m " MODEL " -p 8 -n 4 -t 2 -r 2 -o json --breakdown --energy --head exact2");
    cr_assert(eq(i32, r.code, 0));
    json_t *all = json_loads(r.text, 0, NULL);
    cr_assert(eq(sz, json_array_size(all), 2));
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(all, i), *b = json_object_get(row, "breakdown");
        static const char *const part[] = {"linear", "attention", "norm", "head", "wait", "other"};
        for (size_t o = 0; o < 6; o++)
            cr_assert(gt(dbl, json_real_value(json_object_get(b, part[o])), 0), "%s", part[o]);
        const json_t *p = json_object_get(b, "pieces");
        static const struct {
            const char *group, *piece[4];
        } sum[] = {{"linear", {"tables", "multiply", "epilogue"}},
                   {"attention", {"rope", "scores", "softmax", "gather"}},
                   {"norm", {"norm", "quantise"}}};
        cr_assert(eq(sz, json_object_size(p), 12));
        for (size_t g = 0; g < 3; g++) {
            double together = 0;
            for (size_t o = 0; o < 4 && sum[g].piece[o]; o++) {
                const double spent = json_real_value(json_object_get(p, sum[g].piece[o]));
                together += spent;
                cr_assert(spent > 0 || !strcmp(sum[g].piece[o], "tables"), "%s", sum[g].piece[o]);
            }
            cr_assert(epsilon_eq(dbl, together, json_real_value(json_object_get(b, sum[g].group)), 1e-8));
        }
        const json_t *joules = json_object_get(row, "joules_per_token");
        const char *why = json_string_value(json_object_get(row, "why_no_joules"));
        const int one = (joules != NULL) != (why != NULL);
        cr_assert(one);
        cr_assert(eq(str, (char *)json_string_value(json_object_get(row, "why_no_share")), "not asked for"));
    }
    json_decref(all);
}

static double field(const json_t *o, const char *name) {
    return json_number_value(json_object_get(o, name));
}

/* Wisdom that knows every linear layer with one thread: a token takes a microsecond, sixteen take eight. */
static void write_wisdom(const char *path) {
    const struct tern_machine *machine;
    struct tern_wisdom w = {.mix = {3, 1}};
    struct tern_model *m;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_machine_get(&machine, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(int, tern_model_open(MODEL, &m, &e), TERN_OK), "%s", e.text);
    snprintf(w.machine, sizeof w.machine, "%s", machine->key);
    const struct tern_variant *v = tern_variant_named("gemm_p64_i8_r1k1__scalar");
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        struct tern_wisdom_entry en = {.problem = {.n = 1, .threads = 1, .regime = TERN_HOT},
                                       .objective = "time",
                                       .median_ns = 1000,
                                       .ci_lo_ns = 1000,
                                       .ci_hi_ns = 1000,
                                       .n = 9,
                                       .ratio = 1,
                                       .ratio_lo = 1,
                                       .ratio_hi = 1,
                                       .of_read = NAN,
                                       .of_int8 = NAN,
                                       .ipc = NAN,
                                       .peak_ipc = NAN,
                                       .llc_misses = NAN,
                                       .effort = "normal",
                                       .date = "2026-01-02T03:04:05Z",
                                       .complete = 1};
        tern_role_shape(&m->hp, r, &en.problem.m, &en.problem.k);
        snprintf(en.variant, sizeof en.variant, "%s", v->name);
        snprintf(en.base, sizeof en.base, "%s", v->name);
        snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
        tern_variant_defaults(v, en.param);
        cr_assert(eq(int, tern_wisdom_put(&w, &en, &e), TERN_OK), "%s", e.text);
        en.problem.n = 16, en.median_ns = en.ci_lo_ns = en.ci_hi_ns = 8000;
        cr_assert(eq(int, tern_wisdom_put(&w, &en, &e), TERN_OK), "%s", e.text);
    }
    cr_assert(eq(int, tern_wisdom_write(path, &w, &e), TERN_OK), "%s", e.text);
    tern_wisdom_free(&w);
    tern_model_close(m);
}

Test(command, e2e_sets_predicted_and_measured_time_side_by_side) {
    char arguments[512], path[128];
    snprintf(path, sizeof path, "%s/wisdom", folder);
    write_wisdom(path);
    setenv("TERN_ISA", "scalar", 1);
    snprintf(arguments, sizeof arguments, "e2e -m " MODEL " -p 16 -n 4 -t 1 -r 2 -o json --wisdom %s", path);
    const struct result r = tern(0, arguments);
    cr_assert(eq(i32, r.code, 0), "%s", r.text);
    json_t *all = json_loads(r.text, 0, NULL);
    cr_assert(eq(sz, json_array_size(all), 2), "%s", r.text);
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(all, i), *linear = json_object_get(row, "linear"),
                     *measured = json_object_get(linear, "measured");
        const double layers = field(row, "layers"), each = i ? 1e-6 : 0.5e-6;
        cr_assert(eq(str, (char *)json_string_value(json_object_get(linear, "unit")), "s/token"), "%s",
                  r.text);
        cr_assert(epsilon_eq(dbl, field(linear, "predicted"), layers * each, 1e-12));
        cr_assert(eq(dbl, field(linear, "tuned_tokens"), i ? 1 : 16));
        cr_assert(eq(dbl, field(measured, "n"), 3));
        cr_assert(gt(dbl, field(measured, "median"), 0));
        const double over = field(measured, "median") / field(linear, "predicted");
        cr_assert(epsilon_eq(dbl, field(linear, "measured_over_predicted"), over, 1e-6 * over));
    }
    json_decref(all);
    const struct result said = tern(1, arguments);
    cr_assert(strstr(said.text, "times what the tuner measured") != NULL, "scalar code is slower than that");
}

Test(command, e2e_without_wisdom_says_why_nothing_is_predicted) {
    const struct result r = tern(0, "e2e -m " MODEL " -p 0 -n 4 -t 1 -r 2 -o json");
    cr_assert(strstr(r.text, "\"why_no_prediction\"") != NULL, "%s", r.text);
    cr_assert(strstr(r.text, "\"linear\"") == NULL, "%s", r.text);
}

Test(command, bad_arguments_get_one_line_and_their_code) {
    static const struct {
        const char *arguments;
        int code;
    } bad[] = {
        {"run", 3},
        {"run -p a -f b", 3},
        {"run -p a -n x", 3},
        {"run -p a -t 0", 3},
        {"run -p a --temp -1", 3},
        {"run -p a --top-p 0", 3},
        {"run -p a --kv f64", 3},
        {"run -p a --head q5", 3},
        {"run -p a -n -2", 3},
        {"run -p a --min-p 2", 3},
        {"run -p a --repeat-penalty 0", 3},
        {"run -p a --cache x --no-cache", 3},
        {"chat extra", 3},
        {"chat --template llama4", 3},
        {"chat -m /nonexistent.gguf", 3},
        {"run -p a --bogus", 3},
        {"run -p a extra", 3},
        {"run -p a -m /nonexistent.gguf", 3},
        {"run -p a -m synth:nothing", 3},
        {"run -p a --wisdom /nonexistent/wisdom", 3},
        {"run -f /nonexistent", 3},
        {"run --tokens 1,2,4000", 3},
        {"run --tokens 1,,x", 3},
        {"run --tokens 1,2,3 --ctx 2", 3},
        {"run --tokens 1 --logits /proc/nowhere/x", 3},
        {"e2e -r 0", 3},
        {"e2e -o xml", 3},
        {"e2e -p 0 -n 0", 3},
        {"e2e -t 1,0", 3},
        {"tune --mix 0:0 --dry-run", 3},
        {"tune --mix 3 --dry-run", 3},
        {"e2e -m /nonexistent.gguf", 3},
        {"perplexity", 3},
        {"perplexity -f /nonexistent", 3},
        {"perplexity -f " MODEL " --ctx 1", 3},
        {"perplexity -f /dev/null", 3},
        {"perplexity -f " MODEL " --tokens 9 --ctx 16 --stride 16", 3},
        {"perplexity -f " MODEL " -m /nonexistent.gguf", 3},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct result r = tern(1, bad[i].arguments);
        cr_assert(eq(i32, r.code, bad[i].code), "tern %s: %s", bad[i].arguments, r.text);
        cr_assert(eq(i32, lines(r.text), 1), "tern %s: %s", bad[i].arguments, r.text);
        cr_assert(strncmp(r.text, "tern: ", 6) == 0, "%s", r.text);
    }
}

Test(command, a_model_cut_anywhere_is_refused_in_one_line) {
    char path[128], arguments[256], *whole = NULL;
    size_t bytes = 0;
    snprintf(path, sizeof path, "%s/cut.gguf", folder);
    snprintf(arguments, sizeof arguments, "run -m %s -p a -n 1 -q -t 1", path);
    cr_assert(tern_file_read(MODEL, 1u << 24, &whole, &bytes, NULL) == TERN_OK);
    for (size_t cut = 0; cut < bytes; cut += 997) {
        FILE *f = fopen(path, "wb");
        cr_assert(f && fwrite(whole, 1, cut, f) == cut);
        fclose(f);
        const struct result r = tern(1, arguments);
        cr_assert(eq(i32, r.code, 3), "cut at %zu: %s", cut, r.text);
        cr_assert(eq(i32, lines(r.text), 1), "cut at %zu: %s", cut, r.text);
    }
    free(whole);
}

Test(command, e2e_prints_every_test_with_unit_estimator_n_and_spread) {
    char arguments[256], path[128], *records = NULL;
    size_t bytes;
    snprintf(path, sizeof path, "%s/records.jsonl", folder);
    snprintf(arguments, sizeof arguments, "e2e -m " MODEL " -p 8,16 -n 4 -t 1,2 -r 6 -o json --records %s",
             path);
    const struct result r = tern(0, arguments);
    cr_assert(eq(i32, r.code, 0));
    json_t *all = json_loads(r.text, 0, NULL);
    cr_assert(eq(sz, json_array_size(all), 6));
    for (size_t i = 0; i < 6; i++) {
        json_t *o = json_array_get(all, i);
        const double median = json_real_value(json_object_get(o, "median"));
        cr_assert(eq(str, (char *)json_string_value(json_object_get(o, "unit")), "tok/s"));
        cr_assert(eq(str, (char *)json_string_value(json_object_get(o, "estimator")), "median"));
        cr_assert(eq(int, (int)json_integer_value(json_object_get(o, "n")), 6));
        cr_assert(gt(dbl, median, 0));
        cr_assert(le(dbl, json_real_value(json_object_get(o, "ci_lo")), median));
        cr_assert(ge(dbl, json_real_value(json_object_get(o, "ci_hi")), median));
        cr_assert(le(dbl, json_real_value(json_object_get(o, "min")), median));
        cr_assert(ge(dbl, json_real_value(json_object_get(o, "max")), median));
        cr_assert(eq(int, json_object_get(o, "bytes_per_token") != NULL, i % 3 == 2));
    }
    json_decref(all);
    cr_assert(tern_file_read(path, 1u << 20, &records, &bytes, NULL) == TERN_OK);
    cr_assert(eq(i32, lines(records), 7)); /* and the machine */
    cr_assert(strstr(records, "\"kind\":\"machine\"") != NULL);
    cr_assert(strstr(records, "\"kind\":\"e2e\"") != NULL);
    static const char *const kept[] = {
        "\"peak_rss\":", "\"body\":",         "\"kv\":",
        "\"file\":",     "\"head_weights\":", "\"energy\":{\"why\":\"not asked for\"}"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        cr_assert(strstr(records, kept[i]) != NULL, "%s is not in %s", kept[i], records);
    free(records);
}

Test(command, e2e_models_the_energy_of_a_token_only_when_asked_and_says_so) {
    char arguments[256], path[128], *records = NULL;
    size_t bytes;
    snprintf(path, sizeof path, "%s/energy.jsonl", folder);
    snprintf(arguments, sizeof arguments, "e2e -m " MODEL " -p 8 -n 4 -t 1 -r 1 --energy=model --records %s",
             path);
    cr_assert(eq(i32, tern(0, arguments).code, 0));
    cr_assert(tern_file_read(path, 1u << 20, &records, &bytes, NULL) == TERN_OK);
    const char *decode = strstr(records, "\"decode\""), *modelled = strstr(records, "\"modelled\":[");
    cr_assert(modelled != NULL && modelled > decode, "%s", records); /* of decode only */
    cr_assert(strstr(records, "\"joules\"") == NULL, "%s", records);
    free(records);
    cr_assert(eq(i32, tern(0, "e2e -m " MODEL " --energy=guess").code, 3));
}

Test(command, e2e_tables_have_one_row_per_test) {
    const struct result csv = tern(0, "e2e -m " MODEL " -p 8 -n 4 -t 1 -r 2 -o csv");
    cr_assert(eq(i32, lines(csv.text), 3));
    const struct result md = tern(0, "e2e -m " MODEL " -p 8 -n 4 -t 1 -r 2");
    cr_assert(strstr(md.text, "| pp 8 | 1 |") != NULL && strstr(md.text, "| tg 4 | 1 |") != NULL, "%s",
              md.text);
    cr_assert(strstr(md.text, "n < 6") != NULL, "%s", md.text);
}

Test(command, run_goes_on_with_a_shifted_context) {
    const struct result full =
        tern(1, "run -m " MODEL " --tokens 1,2,3,4 -n 60 --ctx 16 --print-ids --ignore-eos");
    cr_assert(eq(int, full.code, 0), "%s", full.text);
    cr_assert(strstr(full.text, "the context is full") != NULL, "%s", full.text);
    const struct result on =
        tern(1, "run -m " MODEL " --tokens 1,2,3,4 -n 60 --ctx 16 --print-ids --ignore-eos --context-shift");
    cr_assert(eq(int, on.code, 0), "%s", on.text);
    cr_assert(strstr(on.text, "shifted 8 times") != NULL, "%s", on.text);
    cr_assert(strstr(on.text, "the context is full") == NULL, "%s", on.text);
    const struct result none =
        tern(1, "run -m " MODEL " --tokens 1,2 -n 60 --ctx 16 --print-ids --context-shift --keep 15");
    cr_assert(eq(int, none.code, 3), "%s", none.text);
    cr_assert(strstr(none.text, "nothing to drop") != NULL, "%s", none.text);
}

Test(command, run_takes_float_activations_and_threads_for_the_prompt) {
    const struct result r =
        tern(1, "run -m " MODEL " --tokens 1,2,3 -n 4 --print-ids --act f32 -t 1 --threads-prefill 2");
    cr_assert(eq(int, r.code, 0), "%s", r.text);
    cr_assert(strstr(r.text, "planes_f32") != NULL, "%s", r.text);
    cr_assert(strstr(r.text, "2 threads") != NULL, "%s", r.text);
    const struct result bad = tern(1, "run -m " MODEL " --tokens 1 --act i4");
    cr_assert(eq(int, bad.code, 3));
    cr_assert(strstr(bad.text, "act: 'i4'") != NULL, "%s", bad.text);
}

/* An embedding model's file says how to pool; its packed weights are kept as those of run are. */
Test(command, embed_pools_as_the_file_says_and_uses_the_packed_cache) {
    char *path = tern_format_text("%s/q.gguf", folder), *packed = tern_format_text("%s/packed", folder);
    char *line = tern_format_text("synth micro-qwen3 %s", path);
    cr_assert(eq(int, tern(1, line).code, 0));
    free(line);
    static const char *const more[] = {"", "--pool last", "-t 3 --ubatch 1 --no-wisdom --merge always", "",
                                       "--pool mean"};
    struct result first = {0, ""};
    for (size_t i = 0; i < 5; i++) {
        line = tern_format_text("embed -q -m %s -p 'a text of some length' --cache %s %s", path, packed,
                                more[i]);
        const struct result r = tern(0, line);
        cr_assert(eq(int, r.code, 0), "%s", line);
        if (!i) first = r;
        const int same = strcmp(first.text, r.text) == 0;
        cr_assert(eq(int, same, i < 4), "%s", line);
        free(line);
    }
    line = tern_format_text("ls %s/*.pack && rm -r %s %s", packed, packed, path);
    cr_assert(eq(int, system(line), 0));
    free(line);
    cr_assert(eq(int, tern(1, "embed -p a --no-wisdom --wisdom x").code, 3));
    free(path);
    free(packed);
}
