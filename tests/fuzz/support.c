#define _GNU_SOURCE
#include "support.h"

#include "models/arch.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/load/oddities.h"
#include "models/load/open.h"
#include "models/tokenizer/tokenizer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fuzz_write(const char *path, const void *data, size_t bytes, size_t zeros) {
    const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes || ftruncate(fd, (off_t)(bytes + zeros))) abort();
    close(fd);
}

const char *fuzz_folder(void) {
    static char folder[256];
    if (folder[0]) return folder;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tern-fuzz-%ld", base ? base : "/tmp", (long)getpid());
    if (mkdir(folder, 0700)) abort();
    return folder;
}

const char *fuzz_path(const char *name) {
    static char path[320];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    return path;
}

static void said(enum tern_status s, const struct tern_error *e) {
    if (s && (!e->text[0] || strchr(e->text, '\n'))) abort();
}

static void use_dense(const struct tern_dense *d) {
    if (!d->type) return;
    float *row = malloc(d->cols * sizeof *row);
    if (!row) return;
    tern_dense_row(d, 0, row);
    tern_dense_row(d, d->rows - 1, row);
    free(row);
}

static void use_linear(const struct tern_linear *l) {
    struct tern_error e = {""};
    const size_t step = tern_linear_step(l);
    if (step > 4096 || l->k > 1u << 16) return;
    int8_t *trits = malloc(step * l->k);
    if (!trits) return;
    const size_t last = (l->m - 1) / step * step;
    said(tern_linear_rows(l, 0, step < l->m ? step : l->m, trits, &e), &e);
    said(tern_linear_rows(l, last, l->m, trits, &e), &e);
    free(trits);
}

static void no_line(void *ctx, const char *line) {
    (void)ctx;
    if (strchr(line, '\n')) abort();
}

static void use_tokenizer(const struct tern_gguf *g) {
    static const char text[] = "The river <|eot_id|> don't \xff 123\n";
    struct tern_tokenizer *t = NULL;
    struct tern_error e = {""};
    int32_t *ids = NULL;
    size_t count, bytes;
    char *back = NULL;
    enum tern_status s = tern_tokenizer_from_gguf(g, &t, &e);
    said(s, &e);
    if (s) return;
    if (!tern_tokenize(t, text, sizeof text - 1, 1, &ids, &count, &e) &&
        tern_detokenize(t, ids, count, 1, &back, &bytes, &e))
        abort(); /* ids of its own must have a text */
    free(back);
    free(ids);
    tern_tokenizer_free(t);
}

void fuzz_model(const char *path) {
    struct tern_model *m = NULL;
    struct tern_gguf *g = NULL;
    struct tern_error e = {""};
    struct tern_model_facts facts;
    enum tern_status s = tern_model_open(path, &m, &e);
    said(s, &e);
    if (!s) {
        tern_model_facts(m, &facts);
        tern_model_oddities(m->file, m, no_line, NULL);
        use_dense(&m->embedding);
        use_dense(&m->output_norm);
        use_dense(&m->head);
        for (uint32_t i = 0; i < m->hp.layers && i < 4; i++) {
            for (enum tern_norm n = 0; n < TERN_NORMS; n++) use_dense(tern_norm_of(&m->layer[i], n));
            for (enum tern_role r = 0; r < TERN_ROLES; r++) use_linear(tern_role_of(&m->layer[i], r));
        }
        use_tokenizer(m->file);
        tern_model_close(m);
        return;
    }
    s = tern_model_file_open(path, &g, &e);
    said(s, &e);
    if (s) return;
    tern_model_oddities(g, NULL, no_line, NULL);
    use_tokenizer(g);
    tern_gguf_close(g);
}
