#include "model.h"

#include "frame.h"
#include "models/arch.h"
#include "models/facts.h"
#include "models/gguf/gguf.h"
#include "models/load/oddities.h"
#include "models/load/open.h"
#include "models/model.h"
#include "models/tokenizer/chat_template.h"
#include "models/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

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
    fuzz_said(tern_linear_rows(l, 0, step < l->m ? step : l->m, trits, &e), &e);
    fuzz_said(tern_linear_rows(l, last, l->m, trits, &e), &e);
    free(trits);
}

static void no_line(void *ctx, const char *line) {
    (void)ctx;
    FUZZ_MUST(!strchr(line, '\n'));
}

static void use_tokenizer(const struct tern_gguf *g) {
    static const char text[] = "The river <|eot_id|> don't \xff 123\n";
    struct tern_tokenizer *t = NULL;
    struct tern_error e = {""};
    int32_t *ids = NULL;
    size_t count, bytes;
    char *back = NULL;
    enum tern_status s = tern_tokenizer_from_gguf(g, &t, &e);
    fuzz_said(s, &e);
    if (s) return;
    s = tern_tokenize(t, text, sizeof text - 1, 1, &ids, &count, &e);
    fuzz_said(s, &e);
    if (!s) FUZZ_MUST(!tern_detokenize(t, ids, count, 1, &back, &bytes, &e)); /* ids of its own have a text */
    free(back);
    free(ids);
    tern_tokenizer_free(t);
}

static void use_template(const struct tern_model *m) {
    const struct tern_chat_template *t;
    const char *note;
    struct tern_error e = {""};
    const enum tern_status s = tern_chat_template_find(m, &t, &note, &e);
    fuzz_said(s, &e);
    if (s) return;
    char *turn = tern_chat_turn(t, 1, "be brief", "hello");
    FUZZ_MUST(turn && strstr(turn, "hello"));
    free(turn);
}

void fuzz_model(const char *path) {
    struct tern_model *m = NULL;
    struct tern_gguf *g = NULL;
    struct tern_error e = {""};
    struct tern_model_facts facts;
    enum tern_status s = tern_model_open(path, &m, &e);
    fuzz_said(s, &e);
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
        use_template(m);
        tern_model_close(m);
        return;
    }
    s = tern_model_file_open(path, &g, &e);
    fuzz_said(s, &e);
    if (s) return;
    tern_model_oddities(g, NULL, no_line, NULL);
    use_tokenizer(g);
    tern_gguf_close(g);
}
