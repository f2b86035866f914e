#include "judge.h"

#include "base/random.h"
#include "models/arch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct matrix {
    double *w, scale;
    size_t m, k;
    int plain;
};

struct judge {
    const struct tern_model *m;
    enum tern_act act;
    struct matrix *linear; /* [layers][TERN_ROLES] */
    double **norm;         /* [layers][TERN_NORMS] */
    double *output_norm, *head;
    double *keys, *values; /* [layers][context][kv_heads * head_dim] */
    size_t context, position;
    double margin;
    judge_round_fn *round;
    double *x, *h, *in, *q, *mixed, *gate, *up, *score;
};

static double *doubles(size_t n) {
    double *p = calloc(n ? n : 1, sizeof *p);
    cr_assert(p != NULL);
    return p;
}

static double *dense(const struct tern_dense *d) {
    double *out = doubles(d->rows * d->cols);
    float *row = malloc(d->cols * sizeof *row);
    for (size_t r = 0; r < d->rows; r++) {
        tern_dense_row(d, r, row);
        for (size_t i = 0; i < d->cols; i++) out[r * d->cols + i] = (double)row[i];
    }
    free(row);
    return out;
}

static struct matrix matrix_of(const struct tern_linear *l) {
    struct matrix out = {doubles(l->m * l->k), (double)l->scale, l->m, l->k, l->plain};
    if (l->plain) {
        const struct tern_dense d = tern_linear_dense(l);
        double *all = dense(&d);
        for (size_t r = 0; r < l->m; r++)
            memcpy(out.w + r * l->k, all + tern_linear_file_row(l, r) * l->k, l->k * sizeof *all);
        free(all);
        return out;
    }
    int8_t *t = malloc(l->m * l->k);
    cr_assert(tern_linear_rows(l, 0, l->m, t, NULL) == TERN_OK, "%s", l->name);
    for (size_t i = 0; i < l->m * l->k; i++) out.w[i] = t[i];
    free(t);
    return out;
}

struct judge *judge_new(const struct tern_model *m, size_t context, enum tern_act act) {
    const struct tern_hparams *hp = &m->hp;
    const size_t inner = (size_t)hp->heads * hp->head_dim, kv = (size_t)hp->kv_heads * hp->head_dim;
    struct judge *j = calloc(1, sizeof *j);
    *j = (struct judge){.m = m, .act = act, .context = context};
    j->linear = calloc((size_t)hp->layers * TERN_ROLES, sizeof *j->linear);
    j->norm = calloc((size_t)hp->layers * TERN_NORMS, sizeof *j->norm);
    for (uint32_t i = 0; i < hp->layers; i++) {
        for (enum tern_role r = 0; r < TERN_ROLES; r++)
            j->linear[i * TERN_ROLES + r] = matrix_of(tern_role_of(&m->layer[i], r));
        for (enum tern_norm n = 0; n < TERN_NORMS; n++) {
            const struct tern_dense *d = tern_norm_of(&m->layer[i], n);
            if (d->type) j->norm[i * TERN_NORMS + n] = dense(d);
        }
    }
    j->output_norm = dense(&m->output_norm);
    j->head = dense(hp->tied ? &m->embedding : &m->head);
    j->keys = doubles(hp->layers * context * kv);
    j->values = doubles(hp->layers * context * kv);
    const size_t widest = inner > hp->ffn        ? (inner > hp->hidden ? inner : hp->hidden)
                          : hp->ffn > hp->hidden ? hp->ffn
                                                 : hp->hidden;
    double **const buffer[] = {&j->x, &j->h, &j->in, &j->q, &j->mixed, &j->gate, &j->up};
    for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++) *buffer[i] = doubles(widest);
    j->score = doubles(context);
    return j;
}

void judge_free(struct judge *j) {
    const struct tern_hparams *hp = &j->m->hp;
    for (size_t i = 0; i < (size_t)hp->layers * TERN_ROLES; i++) free(j->linear[i].w);
    for (size_t i = 0; i < (size_t)hp->layers * TERN_NORMS; i++) free(j->norm[i]);
    double *const all[] = {j->output_norm, j->head, j->keys,  j->values, j->x,  j->h,
                           j->in,          j->q,    j->mixed, j->gate,   j->up, j->score};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    free(j->linear);
    free(j->norm);
    free(j);
}

static void rms(const struct judge *j, const double *x, const double *w, size_t n, double *out) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    const double r = 1 / sqrt(sum / (double)n + (double)j->m->hp.eps);
    for (size_t i = 0; i < n; i++) out[i] = w ? x[i] * r * w[i] : x[i];
}

/* y = W x of layer `i`, behind the norm of its own. */
static void linear(struct judge *j, size_t i, enum tern_role role, const double *x, double *y) {
    const struct matrix *w = &j->linear[i * TERN_ROLES + role];
    double step = 1, *in = j->in;
    rms(j, x, j->norm[i * TERN_NORMS + TERN_INPUT_NORM + role], w->k, in);
    if (!w->plain && j->act == TERN_ACT_I8) {
        double top = 1e-5;
        for (size_t c = 0; c < w->k; c++) top = fmax(top, fabs(in[c]));
        step = top / 127;
        for (size_t c = 0; c < w->k; c++) {
            const double v = in[c] / step, off = fabs(fabs(v) - floor(fabs(v)) - 0.5);
            if (off < j->margin) j->margin = off;
            in[c] = fmin(fmax(nearbyint(v), -128), 127);
        }
    }
    for (size_t r = 0; r < w->m; r++) {
        double sum = 0;
        for (size_t c = 0; c < w->k; c++) sum += w->w[r * w->k + c] * in[c];
        y[r] = sum * w->scale * step;
    }
}

static void rope(const struct judge *j, double *x) {
    const struct tern_hparams *hp = &j->m->hp;
    const size_t half = tern_rotary(hp) / 2;
    for (size_t i = 0; i < half; i++) {
        const double angle =
            (double)j->position * pow((double)hp->rope_theta, -2.0 * (double)i / (2.0 * (double)half));
        const size_t a = hp->rope_neox ? i : 2 * i, b = hp->rope_neox ? i + half : 2 * i + 1;
        const double u = x[a], v = x[b];
        x[a] = u * cos(angle) - v * sin(angle);
        x[b] = u * sin(angle) + v * cos(angle);
    }
}

static void attention(struct judge *j, size_t layer) {
    const struct tern_hparams *hp = &j->m->hp;
    const size_t dim = hp->head_dim, kv = (size_t)hp->kv_heads * dim, count = j->position + 1;
    double *keys = j->keys + layer * j->context * kv, *values = j->values + layer * j->context * kv;
    double *key = keys + j->position * kv;
    linear(j, layer, TERN_Q, j->h, j->q);
    linear(j, layer, TERN_K, j->h, key);
    linear(j, layer, TERN_V, j->h, values + j->position * kv);
    for (size_t g = 0; g < hp->kv_heads; g++) {
        rms(j, key + g * dim, j->norm[layer * TERN_NORMS + TERN_K_NORM], dim, key + g * dim);
        rope(j, key + g * dim);
        if (!j->round) continue;
        j->round(key + g * dim, dim);
        j->round(values + j->position * kv + g * dim, dim);
    }
    for (size_t h = 0; h < hp->heads; h++) {
        const size_t g = h / (hp->heads / hp->kv_heads);
        double *q = j->q + h * dim, top = -INFINITY, sum = 0;
        rms(j, q, j->norm[layer * TERN_NORMS + TERN_Q_NORM], dim, q);
        rope(j, q);
        for (size_t p = 0; p < count; p++) {
            double s = 0;
            for (size_t d = 0; d < dim; d++) s += q[d] * keys[p * kv + g * dim + d];
            top = fmax(top, j->score[p] = s / sqrt((double)dim));
        }
        for (size_t p = 0; p < count; p++) sum += j->score[p] = exp(j->score[p] - top);
        for (size_t d = 0; d < dim; d++) {
            double v = 0;
            for (size_t p = 0; p < count; p++) v += j->score[p] * values[p * kv + g * dim + d];
            j->mixed[h * dim + d] = v / sum;
        }
    }
}

double judge_feed(struct judge *j, int32_t id, double *logits, double *vector) {
    const struct tern_hparams *hp = &j->m->hp;
    const size_t hidden = hp->hidden, inner = (size_t)hp->heads * hp->head_dim;
    float *row = malloc(hidden * sizeof *row);
    cr_assert(j->position < j->context);
    tern_dense_row(&j->m->embedding, (size_t)id, row);
    for (size_t i = 0; i < hidden; i++) j->x[i] = (double)row[i];
    free(row);
    j->margin = 0.5;
    for (size_t i = 0; i < hp->layers; i++) {
        double **const norm = &j->norm[i * TERN_NORMS];
        rms(j, j->x, norm[TERN_ATTN_NORM], hidden, j->h);
        attention(j, i);
        rms(j, j->mixed, norm[TERN_ATTN_SUB_NORM], inner, j->mixed);
        linear(j, i, TERN_O, j->mixed, j->h);
        for (size_t d = 0; d < hidden; d++) j->x[d] += j->h[d];
        rms(j, j->x, norm[TERN_FFN_NORM], hidden, j->h);
        linear(j, i, TERN_GATE, j->h, j->gate);
        linear(j, i, TERN_UP, j->h, j->up);
        for (size_t d = 0; d < hp->ffn; d++) {
            const double g = j->gate[d];
            j->gate[d] =
                (hp->activation == TERN_SILU ? g / (1 + exp(-g)) : fmax(g, 0) * fmax(g, 0)) * j->up[d];
        }
        rms(j, j->gate, norm[TERN_FFN_SUB_NORM], hp->ffn, j->gate);
        linear(j, i, TERN_DOWN, j->gate, j->h);
        for (size_t d = 0; d < hidden; d++) j->x[d] += j->h[d];
    }
    rms(j, j->x, j->output_norm, hidden, j->h);
    if (vector) memcpy(vector, j->h, hidden * sizeof *vector);
    for (size_t r = 0; logits && r < hp->vocab; r++) {
        logits[r] = 0;
        for (size_t d = 0; d < hidden; d++) logits[r] += j->head[r * hidden + d] * j->h[d];
    }
    j->position++;
    return j->margin;
}

void judge_rewind(struct judge *j, size_t position) {
    j->position = position;
}

void judge_round_cache(struct judge *j, judge_round_fn *round) {
    j->round = round;
}

void judge_choose(struct judge *j, size_t count, double margin, int32_t *ids) {
    struct tern_random random = {5};
    for (size_t p = 0, tries = 0; p < count; tries++) {
        cr_assert(tries < 200 * count, "no token keeps activations away from rounding boundaries");
        ids[p] = (int32_t)(tern_random_next(&random) % j->m->hp.vocab);
        judge_rewind(j, p);
        p += judge_feed(j, ids[p], NULL, NULL) >= margin;
    }
    judge_rewind(j, 0);
}
