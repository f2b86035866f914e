/* Vectors: a model with the ids, logits and greedy continuation that a reference computed for it. */
#ifndef TERN_TESTS_HARNESS_REFERENCE_H
#define TERN_TESTS_HARNESS_REFERENCE_H

#include "harness/engine.h"

#include <stddef.h>
#include <stdint.h>

struct reference {
    char path[512]; /* of the model file; "" when the vector is not here */
    int32_t *ids, *greedy;
    size_t count, greedy_count; /* greedy_count 0: no continuation is known */
    float *logits;              /* [count][vocab] */
    size_t vocab;
};

/* Folder of the vectors that come with the sources, or of the shared ones; "" when it is not here. */
const char *data_folder(void);
const char *shared_folder(void);

/* Loads FOLDER/model.gguf with FOLDER/name.{tokens.txt,logits.f32,greedy.txt}; fails the test when a file is
 * damaged. */
void reference_load(struct reference *r, const char *folder, const char *model, const char *name);
void reference_free(struct reference *r);

struct tern_model *open_model(const char *path);
struct tern_engine *start(const struct tern_model *m, const struct tern_engine_options *o);
/* The engine's logits of the whole prompt, [count][vocab]; tern_free. */
float *prompt_logits(struct tern_engine *en, const struct reference *r);
double largest_difference(const float *a, const float *b, size_t n);

/* The strongest decode kernel of each format that runs here: with tables and without, each with its own row
 * step. At most `most`; returns how many. */
size_t one_per_format(const struct tern_variant **out, size_t most);
/* Has the engine take this machine's kernel of p64, whatever is its first choice: its products are not split along
 * K, which would cost a barrier each. */
void take_unsplit(void);

#endif
