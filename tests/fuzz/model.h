/* A model used in every way that reads its file. */
#ifndef TERN_TESTS_FUZZ_MODEL_H
#define TERN_TESTS_FUZZ_MODEL_H

/* Opens the model and reads rows of everything, its tokenizer and its chat template. */
void fuzz_model(const char *path);

#endif
