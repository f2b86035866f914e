#include "reports/figures/matrix.h"

#include "reports/data/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct tern_matrix_base tern_matrix_base[TERN_MATRIX_BASES] = {
    {"f16", "f16", "f16", ""},
    {"f32", "f32 (OpenBLAS)", "f32", "_openblas_"},
    {"i8", "int8 (oneDNN)", "i8", "_onednn_"},
    {"i2s", "I2_S", "i2s", ""},
    {"tl2", "TL2", "tl2", ""},
    {"tq20", "TQ2_0", "tq20", ""},
    {"tq10", "TQ1_0", "tq10", ""}};

static const struct tern_matrix_cell absent = {.ns = NAN};

static struct tern_matrix_row *row_of(struct tern_speedup_matrix *m, const char *variant,
                                      const char *format) {
    variant = tern_or_empty(variant);
    for (size_t i = 0; i < m->rows; i++)
        if (!strcmp(m->row[i].variant, variant)) return &m->row[i];
    struct tern_matrix_row *r = &m->row[m->rows];
    *r = (struct tern_matrix_row){
        .variant = variant, .format = tern_or_empty(format), .cell = m->cells + m->rows * m->columns};
    for (size_t c = 0; c < m->columns; c++) r->cell[c] = absent;
    m->rows++;
    return r;
}

/* A sample goes before a search's estimate, then the faster one. */
static void offer(struct tern_matrix_cell *cell, struct tern_matrix_cell x) {
    if (isfinite(cell->ns) && (cell->sample && !x.sample)) return;
    if (isfinite(cell->ns) && !cell->sample == !x.sample && cell->ns <= x.ns) return;
    *cell = x;
}

static void fill_column(struct tern_speedup_matrix *m, size_t column, const struct tern_record *search) {
    const struct tern_report_problem *q = &m->first[column];
    for (size_t i = 0; i < q->count; i++) {
        const struct tern_record *r = q->entry[i].record;
        offer(&row_of(m, r->variant, r->format)->cell[column],
              (struct tern_matrix_cell){r, r->params, r->est.median, r->est.n});
    }
    if (!search) return;
    const struct tern_record_search *s = search->search;
    m->searched++;
    for (size_t i = 0; i < s->trials; i++) {
        const struct tern_search_trial *t = &s->trial[i];
        const struct tern_search_variant *v = &s->variant[t->variant];
        if (!t->n || !(t->median > 0)) continue;
        offer(&row_of(m, v->name, v->format)->cell[column],
              (struct tern_matrix_cell){NULL, t->params, t->median, t->n});
    }
}

static int by_rank(const void *pa, const void *pb) {
    const struct tern_matrix_row *a = pa, *b = pb;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return strcmp(a->variant, b->variant);
}

static void rank(struct tern_speedup_matrix *m) {
    for (size_t i = 0; i < m->rows; i++) {
        double sum = 0;
        for (size_t c = 0; c < m->columns; c++) {
            double least = INFINITY;
            for (size_t j = 0; j < m->rows; j++) least = fmin(least, m->row[j].cell[c].ns);
            if (!isfinite(m->row[i].cell[c].ns)) continue;
            sum += log(m->row[i].cell[c].ns / least);
            m->row[i].measured++;
        }
        m->row[i].rank = m->row[i].measured ? exp(sum / (double)m->row[i].measured) : INFINITY;
    }
    qsort(m->row, m->rows, sizeof *m->row, by_rank);
}

static void find_bases(struct tern_speedup_matrix *m) {
    for (size_t b = 0; b < TERN_MATRIX_BASES; b++) {
        const struct tern_matrix_base *x = &tern_matrix_base[b];
        for (size_t c = 0; c < m->columns; c++) {
            struct tern_matrix_cell *base = &m->base[b * m->columns + c];
            int preferred = 0;
            *base = absent;
            for (size_t i = 0; i < m->rows; i++) {
                const struct tern_matrix_row *r = &m->row[i];
                if (strcmp(r->format, x->format) || !isfinite(r->cell[c].ns)) continue;
                const int liked = strstr(r->variant, x->trick) != NULL;
                if (liked < preferred) continue;
                if (liked > preferred) *base = absent;
                preferred = liked;
                offer(base, r->cell[c]);
            }
            m->base_columns[b] += isfinite(base->ns) != 0;
        }
    }
}

int tern_matrix_of(const struct tern_report_data *d, size_t first, struct tern_speedup_matrix *m) {
    const size_t end = tern_group_end(d, first);
    size_t room = 1;
    *m = (struct tern_speedup_matrix){.first = &d->problem[first], .columns = end - first};
    for (size_t i = first; i < end; i++) {
        const struct tern_record *s = tern_report_search_of(d, d->problem[i].key);
        room += d->problem[i].count + (s ? s->search->variants : 0);
    }
    m->row = calloc(room, sizeof *m->row);
    m->cells = calloc(room * m->columns, sizeof *m->cells);
    m->base = calloc(TERN_MATRIX_BASES * m->columns, sizeof *m->base);
    if (!m->row || !m->cells || !m->base) {
        tern_matrix_free(m);
        return 0;
    }
    for (size_t i = first; i < end; i++)
        fill_column(m, i - first, tern_report_search_of(d, d->problem[i].key));
    rank(m);
    find_bases(m);
    return 1;
}

void tern_matrix_free(struct tern_speedup_matrix *m) {
    free(m->row);
    free(m->cells);
    free(m->base);
    *m = (struct tern_speedup_matrix){0};
}

struct tern_speedup tern_matrix_speedup(const struct tern_speedup_matrix *m, const struct tern_matrix_row *r,
                                        size_t column, size_t base) {
    const struct tern_matrix_cell *x = &r->cell[column], *b = &m->base[base * m->columns + column];
    struct tern_speedup s = {.ratio = NAN, .lo = NAN, .hi = NAN};
    if (!isfinite(x->ns) || !isfinite(b->ns)) return s;
    if (x->sample && b->sample) return tern_speedup_of(x->sample, b->sample);
    s.ratio = b->ns / x->ns;
    s.n = x->n < b->n ? x->n : b->n;
    s.method = TERN_SPEEDUP_APART;
    return s;
}

double tern_matrix_mean(const struct tern_speedup_matrix *m, const struct tern_matrix_row *r, size_t base,
                        size_t *columns) {
    double sum = 0;
    *columns = 0;
    for (size_t c = 0; c < m->columns; c++) {
        const double ratio = tern_matrix_speedup(m, r, c, base).ratio;
        if (!isfinite(ratio) || ratio <= 0) continue;
        sum += log(ratio);
        ++*columns;
    }
    return *columns ? exp(sum / (double)*columns) : NAN;
}

int tern_matrix_is_base(const struct tern_matrix_row *r) {
    for (size_t b = 0; b < TERN_MATRIX_BASES; b++)
        if (!strcmp(r->format, tern_matrix_base[b].format)) return 1;
    return 0;
}
