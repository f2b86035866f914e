/* What a start of the engine remembers for the next one: proofs, and what races of heads decided. With an even first byte the
 * words CODE, BUILD and TODAY of the input stand for those of this program, so that its lines count. */
#define _GNU_SOURCE
#include "../frame.h"

#include "base/build_id.h"
#include "harness/head/known.h"
#include "kernels/verify/earlier.h"
#include "pack_key.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_OF(word) #word
#define TEXT(word)    TEXT_OF(word)

/* The text with each word replaced; heap. */
static char *filled(const char *text, size_t *bytes) {
    char build[TERN_BUILD_ID], today[32], *out = NULL;
    tern_build_id(build);
    snprintf(today, sizeof today, "%ld", (long)(time(NULL) / 86400));
    const struct {
        const char *word, *value;
    } all[] = {{"CODE", TERN_VERSION "-" TEXT(TERN_PACK_KEY)}, {"BUILD", build}, {"TODAY", today}};
    FILE *f = open_memstream(&out, bytes);
    FUZZ_MUST(f != NULL);
    while (*text) {
        size_t i = 0;
        while (i < 3 && strncmp(text, all[i].word, strlen(all[i].word))) i++;
        fputs(i < 3 ? all[i].value : (char[]){*text, 0}, f);
        text += i < 3 ? strlen(all[i].word) : 1;
    }
    FUZZ_MUST(!fclose(f));
    return out;
}

void fuzz_on_remembered(const uint8_t *data, size_t bytes) {
    if (!bytes) return;
    struct tern_head_known k = {0, 1};
    struct tern_error e = {""};
    char *text = fuzz_text(data + 1, bytes - 1);
    size_t n = bytes - 1;
    char *lines = data[0] & 1 ? NULL : filled(text, &n);
    const char *path = fuzz_file("remembered", lines ? lines : text, n);
    tern_proofs_recall(path, "m:0123456789abcdef");
    fuzz_said(tern_proofs_keep(path, "m:0123456789abcdef", &e), &e);
    if (tern_head_recall(path, "h", &k)) FUZZ_MUST(k.share > 0 && isfinite(k.share) && k.scan >= -1);
    FUZZ_MUST(!tern_head_remember(path, "h", &k, &e));
    FUZZ_MUST(tern_head_recall(path, "h", &k));
    free(lines);
    free(text);
}
