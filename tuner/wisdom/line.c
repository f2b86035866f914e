#define _GNU_SOURCE
#include "tuner/wisdom/line.h"

#include "tuner/wisdom/objective.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SEAL 10 /* " #" and eight digits */

const char *tern_regime_name(enum tern_regime r) {
    static const char *const names[] = {"hot", "wcold", "wcold-capped"};
    return (unsigned)r < sizeof names / sizeof *names ? names[r] : "unknown";
}

static unsigned long checksum(const char *text, size_t bytes) {
    return crc32(crc32(0, NULL, 0), (const unsigned char *)text, (unsigned)bytes);
}

int tern_wisdom_seal(char *line, size_t capacity) {
    const size_t n = strlen(line);
    if (n + SEAL + 1 > capacity) return 0;
    snprintf(line + n, capacity - n, " #%08lx", checksum(line, n));
    return 1;
}

size_t tern_wisdom_sealed(const char *line, size_t bytes) {
    if (bytes <= SEAL || bytes >= TERN_WISDOM_LINE) return 0;
    const size_t n = bytes - SEAL;
    char seal[SEAL + 1];
    snprintf(seal, sizeof seal, " #%08lx", checksum(line, n));
    return memcmp(line + n, seal, SEAL) ? 0 : n;
}

int tern_wisdom_order(const void *a, const void *b) {
    const struct tern_wisdom_entry *x = a, *y = b;
    const struct tern_problem *p = &x->problem, *q = &y->problem;
#define BY(field)                                                                                            \
    if (p->field != q->field) return p->field < q->field ? -1 : 1
    BY(m);
    BY(k);
    BY(n);
    BY(threads);
    BY(regime);
#undef BY
    const int by_objective = strcmp(x->objective, y->objective);
    if (by_objective) return by_objective;
    if (x->of_layout != y->of_layout) return x->of_layout ? 1 : -1;
    if (!x->of_layout) return 0;
    const struct tern_variant *v = tern_variant_named(x->variant), *u = tern_variant_named(y->variant);
    return v && u ? strcmp(v->format->name, u->format->name) : strcmp(x->variant, y->variant);
}

/* A word is what stands between two spaces: printable, not empty. */
static int is_word(const char *s) {
    if (!*s) return 0;
    for (; *s; s++)
        if (*s <= ' ' || *s > '~') return 0;
    return 1;
}

static void interval(char *out, size_t bytes, const char *format, double lo, double hi) {
    if (isnan(lo) || isnan(hi)) {
        snprintf(out, bytes, "-");
        return;
    }
    const int n = snprintf(out, bytes, format, lo);
    if (n > 0 && (size_t)n < bytes) snprintf(out + n, bytes - (size_t)n, "..");
    if (n > 0 && (size_t)n + 2 < bytes) snprintf(out + n + 2, bytes - (size_t)n - 2, format, hi);
}

static int plausible(double v) {
    return isfinite(v) && v >= 0 && v < 1e13; /* 15 digits survive text and back; 1e13 ns are three hours */
}

/* " best_t=2 behind=1.8340 ci=1.8210..1.8453": the best thread count, and how much longer this one takes. */
static int render_best(const struct tern_wisdom_entry *en, char *out, size_t bytes, size_t *at) {
    const int alone = isnan(en->behind_lo) || isnan(en->behind_hi);
    char ci[64];
    if (!plausible(en->behind) || (!alone && (!plausible(en->behind_lo) || !plausible(en->behind_hi))))
        return 0;
    interval(ci, sizeof ci, "%.4f", en->behind_lo, en->behind_hi);
    *at += (size_t)snprintf(out + *at, bytes - *at, " best_t=%zu behind=%.4f ci=%s", en->best_threads,
                            en->behind, ci);
    return *at < bytes;
}

/* What is known besides: " read=0.823 int8=0.310 ipc=2.310 peak_ipc=2.950 misses=3.125 spared=14 best_t=2
 * behind=1.2000 ci=... layout=p64 second=name[a=1] margin=1.0312 ci=1.0290..1.0331", each only where it is known. 0 when a field cannot be
 * written. */
static int render_evidence(const struct tern_wisdom_entry *en, char *out, size_t bytes) {
    size_t at = 0;
    out[0] = 0;
    const double share[] = {en->of_read, en->of_int8, en->ipc, en->peak_ipc, en->llc_misses};
    static const char *const name[] = {"read", "int8", "ipc", "peak_ipc", "misses"};
    for (size_t i = 0; i < sizeof share / sizeof *share; i++) {
        if (isnan(share[i])) continue;
        if (!plausible(share[i])) return 0;
        at += (size_t)snprintf(out + at, bytes - at, " %s=%.3f", name[i], share[i]);
    }
    if (en->spared) at += (size_t)snprintf(out + at, bytes - at, " spared=%zu", en->spared);
    if (at >= bytes) return 0;
    if (en->best_threads && !render_best(en, out, bytes, &at)) return 0;
    if (en->of_layout)
        at += (size_t)snprintf(out + at, bytes - at, " layout=%s",
                               tern_variant_named(en->variant)->format->name);
    if (at >= bytes) return 0;
    if (!en->second[0]) return 1;
    const int alone = isnan(en->margin_lo) || isnan(en->margin_hi);
    char ci[64];
    if (!is_word(en->second) || !plausible(en->margin) ||
        (!alone && (!plausible(en->margin_lo) || !plausible(en->margin_hi))))
        return 0;
    interval(ci, sizeof ci, "%.4f", en->margin_lo, en->margin_hi);
    return at + (size_t)snprintf(out + at, bytes - at, " second=%s margin=%.4f ci=%s", en->second, en->margin,
                                 ci) <
           bytes;
}

enum tern_status tern_wisdom_render(const struct tern_wisdom_entry *en, char line[TERN_WISDOM_LINE],
                                    struct tern_error *e) {
    const struct tern_problem *p = &en->problem;
    const struct tern_variant *v = tern_variant_named(en->variant);
    if (!v)
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: '%.90s': no such variant in this build", en->variant);
    if (en->lent)
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %.90s: lent by another kind of core, not measured",
                         en->variant);
    if (!is_word(en->objective) || !is_word(en->base) || !is_word(en->effort) || !is_word(en->date) ||
        !is_word(en->code) || p->regime > TERN_WCOLD_CAPPED || !p->m || !p->k || !p->n || !p->threads)
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %.90s: the entry has an empty or malformed field",
                         en->variant);
    const int lone = isnan(en->ci_lo_ns) || isnan(en->ci_hi_ns),
              alone = isnan(en->ratio_lo) || isnan(en->ratio_hi);
    if (!plausible(en->median_ns) || !plausible(en->ratio) || (!lone && !plausible(en->ci_lo_ns)) ||
        (!lone && !plausible(en->ci_hi_ns)) || (!alone && !plausible(en->ratio_lo)) ||
        (!alone && !plausible(en->ratio_hi)))
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %.90s: a number is not finite", en->variant);
    enum tern_objective objective;
    char params[256], ci[64], rci[64], evidence[512];
    if (!tern_objective_named(en->objective, &objective) || !render_evidence(en, evidence, sizeof evidence))
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %.90s: the evidence or the objective is malformed",
                         en->variant);
    tern_variant_params_text(v, en->param, params, sizeof params);
    for (char *c = params; *c; c++)
        if (*c == ' ') *c = ',';
    interval(ci, sizeof ci, "%.1f", en->ci_lo_ns, en->ci_hi_ns);
    interval(rci, sizeof rci, "%.4f", en->ratio_lo, en->ratio_hi);
    const int n = snprintf(
        line, TERN_WISDOM_LINE,
        "%s %zux%zux%zu t=%zu %s %s %s %s %s=%.1f ci=%s n=%zu base=%s ratio=%.4f ci=%s effort=%s "
        "date=%s code=%s complete=%d tie=%d%s",
        p->n == 1 ? "gemv" : "gemm", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime), en->objective,
        en->variant, params, tern_objective_unit(objective), en->median_ns, ci, en->n, en->base, en->ratio,
        rci, en->effort, en->date, en->code, en->complete != 0, en->tie != 0, evidence);
    if (n < 0 || n >= TERN_WISDOM_LINE || !tern_wisdom_seal(line, TERN_WISDOM_LINE))
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %.90s: the line would be too long", en->variant);
    return TERN_OK;
}

/* Cuts the next word off *at, which must begin with `prefix`; returns what follows the prefix, NULL when
 * there is no such word. */
static char *word(char **at, const char *prefix) {
    if (!*at) return NULL;
    char *w = *at, *end = strchr(w, ' ');
    if (end) *end++ = 0;
    *at = end;
    const size_t n = strlen(prefix);
    return strncmp(w, prefix, n) ? NULL : w + n;
}

static int copy_word(char *out, size_t bytes, const char *w) {
    if (!w || strlen(w) >= bytes) return 0;
    strcpy(out, w);
    return 1;
}

static int read_size(const char *w, size_t *out) {
    if (!w || *w < '0' || *w > '9') return 0;
    char *end;
    *out = strtoull(w, &end, 10);
    return !*end;
}

static int read_real(const char *w, double *out) {
    if (!w || *w < '0' || *w > '9') return 0;
    char *end;
    *out = strtod(w, &end);
    return !*end;
}

static int read_interval(char *w, double *lo, double *hi) {
    *lo = *hi = NAN;
    if (!w) return 0;
    if (!strcmp(w, "-")) return 1;
    char *dots = strstr(w, "..");
    if (!dots) return 0;
    *dots = 0;
    return read_real(w, lo) && read_real(dots + 2, hi);
}

static int read_shape(const char *w, struct tern_problem *p) {
    int used = 0;
    return w && sscanf(w, "%8zux%8zux%8zu%n", &p->m, &p->k, &p->n, &used) == 3 && !w[used];
}

static int read_regime(const char *w, enum tern_regime *r) {
    for (int i = 0; w && i <= TERN_WCOLD_CAPPED; i++)
        if (!strcmp(w, tern_regime_name((enum tern_regime)i))) return *r = (enum tern_regime)i, 1;
    return 0;
}

static int read_params(const struct tern_wisdom_entry *en, char *w, int *param) {
    const struct tern_variant *v = tern_variant_named(en->variant);
    if (!v || !w) return 0;
    for (char *c = w; *c; c++)
        if (*c == ',') *c = ' ';
    return tern_variant_params_parse(v, w, param, NULL) == TERN_OK;
}

static int begins(const char *at, const char *prefix) {
    return at && !strncmp(at, prefix, strlen(prefix));
}

static int read_evidence(char **at, struct tern_wisdom_entry *en) {
    en->ipc = en->peak_ipc = en->llc_misses = NAN;
    en->of_read = en->of_int8 = en->margin = en->margin_lo = en->margin_hi = NAN;
    if (begins(*at, "read=") && !read_real(word(at, "read="), &en->of_read)) return 0;
    if (begins(*at, "int8=") && !read_real(word(at, "int8="), &en->of_int8)) return 0;
    if (begins(*at, "ipc=") && !read_real(word(at, "ipc="), &en->ipc)) return 0;
    if (begins(*at, "peak_ipc=") && !read_real(word(at, "peak_ipc="), &en->peak_ipc)) return 0;
    if (begins(*at, "misses=") && !read_real(word(at, "misses="), &en->llc_misses)) return 0;
    if (begins(*at, "spared=") && !read_size(word(at, "spared="), &en->spared)) return 0;
    en->behind = en->behind_lo = en->behind_hi = NAN;
    if (begins(*at, "best_t=") &&
        !(read_size(word(at, "best_t="), &en->best_threads) && read_real(word(at, "behind="), &en->behind) &&
          read_interval(word(at, "ci="), &en->behind_lo, &en->behind_hi)))
        return 0;
    if (begins(*at, "layout=")) {
        const struct tern_variant *v = tern_variant_named(en->variant);
        const char *layout = word(at, "layout=");
        if (!v || strcmp(layout, v->format->name)) return 0;
        en->of_layout = 1;
    }
    if (!begins(*at, "second=")) return 1;
    return copy_word(en->second, sizeof en->second, word(at, "second=")) &&
           read_real(word(at, "margin="), &en->margin) &&
           read_interval(word(at, "ci="), &en->margin_lo, &en->margin_hi);
}

/* "ns=", "nJ=" or "nJs=", as the objective has it. */
static char *cost_word(char **at, const struct tern_wisdom_entry *en) {
    enum tern_objective o;
    char prefix[16];
    if (!tern_objective_named(en->objective, &o)) return NULL;
    snprintf(prefix, sizeof prefix, "%s=", tern_objective_unit(o));
    return word(at, prefix);
}

int tern_wisdom_parse(const char *line, size_t bytes, struct tern_wisdom_entry *en) {
    const size_t n = tern_wisdom_sealed(line, bytes);
    if (!n) return 0;
    char text[TERN_WISDOM_LINE], again[TERN_WISDOM_LINE];
    memcpy(text, line, n);
    text[n] = 0;
    if (strlen(text) != n) return 0;
    memset(en, 0, sizeof *en);
    char *at = text;
    size_t complete, tie;
    const int ok =
        word(&at, "gem") && read_shape(word(&at, ""), &en->problem) &&
        read_size(word(&at, "t="), &en->problem.threads) && read_regime(word(&at, ""), &en->problem.regime) &&
        copy_word(en->objective, sizeof en->objective, word(&at, "")) &&
        copy_word(en->variant, sizeof en->variant, word(&at, "")) &&
        read_params(en, word(&at, ""), en->param) && read_real(cost_word(&at, en), &en->median_ns) &&
        read_interval(word(&at, "ci="), &en->ci_lo_ns, &en->ci_hi_ns) && read_size(word(&at, "n="), &en->n) &&
        copy_word(en->base, sizeof en->base, word(&at, "base=")) &&
        read_real(word(&at, "ratio="), &en->ratio) &&
        read_interval(word(&at, "ci="), &en->ratio_lo, &en->ratio_hi) &&
        copy_word(en->effort, sizeof en->effort, word(&at, "effort=")) &&
        copy_word(en->date, sizeof en->date, word(&at, "date=")) &&
        copy_word(en->code, sizeof en->code, word(&at, "code=")) &&
        read_size(word(&at, "complete="), &complete) && read_size(word(&at, "tie="), &tie) &&
        read_evidence(&at, en) && !at;
    if (!ok) return 0;
    en->complete = complete == 1;
    en->tie = tie == 1;
    return tern_wisdom_render(en, again, NULL) == TERN_OK && strlen(again) == bytes &&
           !memcmp(again, line, bytes);
}
