/* The list of problems to work on: shapes, of a model or given one by one, times thread counts times token
 * counts. */
#ifndef TERN_TUNER_SESSION_TASKS_H
#define TERN_TUNER_SESSION_TASKS_H

#include "models/model.h"
#include "tuner/session/tune.h"

struct tern_tasks {
    struct tern_task *item;
    size_t count;
};

/* Adds the distinct linear shapes of "NAME", "synth:NAME" or a GGUF file, and that of q, k and v as one matrix where
 * the engine multiplies them so with some of the thread counts, for every thread and token count. */
enum tern_status tern_tasks_add_model(struct tern_tasks *t, const char *source, const size_t *threads,
                                      size_t n_threads, const size_t *tokens, size_t n_tokens,
                                      enum tern_regime regime, struct tern_error *e);
/* Adds one shape in the same way. What is there already is not added again. */
enum tern_status tern_tasks_add_shape(struct tern_tasks *t, size_t m, size_t k, const size_t *threads,
                                      size_t n_threads, const size_t *tokens, size_t n_tokens,
                                      enum tern_regime regime, struct tern_error *e);
/* The sizes of such a model. */
enum tern_status tern_tasks_hparams(const char *source, struct tern_hparams *hp, struct tern_error *e);
void tern_tasks_free(struct tern_tasks *t);

#endif
