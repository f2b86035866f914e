/* Records: the one JSON Lines schema that every measuring command appends and every report reads.
 *
 * Append-only, one writer call per line, a torn tail is skipped by readers. Unknown keys are ignored; a
 * missing key means "not measured", never zero; every number is finite. docs/records.md describes each key.
 */
#ifndef TERN_MEASURE_RECORDS_RECORD_H
#define TERN_MEASURE_RECORDS_RECORD_H

#include "base/status.h"
#include "measure/machine/machine.h"
#include "measure/records/search.h"
#include "measure/statistics.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_RECORD_SCHEMA 1

#define TERN_RECORD_VALUES 24

/* What was measured. Strings are borrowed; NULL or "" = absent. Numbers that are absent are NaN (or n == 0).
 */
struct tern_record_value {
    const char *name;
    double value;
};

struct tern_record {
    const char *kind;    /* "sample" (a finished comparison member), "ceiling", "e2e", "machine", "verify",
                            "search" (what a tuner tried) */
    const char *ts;      /* UTC; the writer fills it when NULL */
    const char *machine; /* hard key; the writer fills it when NULL */
    const char *code;    /* code key of the variant */
    const char *suite;   /* version of tern; the writer fills it when NULL */
    const char *commit;  /* of tern's source tree; the writer fills in this build's when NULL and known */
    const char *source;  /* the other program that measured this; NULL: tern. Then suite and commit stay */
    const char *run;     /* id shared by all records of one command run */
    const char *variant; /* or the ceiling's name, or the e2e plan ("tuned", "untuned") */
    const char *params;  /* "prefetch=4096", "-" */
    const char *op;      /* "gemv", "gemm", "read", "int8", "prefill", "decode" */
    const char *format;  /* weight format, when there is one */
    const char *model;   /* model the problem came from, when known */
    size_t m, k, n;      /* shape; 0 = absent */
    size_t threads;
    const char *regime; /* "hot", "wcold", "wcold-capped" */
    const char *unit;   /* of the estimate: "ns/call", "tok/s", "GB/s" */
    struct tern_estimate est;
    const double *samples; /* raw, in `unit`, in the order of the rounds; NaN: this round gave none */
    size_t sample_count;   /* records of one run and problem with equally many were measured in pairs */
    const char *base;      /* variant that ratio compares with */
    struct tern_ratio ratio;
    double bytes, macs; /* per call: compulsory bytes read; multiply-adds */
    double of_ceiling;  /* share of the ceiling named next, 0..1 (may exceed 1: a broken ceiling is shown) */
    const char *ceiling;
    const char *why_no_counters, *why_no_energy;          /* reasons when absent */
    struct tern_record_value counter[TERN_RECORD_VALUES]; /* metrics of counter groups: "ipc" */
    size_t counters;
    const char *counters_src;          /* names of the groups: "ipc cache" */
    double joules, idle_watts;         /* of one call, measured; of the idle machine */
    const char *energy_src;            /* "powercap package-0"; NULL: no joules */
    double modelled_from, modelled_to; /* joules of one call by a model: no measurement */
    const char *energy_model;          /* its name */
    struct {
        double peak_rss, body, head, kv, file; /* bytes: of the process until then; of the packed layers, the
                                                  packed head, the whole cache; of the model's file */
        double weights, head_weights;          /* how many: of the linear layers, of the head */
    } memory;                                  /* of a model end to end */
    struct tern_record_value spent[TERN_RECORD_VALUES]; /* pieces of a token's time, in seconds: "softmax" */
    size_t spents;
    double floor;                            /* A/A floor that `ratio` is judged by, a share */
    const struct tern_record_search *search; /* of kind "search"; NULL: none */
    const char *flags;                       /* space separated: "vm unstable wcold-capped ..." */
    int complete;                            /* 0: budget ended first */
};

/* All fields absent (NaN, 0, NULL). */
void tern_record_init(struct tern_record *r);
/* A record of kind "machine": the brand in `variant`, the facts as key=value words in `params` (a value with
 * spaces stands in double quotes; unknown facts are left out), "vm" and "wcold-capped" in `flags` where they
 * hold. `params` is the caller's buffer for that text, 1024 bytes are enough; the record borrows it and `m`.
 */
void tern_record_of_machine(const struct tern_machine *m, char *params, size_t params_bytes,
                            struct tern_record *r);
/* Appends one line to `path`, durably. */
enum tern_status tern_record_append(const char *path, const struct tern_record *r, struct tern_error *e);
/* The same as a JSON text (free()). NULL when out of memory. */
char *tern_record_json(const struct tern_record *r, struct tern_error *e);

/* Reads every valid line of a file; strings live in the set. Lines that are torn, of another schema or no
 * record are counted in *skipped, never fatal. */
struct tern_records {
    struct tern_record *item;
    size_t count, skipped;
    void *store; /* owns the strings */
};
enum tern_status tern_records_read(const char *path, struct tern_records *out, struct tern_error *e);
/* The same for lines in memory. */
enum tern_status tern_records_parse(const char *text, size_t bytes, struct tern_records *out,
                                    struct tern_error *e);
void tern_records_free(struct tern_records *r);

#endif
