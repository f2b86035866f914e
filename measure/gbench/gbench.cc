extern "C" {
#include "base/file.h"
#include "base/isa.h"
#include "measure/clock.h"
#include "measure/machine/machine.h"
}
#include "measure/gbench/flags.h"
#include "measure/gbench/gbench.h"

#include <benchmark/benchmark.h>
#include <jansson.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <exception>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

struct tern_gbench_state {
    benchmark::State *state;
};

namespace {

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using Run = BenchmarkReporter::Run;

constexpr uint64_t batch_ns =
    100000; /* long against the loop's own cost, short against the least useful run */
constexpr uint64_t batch_max = 1u << 30;
constexpr char debug_warning[] = "Library was built as DEBUG";

const char *const keys_of_a_run[] = {"name",
                                     "family_index",
                                     "per_family_instance_index",
                                     "run_name",
                                     "run_type",
                                     "repetitions",
                                     "repetition_index",
                                     "threads",
                                     "aggregate_name",
                                     "aggregate_unit",
                                     "error_occurred",
                                     "error_message",
                                     "iterations",
                                     "real_time",
                                     "cpu_time",
                                     "time_unit",
                                     "label",
                                     "allocs_per_iter",
                                     "max_bytes_used",
                                     "total_allocated_bytes",
                                     "net_heap_growth",
                                     "cpu_coefficient",
                                     "real_coefficient",
                                     "big_o",
                                     "rms"};
const char *const keys_of_the_context[] = {"date",
                                           "host_name",
                                           "executable",
                                           "num_cpus",
                                           "mhz_per_cpu",
                                           "cpu_scaling_enabled",
                                           "caches",
                                           "load_avg",
                                           "library_build_type",
                                           "library_version",
                                           "json_schema_version"};

template <size_t N> bool is_one_of(const char *const (&keys)[N], const char *key) {
    return std::any_of(keys, keys + N, [&](const char *k) { return !std::strcmp(k, key); });
}

/* The library escapes only some control characters and no broken UTF-8. */
std::string clean(const char *text) {
    std::string out = text ? text : "";
    json_t *valid = json_stringn(out.data(), out.size());
    for (char &c : out) {
        unsigned char u = static_cast<unsigned char>(c);
        if (u < 0x20 || u == 0x7f)
            c = ' ';
        else if (u >= 0x80 && !valid)
            c = '?';
    }
    json_decref(valid);
    return out;
}

struct Case {
    tern_gbench_case c;
    std::string label, refused;
    uint64_t batch;

    explicit Case(const tern_gbench_case &given)
        : c(given), label(clean(given.label)), refused(clean(given.refused)), batch(given.batch) {}

    void calibrate() {
        for (batch = 1; batch < batch_max; batch *= 2) {
            uint64_t from = tern_now_ns();
            c.work(c.ctx, batch);
            if (tern_now_ns() - from >= batch_ns / 2) break;
        }
    }

    void rate(benchmark::State &st, const char *name, double per_call,
              Counter::OneK k = Counter::kIs1000) const {
        double all = per_call * static_cast<double>(st.iterations());
        if (per_call > 0 && std::isfinite(all)) st.counters[name] = Counter(all, Counter::kIsRate, k);
    }

    void operator()(benchmark::State &st) {
        if (refused.empty() && c.allowed) refused = clean(c.allowed(c.ctx));
        c.allowed = nullptr;
        if (!refused.empty()) return st.SkipWithError(refused.c_str());
        if (!batch) calibrate();
        if (c.begin) c.begin(c.ctx);
        while (st.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch))) c.work(c.ctx, batch);
        rate(st, "items_per_second", c.items);
        rate(st, "bytes_per_second", c.bytes, Counter::kIs1024);
        rate(st, "macs_per_second", c.macs);
        if (!label.empty()) st.SetLabel(label);
        tern_gbench_state s = {&st};
        if (c.end) c.end(c.ctx, static_cast<uint64_t>(st.iterations()), &s);
    }
};

/* A reporter between the library and one of its own writers: takes away what would break the writer, passes
 * the rest on, and tells the sink. */
class Strainer : public BenchmarkReporter {
  public:
    Strainer(BenchmarkReporter *writer, bool is_csv) : writer_(writer), is_csv_(is_csv) {}

    tern_gbench_sink sink = nullptr;
    void *user = nullptr;
    std::ostream *notes = nullptr; /* where the context's remarks go; null: where the library says */
    size_t failed = 0;
    int broken = 0; /* the output could not be written: errno, or -1 when it is not known */

    bool ReportContext(const Context &context) override {
        std::ostringstream said;
        writer_->SetOutputStream(&GetOutputStream());
        writer_->SetErrorStream(&said);
        bool go_on = writer_->ReportContext(context);
        std::ostream &to = notes ? *notes : GetErrorStream();
        writer_->SetErrorStream(&to);
        tell_without_fright(said.str(), to);
        look();
        return go_on;
    }

    void ReportRuns(const std::vector<Run> &runs) override {
        std::vector<Run> good;
        for (const Run &run : runs) {
            if (!std::isfinite(run.real_accumulated_time) || !std::isfinite(run.cpu_accumulated_time))
                continue;
            good.push_back(run);
            auto &counters = good.back().counters;
            for (auto it = counters.begin(); it != counters.end();)
                it = std::isfinite(it->second.value) && has_column(it->first) ? std::next(it)
                                                                              : counters.erase(it);
            failed += run.error_occurred;
            if (sink) tell_sink(good.back());
        }
        if (is_csv_ && !columns_known_) set_columns(good);
        if (!good.empty()) writer_->ReportRuns(good);
        look();
    }

    void Finalize() override {
        writer_->Finalize();
        look();
    }

  private:
    BenchmarkReporter *writer_;
    bool is_csv_, columns_known_ = false;
    std::set<std::string> columns_;

    void look() {
        errno = 0;
        if (!broken && !GetOutputStream().flush()) broken = errno ? errno : -1;
    }

    /* The CSV writer aborts when a counter turns up that the first case did not have. */
    bool has_column(const std::string &name) const { return !columns_known_ || columns_.count(name); }

    void set_columns(const std::vector<Run> &runs) {
        columns_ = {"bytes_per_second", "items_per_second"};
        for (const Run &run : runs)
            for (const auto &counter : run.counters) columns_.insert(counter.first);
        columns_known_ = true;
    }

    /* Distributions compile the library with its asserts on; it then warns as if the measured code were slow.
     */
    static void tell_without_fright(const std::string &said, std::ostream &to) {
        std::istringstream lines(said);
        for (std::string line; std::getline(lines, line);) {
            if (line.find(debug_warning) == std::string::npos)
                to << line << "\n";
            else
                to << "Note: libbenchmark itself was compiled with asserts; the measured code was not.\n";
        }
        to.flush();
    }

    void tell_sink(const Run &run) const {
        if (run.run_type == Run::RT_Aggregate && run.aggregate_unit == benchmark::kPercentage) return;
        std::vector<const char *> names;
        std::vector<double> values;
        for (const auto &counter : run.counters) {
            names.push_back(counter.first.c_str());
            values.push_back(counter.second.value);
        }
        std::string name = run.benchmark_name();
        double calls = run.iterations ? static_cast<double>(run.iterations) : 1;
        tern_gbench_row row = {};
        row.name = name.c_str();
        row.aggregate = run.run_type == Run::RT_Aggregate ? run.aggregate_name.c_str() : nullptr;
        row.label = run.report_label.empty() ? nullptr : run.report_label.c_str();
        row.error = run.error_occurred ? run.error_message.c_str() : nullptr;
        row.real_ns = run.error_occurred ? NAN : run.real_accumulated_time / calls * 1e9;
        row.cpu_ns = run.error_occurred ? NAN : run.cpu_accumulated_time / calls * 1e9;
        row.calls = run.iterations;
        row.repetition = run.repetition_index;
        row.repetitions = run.repetitions;
        row.counter = names.data();
        row.value = values.data();
        row.counters = names.size();
        sink(user, &row);
    }
};

std::unique_ptr<BenchmarkReporter> writer_of_format(const std::string &format) {
    BENCHMARK_DISABLE_DEPRECATED_WARNING
    if (format == "csv") return std::make_unique<benchmark::CSVReporter>();
    BENCHMARK_RESTORE_DEPRECATED_WARNING
    if (format == "console")
        return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
    return std::make_unique<benchmark::JSONReporter>();
}

bool has_context(const std::string &key) {
    const auto *all = benchmark::internal::GetGlobalContext();
    return all && all->count(key);
}

void add_context(const std::string &key, const std::string &value) {
    if (!has_context(key)) benchmark::AddCustomContext(key, clean(value.c_str()));
}

void add_own_context() {
    std::ostringstream said;
    BenchmarkReporter::PrintBasicContext(&said, BenchmarkReporter::Context());
    if (said.str().find(debug_warning) != std::string::npos)
        add_context("library_build_type_note",
                    "libbenchmark was compiled with asserts; the measured code was not");
    const tern_machine *m;
    add_context("tern", TERN_VERSION);
    if (tern_machine_get(&m, nullptr)) return;
    char isa[256];
    tern_isa_text(m->usable, isa, sizeof isa);
    add_context("machine", m->key);
    add_context("isa", isa);
}

void forget_everything() {
    benchmark::ClearRegisteredBenchmarks();
    auto *&context = benchmark::internal::GetGlobalContext();
    delete context;
    context = nullptr;
    BenchmarkReporter::Context::executable_name = nullptr; /* pointed into the caller's argv */
}

/* The library's complaints end with a newline and may be several lines; an error text is one. */
std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string flag(int argc, char *const *argv, const char *name, const char *otherwise) {
    const char *value = tern_gbench_flag(argc, argv, name);
    return value ? value : otherwise;
}

/* Of two flags of one name the library takes the last. */
enum tern_status initialize(int argc, char *const *argv, std::string &out_flag, tern_error *e) {
    std::vector<char *> left(argv, argv + argc);
    if (!out_flag.empty()) left.push_back(&out_flag[0]), argc++;
    left.push_back(nullptr);
    benchmark::Initialize(&argc, left.data());
    if (argc > 1)
        return tern_fail(e, TERN_BAD_INPUT,
                         "bench: %s: not a flag of Google Benchmark, or not a value that it takes", left[1]);
    for (const char *key : keys_of_the_context)
        if (has_context(key))
            return tern_fail(e, TERN_BAD_INPUT,
                             "bench: --benchmark_context=%s: the library writes this key itself", key);
    return TERN_OK;
}

/* The file of --benchmark_out: the library writes into a replacement, which takes its place when it is whole. */
class Out {
  public:
    std::string path, flag; /* the flag for the library; empty: no file is wanted */

    explicit Out(const std::string &file) : path(file) {}
    Out(const Out &) = delete;
    Out &operator=(const Out &) = delete;
    ~Out() {
        if (open_) tern_replace_abandon(&file_);
    }

    enum tern_status open(tern_error *e) {
        if (path.empty()) return TERN_OK;
        enum tern_status s = tern_replace_begin(path.c_str(), &file_, e);
        if (s) return tern_fail_in(e, s, "bench: --benchmark_out");
        open_ = true;
        flag = "--benchmark_out=" + std::string(file_.temp ? file_.temp : path.c_str());
        return TERN_OK;
    }

    /* The library's streams swallow a failed allocation and leave out what it was for: `json` is read back. */
    enum tern_status commit(bool json, tern_error *e) {
        if (!open_) return TERN_OK;
        json_t *whole = json && file_.temp ? json_load_file(file_.temp, 0, nullptr) : nullptr;
        if (json && file_.temp && !whole)
            return tern_fail(e, TERN_NO_MEMORY, "bench: %s: could not be written: out of memory",
                             path.c_str());
        json_decref(whole);
        open_ = false;
        return tern_replace_commit(&file_, e);
    }

  private:
    tern_replace file_ = {};
    bool open_ = false;
};

enum tern_status could_not_write(const char *where, int why, tern_error *e) {
    return tern_fail(e, TERN_IO, "bench: %s: could not be written%s%s", where, why > 0 ? ": " : "",
                     why > 0 ? std::strerror(why) : "");
}

enum tern_status run(int argc, char *const *argv, tern_gbench_sink sink, void *user, tern_gbench_result *out,
                     tern_error *e) {
    Out target(flag(argc, argv, "out", ""));
    std::string file_format = flag(argc, argv, "out_format", "json");
    enum tern_status s = target.open(e);
    if (!s) s = initialize(argc, argv, target.flag, e);
    if (s) return s;
    add_own_context();

    std::ostringstream complaints;
    Strainer display(benchmark::CreateDefaultDisplayReporter(),
                     flag(argc, argv, "format", "console") == "csv");
    display.SetErrorStream(&complaints);
    display.notes = &std::cerr;
    display.sink = sink;
    display.user = user;
    std::unique_ptr<BenchmarkReporter> writer = writer_of_format(file_format);
    Strainer file(writer.get(), file_format == "csv");

    /* A reporter for a file without a file to write makes the library exit. */
    out->matched = target.flag.empty() ? benchmark::RunSpecifiedBenchmarks(&display)
                                       : benchmark::RunSpecifiedBenchmarks(&display, &file);
    out->failed = display.failed;
    if (out->matched == 0) {
        std::string why = one_line(complaints.str());
        return tern_fail(e, TERN_BAD_INPUT, "bench: --benchmark_filter: %s",
                         why.empty() ? "no match" : why.c_str());
    }
    std::cerr << complaints.str() << std::flush;
    std::cout.flush();
    if (!std::cout || display.broken) return could_not_write("standard output", display.broken, e);
    if (file.broken) return could_not_write(target.path.c_str(), file.broken, e);
    return target.commit(file_format == "json", e);
}

/* No exception leaves this file. */
template <typename F> enum tern_status guarded(tern_error *e, F &&body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return tern_fail(e, TERN_NO_MEMORY, "bench: Google Benchmark: out of memory");
    } catch (const std::exception &x) {
        return tern_fail(e, TERN_BAD_INPUT, "bench: Google Benchmark: %s", x.what());
    } catch (...) {
        return tern_fail(e, TERN_BAD_INPUT, "bench: Google Benchmark: an exception without a text");
    }
}

} // namespace

extern "C" {

const char *tern_gbench_version(void) {
    return "Google Benchmark " TERN_GBENCH_VERSION;
}

enum tern_status tern_gbench_register(const struct tern_gbench_case *c, struct tern_error *e) {
    if (!c->name || !*c->name) return tern_fail(e, TERN_BAD_INPUT, "bench: register: a case without a name");
    if (!c->work) return tern_fail(e, TERN_BAD_INPUT, "bench: register: %s: no work function", c->name);
    return guarded(e, [&] {
        auto shared = std::make_shared<Case>(*c);
        auto *b = benchmark::RegisterBenchmark(clean(c->name).c_str(),
                                               [shared](benchmark::State &st) { (*shared)(st); });
        b->UseRealTime();
        if (c->min_seconds > 0) b->MinTime(c->min_seconds);
        if (c->repetitions > 0) b->Repetitions(c->repetitions);
        return TERN_OK;
    });
}

enum tern_status tern_gbench_count(struct tern_gbench_state *s, const char *name, double value,
                                   enum tern_gbench_counter kind, struct tern_error *e) {
    if (!name || !*name || is_one_of(keys_of_a_run, name))
        return tern_fail(e, TERN_BAD_INPUT, "bench: counter: %s: not a free name",
                         name && *name ? name : "\"\"");
    if (!std::isfinite(value)) return TERN_OK;
    return guarded(e, [&] {
        Counter::Flags flags = kind == TERN_GBENCH_PER_CALL     ? Counter::kAvgIterations
                               : kind == TERN_GBENCH_PER_SECOND ? Counter::kIsRate
                                                                : Counter::kDefaults;
        s->state->counters[clean(name)] = Counter(value, flags);
        return TERN_OK;
    });
}

void tern_gbench_label(struct tern_gbench_state *s, const char *label) {
    guarded(nullptr, [&] {
        s->state->SetLabel(clean(label));
        return TERN_OK;
    });
}

enum tern_status tern_gbench_context(const char *key, const char *value, struct tern_error *e) {
    if (!key || !*key || is_one_of(keys_of_the_context, key))
        return tern_fail(e, TERN_BAD_INPUT, "bench: context: %s: not a free key", key && *key ? key : "\"\"");
    return guarded(e, [&] {
        std::string name = clean(key);
        if (has_context(name)) return tern_fail(e, TERN_BAD_INPUT, "bench: context: %s: given twice", key);
        add_context(name, clean(value));
        return TERN_OK;
    });
}

enum tern_status tern_gbench_run(int argc, char *const *argv, tern_gbench_sink sink, void *user,
                                 struct tern_gbench_result *out, struct tern_error *e) {
    *out = tern_gbench_result{};
    enum tern_status s = tern_gbench_check_flags(argc, argv, e);
    if (!s) s = guarded(e, [&] { return run(argc, argv, sink, user, out, e); });
    guarded(nullptr, [] {
        forget_everything();
        return TERN_OK;
    });
    return s;
}

} // extern "C"
