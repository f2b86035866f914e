/* What a token costs in a whole model: measured end to end, summed up from measured kernels, or modelled.
 * Nothing here measures. Each number says which of the three it is. */
#ifndef TERN_REPORTS_DATA_MODEL_SPEED_H
#define TERN_REPORTS_DATA_MODEL_SPEED_H

#include "models/model.h"
#include "reports/data/select.h"
#include "reports/data/text.h"

#include <stddef.h>

/* The built-in shape of a record's model, "synth:2b-4t" or "2b-4t". NULL for a file, and for a synthetic
 * model with another number of layers or tokens ("synth:2b-4t,layers=2"). */
const struct tern_hparams *tern_report_shape_of(const char *model);

/* How many weights the linear layers have, and how many the head. */
double tern_report_weights(const struct tern_hparams *hp);
double tern_report_head_weights(const struct tern_hparams *hp);

/* One token by f16 kernels: for each linear layer and the head, the median time of the fastest f16 variant
 * at N = 1 with cold weights, times the number of calls. Attention, norms and the rest are missing from
 * this sum, so it makes f16 look faster than it is. */
struct tern_kernel_sum {
    double ns;                /* NaN unless every shape was measured */
    double joules;            /* of the same calls; NaN unless every record has them */
    size_t shapes, found, n;  /* n: the smallest sample count in the sum */
    struct tern_text missing; /* " --problem 6912x2560x1 ...": what is still to be measured */
};
struct tern_kernel_sum tern_report_f16_sum(const struct tern_report_data *d, const char *machine,
                                           size_t threads, const struct tern_hparams *hp);
void tern_kernel_sum_free(struct tern_kernel_sum *s);

/* The newest decode record of that machine, model ("2b-4t", with or without "synth:") and thread count. A
 * tuned record is preferred. NULL when there is none. */
const struct tern_record *tern_report_decode(const struct tern_report_data *d, const char *machine,
                                             const char *model, size_t threads);

/* The measured-ceiling model: the time of a token is the bytes it reads, divided by the read ceiling and by
 * the share of the ceiling that was reached. The share of our kernels is that of the measured model that
 * reads the most bytes. The share of f16 is that of the largest f16 GEMV with cold weights. */
struct tern_ceiling_model {
    const struct tern_record *from;     /* the decode record our share comes from; NULL: none fits */
    const struct tern_record *f16_from; /* the sample record; NULL: none fits */
    double ceiling;                     /* GB/s */
    double share, f16_share;
    double bits, head_bits; /* per weight, as packed in `from` */
    size_t threads, tokens; /* tokens of the decode test; the cache holds half of them on average */
    double cache_bytes;     /* of the last level, as reported; NaN: not known */
    const char *why_not, *why_no_f16, *command, *f16_command; /* static; NULL when there is a model */
};
struct tern_ceiling_model tern_report_ceiling_model(const struct tern_report_data *d, const char *machine,
                                                    size_t threads);
/* Bytes that a token reads, in our layout or in f16, with the key-value cache. */
double tern_report_token_bytes(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16);
/* 1 when those bytes are less than twice the last-level cache. Then memory does not limit the speed, and the
 * model does not apply. */
int tern_report_is_cached(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16);
/* Tokens per second. NaN when the share is not known, or when tern_report_is_cached. */
double tern_report_modelled(const struct tern_ceiling_model *m, const struct tern_hparams *hp, int f16);

/* The largest thread count of that machine's decode records; 0: none. */
size_t tern_report_decode_threads(const struct tern_report_data *d, const char *machine);

#endif
