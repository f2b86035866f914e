/* GGUF: the input is a file; with an odd last byte it is a header, and 4 MB of zeros stand for the data. */
#include "../frame.h"
#include "../model.h"

void fuzz_on_gguf(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    const char *path = fuzz_path("model.gguf");
    fuzz_write(path, data, bytes - 1, data[bytes - 1] & 1 ? 4u << 20 : 0);
    fuzz_model(path);
}
