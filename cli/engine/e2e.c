#define _GNU_SOURCE
#include "cli/engine/options.h"

#include "base/file.h"
#include "harness/timing/e2e.h"
#include "measure/clock.h"
#include "measure/energy/model.h"
#include "measure/machine/machine.h"
#include "measure/records/record.h"
#include "models/facts.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum output { OUT_MD, OUT_CSV, OUT_JSON };

struct job {
    struct tern_cli_engine c;
    const char *records;
    enum output output;
    size_t *prompts, *threads, rounds, generate, prompt_count, thread_count;
    struct tern_e2e_options o;
    struct tern_energy_model model; /* of --energy=model */
    int modelled;
};

static int take_output(void *ctx, const char *word) {
    static const char *const name[] = {"md", "csv", "json"};
    struct job *j = ctx;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(word, name[i])) return j->output = (enum output)i, 0;
    return tern_cli_usage("e2e", "-o: '%s' is not one of md, csv, json", word);
}

static int take_prompts(void *ctx, const char *arg) {
    struct job *j = ctx;
    if (!strcmp(arg, "0")) return j->prompt_count = 0, 0;
    free(j->prompts);
    j->prompts = NULL;
    return tern_cli_sizes("e2e", "-p", arg, 1, 1u << 20, &j->prompts, &j->prompt_count) ? 0 : 3;
}

static int take_threads(void *ctx, const char *arg) {
    struct job *j = ctx;
    free(j->threads);
    j->threads = NULL;
    return tern_cli_sizes("e2e", "-t", arg, 1, 4096, &j->threads, &j->thread_count) ? 0 : 3;
}

static int take_energy(void *ctx, const char *source) {
    struct job *j = ctx;
    struct tern_error e = {""};
    if (!source || !strcmp(source, "auto")) return j->o.energy = 1, 0;
    if (strcmp(source, "model") && strncmp(source, "model:", 6))
        return tern_cli_usage("e2e", "--energy: '%s' is not auto, model or model:FILE.json", source);
    const enum tern_status s = tern_energy_model_read(source[5] ? source + 6 : NULL, &j->model, &e);
    j->modelled = !s;
    return s ? tern_cli_fail(s, &e) : 0;
}

static int parse(struct job *j, int argc, char **argv) {
    const struct tern_cli_option own[] = {
        {"prompt", 'p', .take = take_prompts, .ctx = j},
        {"count", 'n', .size = &j->generate, .hi = 1u << 20},
        {"threads", 't', .take = take_threads, .ctx = j},
        {"rounds", 'r', .size = &j->rounds, .lo = 1, .hi = 10000},
        {"output", 'o', .take = take_output, .ctx = j},
        {"records", .text = &j->records},
        {"seed", .seed = &j->c.sampling.seed},
        {"ceilings", .flag = &j->o.ceilings},
        {"energy", .optional = 1, .take = take_energy, .ctx = j},
        {"breakdown", .flag = &j->o.breakdown},
    };
    const int rc = tern_cli_engine_parse(&j->c, &tern_command_e2e, TERN_CLI_MODEL, own,
                                         sizeof own / sizeof *own, argc, argv);
    if (rc) return rc;
    if (!j->prompt_count && !j->generate)
        return tern_cli_usage("e2e", "-p 0 and -n 0 leave nothing to measure");
    return 0;
}

static const char *plan_of(const struct tern_e2e_row *r) {
    return r->decode ? r->facts.decode_plan : r->facts.prefill_plan;
}

static const char *tuned(const struct tern_e2e_row *r) {
    return r->facts.from_wisdom ? "tuned" : "untuned";
}

/* The operations from `o` on that are parts of one group, and their sum; returns the first behind them. */
static size_t group_of(const struct tern_e2e_row *r, size_t o, const char **name, double *sum) {
    *name = tern_operation_group((enum tern_operation)o);
    *sum = 0;
    for (; o < TERN_OPERATIONS && !strcmp(tern_operation_group((enum tern_operation)o), *name); o++)
        *sum += r->spent[o];
    return o;
}

static json_t *breakdown_json(const struct tern_e2e_row *r) {
    json_t *b =
        json_pack("{s:s, s:s, s:i}", "unit", "s/token", "estimator", "mean over workers, one run", "n", 1);
    json_t *pieces = json_object();
    for (size_t i = 0; i < TERN_OPERATIONS;) {
        const char *name;
        double sum;
        i = group_of(r, i, &name, &sum);
        json_object_set_new(b, name, json_real(sum));
    }
    for (size_t i = 0; i < TERN_OPERATIONS; i++)
        json_object_set_new(pieces, tern_operation_name((enum tern_operation)i), json_real(r->spent[i]));
    json_object_set_new(b, "pieces", pieces);
    return b;
}

static json_t *estimate_json(const struct tern_estimate *t, const char *unit) {
    json_t *o = json_pack("{s:s, s:s, s:I, s:f, s:f}", "unit", unit, "estimator", "median", "n",
                          (json_int_t)t->n, "median", t->median, "mad", t->mad);
    if (o && isfinite(t->ci_lo)) {
        json_object_set_new(o, "ci_lo", json_real(t->ci_lo));
        json_object_set_new(o, "ci_hi", json_real(t->ci_hi));
    }
    return o;
}

/* What is measured only when it is asked for, or why it is not there. */
static void extras_json(json_t *o, const struct tern_e2e_row *r) {
    if (r->share.n) {
        json_object_set_new(o, "share_of_ceiling", estimate_json(&r->share, "1"));
        json_object_set_new(o, "ceiling", estimate_json(&r->ceiling, r->decode ? "GB/s" : "GMAC/s"));
        json_object_set_new(o, "ceiling_name", json_string(r->ceiling_name));
    } else {
        json_object_set_new(o, "why_no_share", json_string(r->why_no_share));
    }
    if (r->joules.n)
        json_object_set_new(o, "joules_per_token", estimate_json(&r->joules, "J"));
    else
        json_object_set_new(o, "why_no_joules", json_string(r->why_no_joules));
    if (r->facts.exact.steps) {
        json_object_set_new(o, "head_rows_rescored_per_token",
                            json_real((double)r->facts.exact.rescored / (double)r->facts.exact.steps));
        json_object_set_new(o, "head_shares_in_full", json_integer((json_int_t)r->facts.exact.whole));
    }
    if (!r->has_breakdown) return;
    json_object_set_new(o, "breakdown", breakdown_json(r));
}

static json_t *row_json(const struct job *j, const struct tern_e2e_row *r) {
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:f, s:f, s:f, s:f}", "model", j->c.model, "test",
                  r->test, "op", r->decode ? "decode" : "prefill", "tokens", (json_int_t)r->tokens, "threads",
                  (json_int_t)r->threads, "unit", "tok/s", "estimator", "median", "n", (json_int_t)r->rate.n,
                  "median", r->rate.median, "min", r->rate.min, "max", r->max, "mad", r->rate.mad);
    if (!o) return NULL;
    if (isfinite(r->rate.ci_lo)) {
        json_object_set_new(o, "ci_lo", json_real(r->rate.ci_lo));
        json_object_set_new(o, "ci_hi", json_real(r->rate.ci_hi));
    } else {
        json_object_set_new(o, "why_no_ci", json_string("fewer than 6 rounds"));
    }
    if (r->decode) json_object_set_new(o, "bytes_per_token", json_real(r->bytes_per_token));
    if (r->peak_rss_bytes)
        json_object_set_new(o, "peak_rss_bytes", json_integer((json_int_t)r->peak_rss_bytes));
    json_object_set_new(o, "body_bytes", json_integer((json_int_t)r->facts.body_bytes));
    json_object_set_new(o, "head_bytes", json_integer((json_int_t)r->facts.head_bytes));
    json_object_set_new(o, "packed_from_cache", json_boolean(r->facts.from_cache));
    json_object_set_new(o, "kv_bytes", json_integer((json_int_t)r->kv_bytes));
    extras_json(o, r);
    json_object_set_new(o, "load_seconds", json_real(r->facts.load_seconds));
    json_object_set_new(o, "plan", json_string(plan_of(r)));
    json_object_set_new(o, "layers_from_wisdom", json_integer((json_int_t)r->facts.from_wisdom));
    json_object_set_new(o, "layers", json_integer((json_int_t)r->facts.planned));
    if (r->facts.warning[0]) json_object_set_new(o, "warning", json_string(r->facts.warning));
    return o;
}

static enum tern_status print_json(const struct job *j, const struct tern_e2e_row *rows, size_t count,
                                   struct tern_error *e) {
    json_t *all = json_array();
    int bad = all == NULL;
    for (size_t i = 0; !bad && i < count; i++) bad = json_array_append_new(all, row_json(j, &rows[i])) != 0;
    bad = bad || json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) != 0;
    putchar('\n');
    json_decref(all);
    return bad ? tern_fail(e, TERN_IO, "e2e: the JSON text could not be written") : TERN_OK;
}

static void print_csv(const struct job *j, const struct tern_e2e_row *rows, size_t count) {
    puts("model,test,threads,unit,estimator,n,median,ci_lo,ci_hi,min,max,bytes_per_token,peak_rss_bytes,plan_"
         "from,plan");
    for (size_t i = 0; i < count; i++) {
        const struct tern_e2e_row *r = &rows[i];
        printf("\"%s\",%s,%zu,tok/s,median,%zu,%.4f,", j->c.model, r->test, r->threads, r->rate.n,
               r->rate.median);
        if (isfinite(r->rate.ci_lo))
            printf("%.4f,%.4f,", r->rate.ci_lo, r->rate.ci_hi);
        else
            fputs(",,", stdout);
        printf("%.4f,%.4f,", r->rate.min, r->max);
        if (r->decode) printf("%.0f", r->bytes_per_token);
        printf(",%zu,%s,\"%s\"\n", r->peak_rss_bytes, tuned(r), plan_of(r));
    }
}

static void print_md(const struct job *j, const struct tern_e2e_row *rows, size_t count) {
    printf("| model | test | threads | tok/s (median) | n | 95 %% interval | min .. max | MB/token | peak "
           "RSS MB | plan |\n"
           "| --- | --- | ---: | ---: | ---: | --- | --- | ---: | ---: | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const struct tern_e2e_row *r = &rows[i];
        char ci[64] = "none: n < 6", bytes[32] = "-", rss[32] = "not known";
        if (isfinite(r->rate.ci_lo)) snprintf(ci, sizeof ci, "%.2f .. %.2f", r->rate.ci_lo, r->rate.ci_hi);
        if (r->decode) snprintf(bytes, sizeof bytes, "%.1f", 1e-6 * r->bytes_per_token);
        if (r->peak_rss_bytes) snprintf(rss, sizeof rss, "%.0f", 1e-6 * (double)r->peak_rss_bytes);
        printf("| %s | %s | %zu | %.2f%s | %zu | %s | %.2f .. %.2f | %s | %s | %s |\n", j->c.model, r->test,
               r->threads, r->rate.median, r->rate.unstable ? " (unstable)" : "", r->rate.n, ci, r->rate.min,
               r->max, bytes, rss, tuned(r));
    }
    for (size_t i = 0; i < count; i++)
        printf("\n%s, %zu thread%s: %s; wisdom decided %zu of %zu layers\n", rows[i].test, rows[i].threads,
               rows[i].threads == 1 ? "" : "s", plan_of(&rows[i]), rows[i].facts.from_wisdom,
               rows[i].facts.planned);
}

/* "linear 3.1 us (60 %): tables 0.1, multiply 2.8, epilogue 0.2" */
static void print_breakdown(const struct tern_e2e_row *r) {
    double all = 0;
    for (size_t i = 0; i < TERN_OPERATIONS; i++) all += r->spent[i];
    printf("  per token, one run more (n = 1: no spread), mean over the workers:\n");
    for (size_t i = 0, end; i < TERN_OPERATIONS; i = end) {
        const char *name;
        double sum;
        end = group_of(r, i, &name, &sum);
        printf("    %s %.1f us (%.0f %%)", name, 1e6 * sum, 100 * sum / all);
        for (size_t o = i; end - i > 1 && o < end; o++)
            printf("%s %s %.1f", o == i ? ":" : ",", tern_operation_name((enum tern_operation)o),
                   1e6 * r->spent[o]);
        putchar('\n');
    }
}

static void print_extras(const struct tern_e2e_row *r) {
    printf("\n%s, %zu thread%s:\n", r->test, r->threads, r->threads == 1 ? "" : "s");
    if (r->share.n) {
        printf("  %.1f %% of %s, %.1f %s", 100 * r->share.median, r->ceiling_name, r->ceiling.median,
               r->decode ? "GB/s" : "GMAC/s");
        if (isfinite(r->share.ci_lo))
            printf(" (medians of n = %zu, 95 %% interval %.1f to %.1f %%)\n", r->share.n,
                   100 * r->share.ci_lo, 100 * r->share.ci_hi);
        else
            printf(" (medians of n = %zu; fewer than 6: no interval)\n", r->share.n);
    } else {
        printf("  share of the ceiling: not measured: %s\n", r->why_no_share);
    }
    if (r->joules.n)
        printf("  %.4f J/token (median of n = %zu, deviation %.4f)\n", r->joules.median, r->joules.n,
               r->joules.mad);
    else
        printf("  J/token: not measured: %s\n", r->why_no_joules);
    if (r->facts.exact.steps)
        printf("  exact2 head: %.0f rows computed in full per token (mean of n = %llu tokens)\n",
               (double)r->facts.exact.rescored / (double)r->facts.exact.steps,
               (unsigned long long)r->facts.exact.steps);
    if (r->has_breakdown) print_breakdown(r);
}

/* What a token reads comes from memory when it cannot stay in the last-level cache. */
static struct tern_energy_range modelled(const struct job *j, const struct tern_e2e_row *row,
                                         const struct tern_model_facts *f) {
    const struct tern_machine *m;
    const int cold = tern_machine_get(&m, NULL) || !m->l3_bytes || row->bytes_per_token > (double)m->l3_bytes;
    return tern_energy_modelled(&j->model, cold, row->bytes_per_token,
                                row->facts.macs_per_token + (double)f->head_weights);
}

static void put_energy(const struct job *j, const struct tern_e2e_row *row, const struct tern_model_facts *f,
                       struct tern_record *r) {
    r->why_no_energy = row->why_no_joules;
    if (row->joules.n) {
        r->joules = row->joules.median;
        r->idle_watts = row->idle_watts;
        r->energy_src = row->energy_src;
    }
    if (!j->modelled) return;
    r->why_no_energy = row->decode ? "a model was asked for" : "the model knows no bytes per prompt token";
    if (!row->decode) return;
    const struct tern_energy_range x = modelled(j, row, f);
    r->modelled_from = x.from, r->modelled_to = x.to;
    r->energy_model = j->model.name;
}

static void put_memory(const struct job *j, const struct tern_e2e_row *row, const struct tern_model_facts *f,
                       struct tern_record *r) {
    struct stat st;
    const char *path = tern_model_path(j->c.m);
    if (row->peak_rss_bytes) r->memory.peak_rss = (double)row->peak_rss_bytes;
    r->memory.body = (double)row->facts.body_bytes;
    r->memory.head = (double)row->facts.head_bytes;
    r->memory.kv = (double)row->kv_bytes;
    if (path && !stat(path, &st)) r->memory.file = (double)st.st_size;
    r->memory.weights = (double)f->linear_weights;
    r->memory.head_weights = (double)f->head_weights;
}

static enum tern_status keep_records(const struct job *j, const struct tern_e2e_row *rows, size_t count,
                                     struct tern_error *e) {
    char run[32], flags[64];
    struct tern_model_facts facts;
    const struct tern_machine *m;
    enum tern_status s = tern_machine_get(&m, e);
    snprintf(run, sizeof run, "e2e-%016" PRIx64, tern_now_ns());
    tern_model_facts(j->c.m, &facts);
    if (s == TERN_OK) { /* a report needs the caches of the machine to judge these figures */
        struct tern_record r;
        char params[1024];
        tern_record_of_machine(m, params, sizeof params, &r);
        r.run = run;
        s = tern_record_append(j->records, &r, e);
    }
    for (size_t i = 0; s == TERN_OK && i < count; i++) {
        const struct tern_e2e_row *row = &rows[i];
        struct tern_record r;
        tern_record_init(&r);
        snprintf(flags, sizeof flags, "%s%s", m->hypervisor[0] ? "vm" : "",
                 row->rate.unstable ? " unstable" : "");
        r.kind = "e2e";
        r.run = run;
        r.variant = tuned(row);
        r.params = plan_of(row);
        r.op = row->decode ? "decode" : "prefill";
        r.model = j->c.model;
        r.n = row->tokens;
        r.threads = row->threads;
        r.unit = "tok/s";
        r.est = row->rate;
        r.samples = row->sample, r.sample_count = row->samples;
        if (row->decode) r.bytes = row->bytes_per_token;
        r.macs = row->facts.macs_per_token;
        if (row->share.n) r.of_ceiling = row->share.median, r.ceiling = row->ceiling_name;
        put_energy(j, row, &facts, &r);
        put_memory(j, row, &facts, &r);
        r.flags = flags;
        r.complete = 1;
        s = tern_record_append(j->records, &r, e);
    }
    return s;
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_e2e_row *rows = NULL;
    size_t count = 0, all = 0;
    const struct tern_machine *machine;
    enum tern_status s = tern_machine_get(&machine, e);
    if (s == TERN_OK) all = machine->cpus;
    if (s == TERN_OK) s = tern_cli_engine_open(&j->c, e);
    j->o.engine = j->c.engine;
    j->o.seed = j->c.sampling.seed;
    const size_t usual[] = {128};
    j->o.prompts = j->prompts ? j->prompts : usual;
    j->o.prompt_count = j->prompt_count;
    j->o.threads = j->threads ? j->threads : &all;
    j->o.thread_count = j->threads ? j->thread_count : 1;
    j->o.generate = j->generate;
    j->o.rounds = j->rounds;
    if (s == TERN_OK) s = tern_e2e_run(j->c.m, &j->o, &rows, &count, e);
    if (s == TERN_OK && rows[0].facts.warning[0])
        fprintf(stderr, "tern: warning: %s\n", rows[0].facts.warning);
    if (s == TERN_OK && j->output == OUT_JSON) s = print_json(j, rows, count, e);
    if (s == TERN_OK && j->output == OUT_CSV) print_csv(j, rows, count);
    if (s == TERN_OK && j->output == OUT_MD) {
        print_md(j, rows, count);
        const int asked =
            j->o.ceilings || j->o.energy || j->o.breakdown || j->c.engine.head == TERN_HEAD_EXACT2;
        for (size_t i = 0; asked && i < count; i++) print_extras(&rows[i]);
    }
    if (s == TERN_OK && j->records) s = keep_records(j, rows, count, e);
    free(rows);
    tern_cli_engine_close(&j->c);
    return s;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {.c = {.sampling = {.seed = 1}}, .rounds = 5, .generate = 32, .prompt_count = 1};
    int rc = parse(&j, argc, argv);
    if (!rc) {
        const enum tern_status s = work(&j, &e);
        rc = s == TERN_OK ? 0 : tern_cli_fail(s, &e);
    }
    free(j.prompts);
    free(j.threads);
    return rc;
}

const struct tern_command tern_command_e2e = {
    .name = "e2e",
    .summary = "times a model end to end: prompt processing and generation",
    .help =
        "usage: tern e2e [-m FILE.gguf|FOLDER|synth:NAME] [options]\n\n"
        "Each test runs once to warm up and then R times; tests take turns, so that drift hits all alike.\n\n"
        "  -m, --model M      GGUF file, folder of safetensors, or synth:NAME (synth:2b-4t needs about 1.3 "
        "GB)\n"
        "  -p, --prompt LIST  prompt lengths (128); 0: none\n"
        "  -n, --count N      tokens to generate (32); 0: none\n"
        "  -t, --threads LIST thread counts (all processors)\n"
        "  -r, --rounds R     repetitions (5; an interval needs 6)\n"
        "  -o, --output F     md, csv or json (md)\n"
        "      --kv, --head, --act, --ubatch, --wisdom, --no-wisdom, --cache, --no-cache, --merge, --block, "
        "--i2s-layout\n"
        "                     as for tern run\n"
        "      --ceilings     measures read bandwidth and int8 peak in every round, and the share that is "
        "reached\n"
        "      --energy[=S]   joules per token, where the machine tells; =model or =model:FILE.json: a "
        "modelled\n"
        "                     figure in the records, called so\n"
        "      --breakdown    one more run of each test, timed per operation\n"
        "      --records FILE appends one record per test, and one of the machine\n"
        "      --seed N       of the token ids (1)\n"
        "  -q, --quiet        no progress\n\n"
        "example: tern e2e -m synth:2b-4t -p 128,512 -n 32 -t 1,2 -r 7 -o json\n",
    .run = run,
};
