/* What differs between model architectures: a table with one row for each. The engine and the loader read
 * this table and contain no architecture names. Source: the graphs of llama.cpp and bitnet.cpp. */
#ifndef TERN_MODELS_ARCH_H
#define TERN_MODELS_ARCH_H

#include "models/model.h"

struct tern_arch {
    const char *name; /* general.architecture, and the prefix of its keys */
    const char *title;
    int rope_neox; /* as in tern_hparams */
    int sub_norms;
    int qk_norms;    /* it may have them: the file decides */
    int input_norms; /* likewise */
    enum tern_activation activation;
    double default_eps; /* when the key is missing */
    double default_theta;
};

/* NULL when the architecture is not in the table. */
const struct tern_arch *tern_arch_named(const char *name, size_t bytes);
/* All names, comma-separated, for error messages. */
const char *tern_arch_names(void);

/* The roles of the linear layers and norms of one transformer layer. The functions below give their names in
 * files, their places in struct tern_layer, and their sizes. */
enum tern_role { TERN_Q, TERN_K, TERN_V, TERN_O, TERN_GATE, TERN_UP, TERN_DOWN, TERN_ROLES };
enum tern_norm {
    TERN_ATTN_NORM,
    TERN_ATTN_SUB_NORM,
    TERN_FFN_NORM,
    TERN_FFN_SUB_NORM,
    TERN_Q_NORM,
    TERN_K_NORM,
    TERN_INPUT_NORM, /* that of role TERN_Q; those of the other roles follow, up to TERN_DOWN */
    TERN_NORMS = TERN_INPUT_NORM + TERN_ROLES
};

const char *tern_role_tensor(enum tern_role r); /* "attn_q" */
const char *tern_role_name(enum tern_role r);   /* "q" */
struct tern_linear *tern_role_of(struct tern_layer *l, enum tern_role r);
void tern_role_shape(const struct tern_hparams *hp, enum tern_role r, size_t *m, size_t *k);

const char *tern_norm_tensor(enum tern_norm n); /* "attn_norm" */
struct tern_dense *tern_norm_of(struct tern_layer *l, enum tern_norm n);
/* Length of a norm; 0 when the model does not have this norm. */
size_t tern_norm_length(const struct tern_hparams *hp, enum tern_norm n);

#endif
