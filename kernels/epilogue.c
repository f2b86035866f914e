#include "kernels/epilogue.h"

#include "base/memory.h"
#include "kernels/ops_levels.h"
#include "kernels/prep/prep.h"
#include "kernels/split.h"

#define BLOCK_BYTES  ((size_t)256 << 10)
#define LEAST_ROWS   64
#define LEAST_TABLES 2048
#define MOST_ROWS    ((size_t)1 << 30)
#define LINE_WORDS   16

#define LEVEL(name, NAME) extern const struct tern_epilogue_ops tern_epilogue_ops_##name;
TERN_EPILOGUE_LEVELS(LEVEL)
#undef LEVEL

const struct tern_epilogue_ops *const tern_epilogue_ops_levels[] = {
#define LEVEL(name, NAME) &tern_epilogue_ops_##name,
    TERN_EPILOGUE_LEVELS(LEVEL) NULL
#undef LEVEL
};

const struct tern_epilogue_ops *tern_epilogue_ops_for(uint32_t usable) {
    const struct tern_epilogue_ops *last = NULL;
    for (size_t i = 0; tern_epilogue_ops_levels[i]; i++)
        if (!(tern_epilogue_ops_levels[i]->needs & ~usable)) last = tern_epilogue_ops_levels[i];
    return last;
}

/* Whole register tiles where rows may be cut anywhere. */
static size_t block_cut(size_t cut) {
    return cut * ((LINE_WORDS + cut - 1) / cut);
}

size_t tern_fused_rows(const struct tern_variant *v, size_t n, size_t cut, size_t matrices, size_t bytes) {
    const size_t least = bytes ? 1 : v->prep->tables_per_call ? LEAST_TABLES : LEAST_ROWS;
    cut = block_cut(cut);
    const size_t fit = (bytes ? bytes : BLOCK_BYTES) / (n * matrices * sizeof(int32_t));
    return tern_max(tern_max(tern_min(fit, MOST_ROWS), least) / cut * cut, cut);
}

size_t tern_fused_words(const struct tern_variant *v, size_t m, size_t n, size_t cut, size_t matrices,
                        size_t bytes) {
    const size_t rows = tern_min(tern_fused_rows(v, n, cut, matrices, bytes), m);
    return tern_mul_size(tern_round_up(rows, LINE_WORDS), n * matrices);
}

/* What the epilogue of one call works with. */
struct stage {
    const struct tern_proof *proof;
    int is_float; /* float results are of activations as they are: no scale of the token */
    const struct tern_epilogue *ep;
    const struct tern_epilogue_ops *ops;
    const struct tern_tokens *x;
    size_t ld; /* of the block */
    const struct tern_fused *f;
};

/* The results of rows [row, end) of all tokens; matrix 1 is the other one of a gate. */
static void run_rows(const struct stage *s, const struct tern_call *c, size_t matrix, size_t row, size_t end,
                     int32_t *block) {
    if (s->f->sums[matrix]) {
        tern_slices_add(s->f->sums[matrix] + row, s->f->slices, s->f->sum_stride, end - row, block);
        return;
    }
    struct tern_call part = *c;
    part.y = (void *)((uintptr_t)block - row * sizeof *block); /* rows count from the matrix's first */
    part.ldy = s->ld;
    tern_proof_run(s->proof, &part, row, end, s->f->local);
}

static float unit(const struct stage *s, size_t t) {
    return s->is_float ? 1 : s->x->inv[t];
}

static void scale_rows(const struct stage *s, const int32_t *block, size_t row, size_t end) {
    const struct tern_epilogue *ep = s->ep;
    for (size_t i = 0, first = 0; i < ep->segments; first = ep->segment[i++].end) {
        const struct tern_segment *g = &ep->segment[i];
        const size_t from = tern_max(row, first), to = tern_min(end, g->end);
        for (size_t t = 0; from < to && t < s->x->n; t++)
            (ep->kind == TERN_EPILOGUE_ADD ? s->ops->add : s->ops->scale)[s->is_float](
                block + t * s->ld + (from - row), to - from, unit(s, t) * g->scale,
                g->dst + t * ep->ld + (from - first));
    }
}

static void gate_rows(const struct stage *s, const int32_t *gate, const int32_t *up, size_t row,
                      size_t count) {
    const struct tern_epilogue *ep = s->ep;
    const struct tern_segment *g = &ep->segment[0];
    for (size_t t = 0; t < s->x->n; t++)
        (ep->kind == TERN_EPILOGUE_SILU ? s->ops->silu : s->ops->relu2)[s->is_float](
            gate + t * s->ld, unit(s, t) * g->scale, up + t * s->ld, unit(s, t) * ep->up_scale, count,
            g->dst + t * ep->ld + row);
}

/* Gate and up alternate in one matrix; row is where a pair begins. */
static void gate_pairs(const struct stage *s, const int32_t *block, size_t row, size_t end) {
    for (size_t r = row; r < end; r += 2 * s->ep->pair) {
        const size_t count = tern_min(s->ep->pair, (end - r) / 2);
        gate_rows(s, block + (r - row), block + (r - row) + count, r / 2, count);
    }
}

/* Blocks of about the same size, `most` rows at most. */
static size_t even_rows(size_t all, size_t most, size_t cut) {
    const size_t blocks = (all + most - 1) / most;
    return blocks ? tern_round_up((all + blocks - 1) / blocks, block_cut(cut)) : most;
}

void tern_proof_run_fused(const struct tern_proof *p, const struct tern_call *c, const struct tern_call *up,
                          const struct tern_epilogue *ep, const struct tern_fused *f, size_t row0,
                          size_t row1) {
    const struct tern_variant *v = tern_proof_variant(p);
    const size_t cut = ep->pair ? 2 * ep->pair : v->row_step;
    const size_t most = tern_fused_rows(v, c->x->n, cut, up ? 2 : 1, f->block_bytes);
    const size_t rows = even_rows(row1 - row0, most, cut);
    const struct stage s = {.proof = p,
                            .is_float = v->act == TERN_ACT_F32,
                            .ep = ep,
                            .ops = f->ops,
                            .x = c->x,
                            .ld = tern_round_up(tern_min(rows, row1 - row0), LINE_WORDS),
                            .f = f};
    int32_t *second = f->block + c->x->n * s.ld;
    for (size_t row = row0; row < row1; row += rows) {
        const size_t end = tern_min(row + rows, row1);
        run_rows(&s, c, 0, row, end, f->block);
        if (up) run_rows(&s, up, 1, row, end, second);
        const uint64_t began = f->clock_ns ? f->clock_ns() : 0;
        if (up)
            gate_rows(&s, f->block, second, row, end - row);
        else if (ep->pair)
            gate_pairs(&s, f->block, row, end);
        else
            scale_rows(&s, f->block, row, end);
        if (f->clock_ns) *f->spent_ns += f->clock_ns() - began;
    }
}
