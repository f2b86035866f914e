/* What tern adds to one case of Google Benchmark: paired rounds with the ceilings, groups of counters, energy. */
#ifndef TERN_CLI_BENCH_CASE_H
#define TERN_CLI_BENCH_CASE_H

#include "measure/counters/count.h"
#include "measure/energy/energy.h"
#include "measure/energy/model.h"
#include "measure/sampling/block.h"
#include "tuner/trial/fixture.h"

#define TERN_BENCH_GROUPS 8

/* What is asked for, the same for all cases. */
struct tern_bench_plan {
    uint64_t seed;
    struct tern_counter_group group[TERN_BENCH_GROUPS];
    size_t groups;
    struct tern_energy *energy; /* NULL: not asked for */
    double idle_watts;
    int modelled;
    struct tern_energy_model model;
};

struct tern_bench_extra {
    struct tern_estimate est; /* ns of one call, of the rounds */
    struct tern_ceiling_fraction of_read, of_int8;
    int has_read, has_int8;
    enum tern_regime_fit fit;
    struct tern_block block;
    struct tern_counted counted[TERN_BENCH_GROUPS];
    double joules, watts; /* of one call, measured; NaN: not */
    char why_no_energy[256];
    struct tern_energy_range modelled; /* joules of one call */
};

/* Reads a list of groups or files, such as "ipc,cache". 0, or the exit code after one line on stderr. If nothing
 * of a group can be counted here, the exit code is 4. */
int tern_bench_groups(const char *list, struct tern_bench_plan *plan);
/* Opens the source, tries it, and measures the power of the idle machine. "model" and "model:FILE" only read the
 * model. 0, or the exit code after one line on stderr. */
int tern_bench_energy(const char *source, struct tern_bench_plan *plan);
/* `--counters list`: prints groups, events and back-ends, each "no" with its reason. Returns an exit code. */
int tern_bench_list_counters(void);

/* Measures one case. `team` brings the ceilings that this machine can measure. */
enum tern_status tern_bench_measure(const struct tern_bench_plan *plan, const struct tern_machine *m,
                                    struct tern_trial *trial, struct tern_team *team, int cold,
                                    double weights, struct tern_bench_extra *out, struct tern_error *e);

/* How the rounds of a case are taken, and those of the A/A floor that it is judged by. */
struct tern_sampler_options tern_bench_timing(const struct tern_bench_plan *plan);
/* Adds remarks to a label: "unstable; dirty after 3 tries: steal 3 %; faster than the int8 ceiling". */
void tern_bench_remarks(const struct tern_bench_plan *plan, const struct tern_bench_extra *x, char *out,
                        size_t bytes);

#endif
