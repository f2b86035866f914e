/* A checkpoint, as an archive of its folder: config.json, generation_config.json, tokenizer.json, tokenizer_config.json,
 * chat_template.jinja, an index of shards. A file "header" becomes model.safetensors: its length goes before it, and
 * behind it zeros, or the first byte of the file "fill", stand for the data. */
#include "../frame.h"
#include "../model.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 24 };

/* The data of a header are as long as its largest number says, within reason: else no header would ever fit. */
static size_t data_length(const char *text) {
    size_t most = 0;
    for (const char *p = text; *p;) {
        const size_t digits = strspn(p, "0123456789");
        const unsigned long v = digits && digits < 9 ? strtoul(p, NULL, 10) : 0;
        most = v > most && v < MOST ? v : most;
        p += digits ? digits : 1;
    }
    return most;
}

/* A file of the folder; heap, or NULL. */
static char *content(const char *folder, const char *name, size_t *bytes) {
    char path[600], *text = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return tern_file_read(path, 1 << 20, &text, bytes, NULL) ? NULL : text;
}

static void write_weights(const char *folder, const char *header, size_t length, int fill) {
    const uint64_t head = length;
    const size_t data = data_length(header), written = fill ? data : 0;
    char path[600];
    unsigned char *all = malloc(8 + length + written);
    FUZZ_MUST(all != NULL);
    memcpy(all, &head, 8);
    memcpy(all + 8, header, length);
    memset(all + 8 + length, fill, written);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    fuzz_write(path, all, 8 + length + written, data - written);
    free(all);
}

void fuzz_on_safetensors(const uint8_t *data, size_t bytes) {
    const char *folder = fuzz_unpack("checkpoint", data, bytes);
    size_t length, unused;
    char *header = content(folder, "header", &length), *fill = content(folder, "fill", &unused);
    if (header) write_weights(folder, header, length, fill ? *fill : 0);
    free(header);
    free(fill);
    fuzz_model(folder);
}
