/* GGUF: the input is a file; with an odd last byte it is a header, and a megabyte of zeros stands for the
 * data. */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
    if (!bytes) return 0;
    const char *path = fuzz_path("model.gguf");
    fuzz_write(path, data, bytes - 1, data[bytes - 1] & 1 ? 1u << 20 : 0);
    fuzz_model(path);
    return 0;
}
