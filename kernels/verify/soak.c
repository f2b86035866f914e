#define _GNU_SOURCE
#include "kernels/verify/soak.h"

#include "base/hash.h"
#include "base/isa.h"
#include "base/memory.h"
#include "kernels/verify/child.h"
#include "kernels/verify/draw.h"
#include "kernels/verify/operations.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define TURN_LONGEST 1.0 /* seconds */

/* What a child tells while it runs. A crash leaves the number of the case that did it. */
struct tally {
    uint64_t cases, products;
};

struct turn {
    const struct tern_soak_subject *subject;
    struct tally *tally; /* shared with the child */
    double until;
    uint64_t again;
};

void tern_soak_name(const struct tern_soak_subject *s, char *out, size_t out_bytes) {
    if (s->variant)
        snprintf(out, out_bytes, "%s", s->variant->name);
    else
        tern_operation_name(s->operation, out, out_bytes);
}

/* Never 0. */
static uint64_t seed_of(const struct tern_soak_subject *s, uint64_t seed, uint64_t i) {
    char name[96];
    tern_soak_name(s, name, sizeof name);
    struct tern_random r = {tern_hash(TERN_HASH_START, name, strlen(name)) ^ seed};
    r.state = tern_random_next(&r) + i;
    return (tern_random_next(&r) >> 1) + 1;
}

static size_t operation_size(uint64_t seed) {
    struct tern_random r = {seed};
    return 1 + tern_random_below(&r, 1u << (1 + tern_random_below(&r, 13)));
}

void tern_soak_case_text(const struct tern_soak_subject *s, uint64_t seed, char *out, size_t out_bytes) {
    struct tern_case c;
    if (!s->variant)
        snprintf(out, out_bytes, "size %zu seed=%llu", operation_size(seed), (unsigned long long)seed);
    else if (tern_case_draw(s->variant, seed, &c))
        tern_case_text(s->variant, &c, out, out_bytes);
    else
        snprintf(out, out_bytes, "no case");
}

/* 1 when it is right. */
static int try(const struct tern_soak_subject *s, uint64_t seed, uint64_t *products, char *text,
               size_t text_bytes) {
    struct tern_case c;
    *products = 0;
    if (!s->variant) return tern_operation_try(s->operation, operation_size(seed), seed, text, text_bytes);
    if (!tern_case_draw(s->variant, seed, &c)) {
        snprintf(text, text_bytes, "no shape was found that fits it");
        return 0;
    }
    *products = (c.row1 - c.row0) * c.k * c.n;
    return tern_case_run(s->variant, &c, text, text_bytes);
}

static void run_turn(const void *subject, uint64_t seed, enum tern_verify_effort effort,
                     struct tern_case_report *out) {
    (void)effort;
    const struct turn *t = subject;
    do {
        uint64_t products;
        const uint64_t at = t->again ? t->again : seed_of(t->subject, seed, t->tally->cases);
        out->cases++;
        out->failed = !try(t->subject, at, &products, out->text, sizeof out->text);
        if (out->failed) return;
        t->tally->cases++;
        t->tally->products += products;
    } while (!t->again && tern_verify_seconds() < t->until);
    out->text[0] = '\0';
}

struct soak {
    struct tern_soak_subject *subject;
    size_t count;
    const struct tern_soak_options *options;
    struct tally *tally; /* of each subject */
    char *busy;          /* of each: it has a turn just now */
    double started, turn;
    size_t next; /* turns given; round after round through the subjects */
    struct tern_verify_child child[TERN_VERIFY_JOBS_MAX];
    size_t index[TERN_VERIFY_JOBS_MAX], running;
};

static enum tern_status start(struct soak *k, size_t i, struct tern_error *e) {
    char name[96];
    tern_soak_name(&k->subject[i], name, sizeof name);
    const struct turn turn = {&k->subject[i], &k->tally[i], tern_verify_seconds() + k->turn,
                              k->options->again};
    const struct tern_verify_subject subject = {name, run_turn, &turn};
    const struct tern_verify_options o = {
        .seed = k->options->seed, .effort = TERN_VERIFY_FULL, .timeout_seconds = k->options->timeout_seconds};
    const enum tern_status s = tern_verify_start(&subject, &o, &k->child[k->running], e);
    if (s) return s;
    k->index[k->running++] = i;
    k->busy[i] = 1;
    return TERN_OK;
}

static void collect(struct soak *k, tern_soak_fn *report, void *ctx) {
    const size_t job = tern_verify_wait(k->child, k->running, NULL), i = k->index[job];
    struct tern_soak_subject *s = &k->subject[i];
    tern_verify_collect(&k->child[job], &s->verdict);
    k->running--;
    k->child[job] = k->child[k->running];
    k->index[job] = k->index[k->running];
    k->busy[i] = 0;
    s->cases = k->tally[i].cases;
    s->products = k->tally[i].products;
    if (s->verdict.kind != TERN_PASSED)
        s->bad = k->options->again ? k->options->again : seed_of(s, k->options->seed, s->cases);
    const double gone = tern_verify_seconds() - k->started;
    const double first = (double)k->next / (double)k->count;
    report(ctx, s, first < 1 || k->options->again ? first : gone / k->options->seconds);
}

/* 1 when another turn is due. The first round is whole, unless somebody stops it. */
static int more(const struct soak *k) {
    if (k->options->stop && *k->options->stop) return 0;
    if (k->next < k->count) return 1;
    return !k->options->again && tern_verify_seconds() - k->started < k->options->seconds;
}

/* The next subject that can have a turn; count: none can. */
static size_t choose(struct soak *k) {
    for (size_t tried = 0; tried < k->count; tried++) {
        const size_t i = k->next++ % k->count;
        if (k->subject[i].verdict.kind == TERN_PASSED && !k->busy[i]) return i;
    }
    return k->count;
}

static enum tern_status go_round(struct soak *k, tern_soak_fn *report, void *ctx, struct tern_error *e) {
    const size_t jobs = tern_max(1, tern_min(k->options->jobs, TERN_VERIFY_JOBS_MAX));
    enum tern_status s = TERN_OK;
    for (;;) {
        if (!s && k->running < jobs && more(k)) {
            const size_t i = choose(k);
            if (i < k->count)
                s = start(k, i, e);
            else if (!k->running)
                return s;
            else
                collect(k, report, ctx);
        } else if (k->running)
            collect(k, report, ctx);
        else
            return s;
    }
}

/* The verdicts of those that cannot run here. */
static void sort_out(struct soak *k) {
    for (size_t i = 0; i < k->count; i++) {
        struct tern_soak_subject *s = &k->subject[i];
        const uint32_t needs = s->variant ? s->variant->isa : tern_operation_needs(s->operation);
        const uint32_t missing = needs & ~(k->options->usable & tern_isa_detected());
        s->verdict = (struct tern_verdict){.kind = TERN_PASSED};
        if (missing) tern_verify_lacks(missing, &s->verdict);
    }
}

enum tern_status tern_soak(struct tern_soak_subject *s, size_t count, const struct tern_soak_options *o,
                           tern_soak_fn *report, void *ctx, struct tern_error *e) {
    if (!count) return TERN_OK;
    struct soak k = {.subject = s, .count = count, .options = o};
    const size_t bytes = tern_mul_size(count, sizeof *k.tally);
    k.busy = tern_alloc(count);
    k.tally = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    enum tern_status status = TERN_OK;
    if (!k.busy || k.tally == MAP_FAILED) status = tern_fail(e, TERN_NO_MEMORY, "soak: out of memory");
    if (!status) {
        sort_out(&k);
        k.turn = fmin(TURN_LONGEST, o->seconds * (double)o->jobs / (2 * (double)count));
        k.started = tern_verify_seconds();
        status = go_round(&k, report, ctx, e);
    }
    if (k.tally != MAP_FAILED) munmap(k.tally, bytes);
    tern_free(k.busy);
    return status;
}
