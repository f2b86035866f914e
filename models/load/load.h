/* From an opened file to a model, in two steps: the hyper-parameters (hparams.c), then the tensors
 * (load.c). */
#ifndef TERN_MODELS_LOAD_LOAD_H
#define TERN_MODELS_LOAD_LOAD_H

#include "models/gguf/gguf.h"
#include "models/load/tl_tiles.h"
#include "models/model.h"

/* What the file does not say and the user may. */
struct tern_load_options {
    const struct tern_format *i2s; /* the layout of I2_S tensors; NULL: guessed (i2s_layout.h) */
    struct tern_tl_tiles tiles;    /* the tiles of TL1 and TL2 tensors; none: those published for the shape */
};

/* Fills in hyper-parameters, layers and dense tensors of `m`; they point into `g`. `path` is the name that
 * errors begin with. Whatever the status is, close `m` with tern_model_close. */
enum tern_status tern_model_load(const struct tern_gguf *g, const char *path,
                                 const struct tern_load_options *o, struct tern_model *m,
                                 struct tern_error *e);

/* The checked hyper-parameters of the file. They agree with its tensors: `sub_norms`, `tied` and the rest say
 * what the file holds. */
enum tern_status tern_gguf_hparams(const struct tern_gguf *g, struct tern_hparams *hp, struct tern_error *e);

#endif
