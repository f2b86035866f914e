/* Synthetic models: the shape of a built-in model with random weights (models/synthetic.h), and a GGUF file
 * of one. */
#ifndef TERN_MODELS_SYNTH_SYNTH_H
#define TERN_MODELS_SYNTH_SYNTH_H

#include "models/model.h"

struct tern_synth_options {
    uint64_t seed;
    double zeros;
    uint32_t layers, vocab; /* 0: as the built-in model */
};

/* A model with the shape of the built-in model `name`. TERN_BAD_INPUT when there is none, or when an option
 * is out of range. */
enum tern_status tern_synth_model(const char *name, const struct tern_synth_options *o,
                                  struct tern_model **out, struct tern_error *e);

/* A model with these sizes, which need not be those of a built-in one. */
enum tern_status tern_synth_like(const struct tern_hparams *hp, const struct tern_synth_options *o,
                                 struct tern_model **out, struct tern_error *e);

/* The same from "NAME[,layers=N][,vocab=N][,seed=N][,zeros=P]". */
enum tern_status tern_synth_open(const char *spec, struct tern_model **out, struct tern_error *e);

/* Writes a synthetic model, or any other whose layers I2_S accepts, as a GGUF file: linear layers in I2_S,
 * embedding and untied head in F16, norms in F32, and a byte vocabulary. `progress` (may be NULL) is called
 * with the share of bytes done, 0 to 1. */
enum tern_status tern_synth_write(const struct tern_model *m, const char *path,
                                  void (*progress)(void *ctx, double done), void *ctx, struct tern_error *e);

#endif
