/* A checkpoint: the first byte says which of its files the rest is: 0 the weights as they are, 1 the header
 * of the weights (its length goes before it, zeros behind it), 2 config.json, 3 tokenizer.json, 4 the index
 * of shards. The other files are those of the last input of their kind that came in, at first none. */
#include "support.h"

#include <string.h>
#include <unistd.h>

static int ends_right(const uint8_t *data, size_t bytes) {
    while (bytes && (data[bytes - 1] == ' ' || data[bytes - 1] == '\n')) bytes--;
    return bytes && data[bytes - 1] == '}';
}

/* The data of a header are as long as its largest number says, within reason: else no header would ever fit.
 */
static size_t data_length(const uint8_t *data, size_t bytes) {
    size_t most = 0;
    for (size_t i = 0; i < bytes; i++) {
        size_t v = 0;
        for (; i < bytes && data[i] >= '0' && data[i] <= '9' && v < 1u << 24; i++)
            v = 10 * v + (size_t)(data[i] - '0');
        most = v > most && v < 1u << 24 ? v : most;
    }
    return most;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
    static const char *const names[] = {"model.safetensors", "model.safetensors", "config.json",
                                        "tokenizer.json", "model.safetensors.index.json"};
    static uint8_t all[1 << 17];
    if (!bytes || bytes > sizeof all - 8) return 0;
    const unsigned kind = data[0] % 5;
    const uint64_t length = bytes - 1;
    if (kind != 4) unlink(fuzz_path(names[4]));
    if (kind == 1) {
        memcpy(all, &length, 8);
        memcpy(all + 8, data + 1, length);
        fuzz_write(fuzz_path(names[kind]), all, 8 + length, data_length(data + 1, length));
    } else if (kind < 2 ||
               ends_right(data, bytes)) { /* text without an end would keep the next inputs from being read */
        fuzz_write(fuzz_path(names[kind]), data + 1, length, 0);
    }
    fuzz_model(fuzz_folder());
    return 0;
}
