#include "tests/reports/sample.h"

#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const why_counters = "virtual CPU without PMU: perf_event_open: No such file or directory";
static const char *const why_energy = "no RAPL domain in /sys/class/powercap";

struct maker {
    struct tern_record *out;
    size_t count;
    const char *run, *ts;
    struct tern_random random;
    size_t problems;
};

/* What the records of one problem point to. */
enum { PROBLEMS = 18, VARIANTS = 10, POINTS = 8, ROUNDS = 52 };
static struct {
    double sample[VARIANTS][ROUNDS];
    struct tern_search_variant variant[VARIANTS];
    struct tern_search_trial trial[VARIANTS + POINTS];
    struct tern_search_answer answer[3];
    struct tern_record_search search;
} kept[PROBLEMS];

static struct tern_record *next(struct maker *k, const char *kind) {
    struct tern_record *r = &k->out[k->count++];
    tern_record_init(r);
    r->kind = kind;
    r->ts = k->ts, r->run = k->run;
    r->machine = "m:9f3c51aa07be24d1";
    r->suite = "0.1.0";
    r->why_no_counters = why_counters;
    r->why_no_energy = why_energy;
    r->flags = "vm";
    r->complete = 1;
    return r;
}

/* A value near v, with an interval of about the given relative width. */
static struct tern_estimate about(struct maker *k, double v, double width, size_t n) {
    const double at = v * (1 + 0.03 * (tern_random_unit(&k->random) - 0.5));
    const double lo = width * (0.5 + tern_random_unit(&k->random)),
                 hi = width * (0.5 + tern_random_unit(&k->random));
    struct tern_estimate x = {.n = n, .median = at, .mad = at * width * 1.2, .min = at * (1 - 2 * width)};
    x.ci_lo = n < 6 ? NAN : at * (1 - lo);
    x.ci_hi = n < 6 ? NAN : at * (1 + hi);
    x.unstable = x.mad > 0.05 * x.median;
    return x;
}

static void ceilings(struct maker *k, size_t threads) {
    static const struct {
        const char *name, *op, *regime;
        double rate, bytes, macs;
    } what[] = {{"read zmm", "read", "hot", 92.0, 1 << 20, NAN},
                {"read zmm", "read", "wcold", 11.4, 256 << 20, NAN},
                {"vpdpbusd zmm", "int8", NULL, 338.0, NAN, 1e6},
                {"vfmadd zmm", "fma", NULL, 84.0, NAN, 1e6}};
    for (size_t i = 0; i < 4; i++) {
        struct tern_record *r = next(k, "ceiling");
        const double work = isfinite(what[i].macs) ? what[i].macs : what[i].bytes;
        const double scale = i == 1 ? (threads == 1 ? 1 : 1.7) : (double)threads * 0.97;
        r->variant = what[i].name, r->op = what[i].op, r->regime = what[i].regime;
        r->bytes = what[i].bytes, r->macs = what[i].macs;
        r->threads = threads;
        r->unit = "ns/call";
        r->est = about(k, work / (what[i].rate * scale), 0.012, 52);
    }
}

/* What was tried before: every variant once, then the parameters of the first one. `first` is its record. */
static void search(struct maker *k, const struct tern_record *first, size_t at) {
    static const struct {
        const char *params;
        double times;
    } point[POINTS] = {{"prefetch=0 panels=1", 1.31},    {"prefetch=0 panels=2", 1.12},
                       {"prefetch=1024 panels=1", 1.24}, {"prefetch=1024 panels=2", 1.05},
                       {"prefetch=4096 panels=1", 1.18}, {"prefetch=4096 panels=2", 1},
                       {"prefetch=4096 panels=4", 1.09}, {"prefetch=8192 panels=2", 1.02}};
    struct tern_record *r = next(k, "search");
    size_t trials = 0;
    for (size_t i = 0; i < VARIANTS; i++) {
        kept[at].variant[i] = (struct tern_search_variant){first[i].variant, first[i].format, first[i].bytes};
        if (!strcmp(first[i].format, "f16") || !strcmp(first[i].format, "f32")) continue;
        const double ns = first[i].est.median * (1 + 0.1 * tern_random_unit(&k->random));
        kept[at].trial[trials] = (struct tern_search_trial){
            i,          "prefetch=0 panels=4", 2, ns, ns * 0.01, ns * 0.99, trials + 1,
            trials + 9, "slower than the best"};
        trials++;
    }
    for (size_t i = 0; i < POINTS; i++) {
        const double ns = first[0].est.median * point[i].times;
        kept[at].trial[trials] =
            (struct tern_search_trial){0,           point[i].params, i == 5 ? 8 : 3,
                                       ns,          ns * 0.01,       ns * 0.99,
                                       trials + 10, trials + 40,     i == 5 ? NULL : "in the slower half"};
        trials++;
    }
    kept[at].answer[0] = (struct tern_search_answer){8, 0.4, 0};
    kept[at].answer[1] = (struct tern_search_answer){trials + 2, 0.9, trials - 5};
    kept[at].answer[2] = (struct tern_search_answer){trials + 12, 1.6, trials - 3};
    kept[at].search = (struct tern_record_search){.strategy = "race",
                                                  .effort = "normal",
                                                  .unit = "ns/call",
                                                  .candidates = 400,
                                                  .evaluations = 66,
                                                  .rounds = 11,
                                                  .seconds = 2.1,
                                                  .variant = kept[at].variant,
                                                  .variants = VARIANTS,
                                                  .trial = kept[at].trial,
                                                  .trials = trials,
                                                  .answer = kept[at].answer,
                                                  .answers = 3};
    r->op = first->op, r->model = first->model;
    r->m = first->m, r->k = first->k, r->n = first->n, r->threads = first->threads;
    r->regime = first->regime;
    r->why_no_counters = r->why_no_energy = NULL;
    r->search = &kept[at].search;
}

static void problem(struct maker *k, size_t m, size_t n_k, size_t n, size_t threads, const char *regime) {
    static const struct {
        const char *gemv, *gemm, *format, *params;
        double bits, gemv_peak, gemm_peak, bandwidth; /* shares of the peak and of the bandwidth */
        size_t n;
    } v[] = {
        {"gemv_p64_i8_r64k4__avx512vnni", "gemm_p64_i8_r16n8k4__avx512vnni", "p64", "prefetch=4096", 2.0, .56,
         .72, .88, 52},
        {"gemv_p64_i8_r32k4__avx512vnni", "gemm_p64_i8_r16n6k4__avx512vnni", "p64", "prefetch=0", 2.0, .553,
         .70, .86, 52},
        {"gemv_e80_i8_r32k5__avx512vbmi", "gemm_e80_i8_r16n8k5__avx512vbmi", "e80", "prefetch=4096", 1.6, .41,
         .66, .90, 52},
        {"gemv_tq20_i8_r4k256__avx2", "gemm_tq20_i8_r4n4__avx2", "tq20", "-", 2.06, .20, .18, .60, 21},
        {"gemv_i2s_i8_r1k128__avx512vnni", "gemm_i2s_i8_r1n4__avx512vnni", "i2s", "-", 2.0, .33, .29, .71,
         52},
        {"gemv_i2s_i8_r1k128__avx2", "gemm_i2s_i8_r1n4__avx2", "i2s", "-", 2.0, .17, .15, .52, 21},
        {"gemv_f16_f32_r1k16__avx2", "gemm_f16_f32_r4n4__avx2", "f16", "-", 16, .055, .11, .93, 52},
        {"gemv_f32_f32_r1k16__avx512bw", "gemm_f32_f32_r6n16__avx512bw", "f32", "-", 32, .05, .19, .94, 21},
        {"gemv_p64_i8_r4k64__avx2", "gemm_p64_i8_r4n4__avx2", "p64", "prefetch=0", 2.0, .24, .26, .70, 3},
        {"gemv_p64_i8_r1k64__scalar", "gemm_p64_i8_r1n1__scalar", "p64", "-", 2.0, .006, .006, .08, 3}};
    const double macs = (double)m * (double)n_k * (double)n;
    const int hot = !strcmp(regime, "hot");
    const double bandwidth = hot ? 92.0 * (double)threads * 0.97 : threads == 1 ? 11.4 : 11.4 * 1.7;
    const char *base = n > 1 ? v[4].gemm : v[4].gemv;
    double base_ns = 0;
    size_t first = k->count;
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct tern_record *r = next(k, "sample");
        const double peak = 338.0 * (double)threads * 0.97 * (n > 1 ? v[i].gemm_peak : v[i].gemv_peak);
        const double bytes = (double)m * (double)n_k * v[i].bits / 8;
        const double ns = fmax(macs / peak, bytes / (bandwidth * v[i].bandwidth)) + 180;
        r->variant = n > 1 ? v[i].gemm : v[i].gemv;
        r->op = n > 1 ? "gemm" : "gemv";
        r->format = v[i].format, r->params = v[i].params;
        r->model = "synth:2b-4t";
        r->m = m, r->k = n_k, r->n = n, r->threads = threads;
        r->regime = regime;
        r->unit = "ns/call";
        r->bytes = bytes, r->macs = macs;
        r->est = about(k, ns, hot ? 0.006 : 0.02, v[i].n);
        for (size_t j = 0; j < ROUNDS; j++)
            kept[k->problems].sample[i][j] = r->est.median * (0.98 + 0.05 * tern_random_unit(&k->random));
        r->samples = kept[k->problems].sample[i], r->sample_count = v[i].n;
        if (i == 3 && !hot) r->est.unstable = 1, r->est.mad = 0.07 * r->est.median;
        const int memory = bytes / (bandwidth * v[i].bandwidth) > macs / peak;
        r->ceiling = memory ? "read zmm" : "vpdpbusd zmm";
        r->of_ceiling = memory ? bytes / r->est.median / bandwidth
                               : macs / r->est.median / (338.0 * 0.97 * (double)threads);
        if (v[i].n < 6) r->complete = 0;
        if (i == 4) base_ns = r->est.median;
    }
    for (size_t i = first; i < k->count; i++) {
        struct tern_record *r = &k->out[i];
        const double ratio = r->est.median / base_ns;
        if (!strcmp(r->variant, base)) continue;
        r->base = base;
        r->ratio = (struct tern_ratio){.n = r->est.n, .median = ratio, .ci_lo = NAN, .ci_hi = NAN};
        if (r->est.n >= 6) r->ratio.ci_lo = ratio * 0.994, r->ratio.ci_hi = ratio * 1.007;
    }
    search(k, &k->out[first], k->problems);
    k->problems++;
}

static void end_to_end(struct maker *k, const char *op, size_t n, size_t threads, double tps, double gain) {
    for (int tuned = 0; tuned < 2; tuned++) {
        struct tern_record *r = next(k, "e2e");
        r->variant = tuned ? "tuned" : "untuned";
        r->op = op;
        r->model = "synth:2b-4t";
        r->n = n, r->threads = threads;
        r->unit = "tok/s";
        r->est = about(k, tuned ? tps * gain : tps, 0.02, 7);
        r->memory.body = 417e6, r->memory.head = 269e6, r->memory.kv = 2.5e6, r->memory.peak_rss = 1.31e9;
        r->memory.weights = 2084044800, r->memory.head_weights = 328335360;
        if (!strcmp(op, "decode")) {
            r->bytes = 686e6;
            r->modelled_from = 0.11, r->modelled_to = 0.22, r->energy_model = "horowitz2014";
            r->why_no_energy = "a model was asked for";
        }
    }
}

size_t sample_run(struct tern_record *out, const char *run, const char *ts, uint64_t seed) {
    static const size_t shape[][2] = {{640, 2560}, {2560, 2560}, {2560, 6912}, {6912, 2560}};
    struct maker k = {.out = out, .run = run, .ts = ts, .random = {seed}};
    struct tern_record *r = next(&k, "machine");
    r->variant = "Made-up CPU of the tests @ 2.10GHz";
    r->params = "cpus=2 cores=2 packages=1 l1d=49152 l2=2097152 l3=272629760 memory=25769803776 "
                "usable=\"ssse3 avx2 avxvnni "
                "avx512bw avx512vnni avx512vbmi avx512popcnt gfni\" hypervisor=kvm kernel=6.1.0 governor= "
                "thp=madvise "
                "topology=\"hwloc 2.9.0\" ghz=2.6";
    r->flags = "vm wcold-capped";
    r->why_no_counters = r->why_no_energy = NULL;
    static const char *const verified[] = {"gemv_p64_i8_r64k4__avx512vnni", "gemv_e80_i8_r32k5__avx512vbmi",
                                           "gemv_i2s_i8_r1k128__avx2"};
    for (size_t i = 0; i < 3; i++) {
        r = next(&k, "verify");
        r->variant = verified[i];
        r->flags = "ok";
        r->why_no_counters = r->why_no_energy = NULL;
    }
    for (size_t threads = 1; threads <= 2; threads++) {
        ceilings(&k, threads);
        for (size_t i = 0; i < 4; i++) {
            problem(&k, shape[i][0], shape[i][1], 1, threads, "wcold-capped");
            problem(&k, shape[i][0], shape[i][1], 128, threads, "hot");
        }
        problem(&k, shape[0][0], shape[0][1], 1, threads, "hot");
        end_to_end(&k, "prefill", 128, threads, threads == 1 ? 9.6 : 18.4, 2.35);
        end_to_end(&k, "decode", 32, threads, threads == 1 ? 6.1 : 10.9, 1.42);
    }
    return k.count;
}

struct tern_record sample_one(const char *variant, const char *format, double median, double spread) {
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "sample";
    r.ts = "2026-01-02T03:04:05Z", r.machine = "m:1", r.run = "run-1";
    r.variant = variant, r.format = format, r.params = "-", r.op = "gemv";
    r.m = 640, r.k = 2560, r.n = 1, r.threads = 1;
    r.regime = "hot", r.unit = "ns/call";
    r.bytes = 640 * 2560 / 4.0, r.macs = 640 * 2560.0;
    r.est = (struct tern_estimate){.n = 21,
                                   .median = median,
                                   .mad = median / 100,
                                   .min = median * 0.9,
                                   .ci_lo = median - spread,
                                   .ci_hi = median + spread};
    r.complete = 1;
    return r;
}
