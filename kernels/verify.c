#define _GNU_SOURCE
#include "kernels/verify.h"

#include "base/isa.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/verify_case.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Shapes of kernels.md 6.4: tails of every block size, the bounds of 16-bit sums (2048 safe, 2176 not, 4096),
 * and the widest K of a real model. */
static const size_t full_k[] = {1,    3,    4,    5,    64,   96,   128,  250,  256,  384,   640,
                                1024, 1536, 2048, 2176, 2560, 3200, 4096, 6912, 8640, 14336, 23040};
static const size_t full_m[] = {1, 15, 16, 17, 63, 64, 65, 80, 81, 130, 192, 257, 400};
static const size_t full_n[] = {1, 2, 3, 4, 5, 6, 7, 8, 16, 33};
static const size_t quick_k[] = {4, 128, 250, 256, 2304, 8640};
static const size_t quick_m[] = {17, 81, 257};
static const size_t quick_n[] = {1, 2, 7};

static const struct {
    enum tern_weight_pattern w;
    enum tern_act_pattern a;
} patterns[] = {
    {TERN_W_PLUS, TERN_A_MAX},       {TERN_W_MINUS, TERN_A_MIN},   {TERN_W_RANDOM, TERN_A_RANDOM},
    {TERN_W_RUNS, TERN_A_ALIGNED},   {TERN_W_RANDOM, TERN_A_EDGE}, {TERN_W_ALTERNATING, TERN_A_RANDOM},
    {TERN_W_ZERO, TERN_A_MAX},       {TERN_W_PLUS, TERN_A_MIN},    {TERN_W_RANDOM, TERN_A_ZERO},
    {TERN_W_RANDOM, TERN_A_ALIGNED},
};
#define N_PATTERNS (sizeof patterns / sizeof *patterns)

struct run {
    const struct tern_variant *v;
    struct tern_random random;
    unsigned cases;
    int failed;
    char text[320];
};

static int try_case(struct run *r, struct tern_case *c) {
    if (!tern_variant_fits(r->v, r->v->isa, c->m, c->k, c->n, NULL)) return 1;
    c->seed = tern_random_next(&r->random) >> 1;
    c->end = (int)(r->cases & 1);
    char what[96];
    r->cases++;
    if (tern_case_run(r->v, c, what, sizeof what)) return 1;
    char where[220];
    tern_case_text(r->v, c, where, sizeof where);
    snprintf(r->text, sizeof r->text, "%s: %s", where, what);
    r->failed = 1;
    return 0;
}

/* A range that starts and ends inside the matrix, at legal cuts. */
static void middle(const struct tern_variant *v, struct tern_case *c) {
    const size_t step = v->row_step, cuts = c->m / step;
    if (cuts < 2) return;
    c->row0 = step * (cuts / 2);
    c->row1 = cuts >= 3 ? tern_min(c->m, c->row0 + step) : c->m;
}

static void every_pattern(struct run *r, struct tern_case *c, size_t limit) {
    for (size_t p = 0; p < N_PATTERNS && !r->failed; p++) {
        if (p >= limit) return;
        c->weights = patterns[p].w;
        c->acts = patterns[p].a;
        c->row0 = 0;
        c->row1 = c->m;
        c->workers = 1 + p % 3;
        if (p == 5) middle(r->v, c);
        try_case(r, c);
    }
}

/* Every combination of parameters on shapes that have a body and tails. */
static void every_parameter(struct run *r) {
    static const size_t shape[][3] = {{321, 2304, 7}, {257, 640, 1}, {64, 256, 3}};
    const struct tern_space *s = r->v->space;
    size_t total = 1;
    for (size_t i = 0; i < s->count; i++) total *= s->params[i].count;
    for (size_t at = 0; at < total && !r->failed; at++) {
        struct tern_case c = {.weights = TERN_W_RANDOM, .acts = TERN_A_RANDOM, .workers = 1};
        for (size_t i = 0, rest = at; i < s->count; rest /= s->params[i].count, i++)
            c.param[i] = s->params[i].values[rest % s->params[i].count];
        for (size_t j = 0; j < 3 && !r->failed; j++) {
            c.m = shape[j][0], c.k = shape[j][1],
            c.n = tern_max(r->v->n_min, tern_min(shape[j][2], r->v->n_max));
            c.row0 = 0, c.row1 = c.m;
            try_case(r, &c);
        }
    }
}

static void all_cases(struct run *r, enum tern_verify_effort effort) {
    const int full = effort == TERN_VERIFY_FULL;
    const size_t *ks = full ? full_k : quick_k, *ms = full ? full_m : quick_m, *ns = full ? full_n : quick_n;
    const size_t n_k = full ? sizeof full_k / sizeof *full_k : sizeof quick_k / sizeof *quick_k;
    const size_t n_m = full ? sizeof full_m / sizeof *full_m : sizeof quick_m / sizeof *quick_m;
    const size_t n_n = full ? sizeof full_n / sizeof *full_n : sizeof quick_n / sizeof *quick_n;
    size_t turn = 0;
    struct tern_case c;
    memset(&c, 0, sizeof c);
    tern_variant_defaults(r->v, c.param);
    for (size_t i = 0; i < n_k && !r->failed; i++) {
        for (size_t j = 0; j < n_m && !r->failed; j++, turn++) {
            c.k = ks[i];
            c.m = ms[j];
            c.n = tern_max(r->v->n_min, tern_min(ns[turn % n_n], r->v->n_max));
            const size_t work = c.m * c.k * c.n / (full ? 1 : 8);
            every_pattern(r, &c, work > 2000000 ? 2 : work > 400000 ? 4 : N_PATTERNS);
        }
    }
    every_parameter(r);
    if (!full || r->v->n_max < 128) return;
    c.m = 130, c.k = 512, c.n = 128;
    every_pattern(r, &c, 4);
    c.m = 65, c.k = 256, c.n = 512;
    every_pattern(r, &c, 4);
}

/* What the child tells its parent. */
struct report {
    unsigned cases;
    int failed;
    char text[320];
};

static void child(const struct tern_variant *v, const struct tern_verify_options *o, int fd,
                  unsigned timeout) {
    static const int fatal[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    alarm(timeout);
    struct run r = {.v = v, .random = {o->seed}};
    all_cases(&r, o->effort);
    struct report rep = {.cases = r.cases, .failed = r.failed};
    memcpy(rep.text, r.text, sizeof rep.text);
    _exit(write(fd, &rep, sizeof rep) == (ssize_t)sizeof rep ? 0 : 1);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum tern_status run_child(const struct tern_variant *v, const struct tern_verify_options *o,
                                  struct tern_verdict *verdict, struct tern_error *e) {
    const unsigned timeout = o->timeout_seconds              ? o->timeout_seconds
                             : o->effort == TERN_VERIFY_FULL ? 120
                                                             : 20;
    int fd[2];
    if (pipe2(fd, O_CLOEXEC)) return tern_fail(e, TERN_IO, "verify: %s: pipe: %s", v->name, strerror(errno));
    const pid_t pid = fork();
    if (pid < 0) {
        close(fd[0]);
        close(fd[1]);
        return tern_fail(e, TERN_IO, "verify: %s: fork: %s", v->name, strerror(errno));
    }
    if (pid == 0) child(v, o, fd[1], timeout);
    close(fd[1]);
    struct report rep = {0};
    size_t got = 0;
    for (ssize_t n; got < sizeof rep; got += (size_t)n) {
        n = read(fd[0], (char *)&rep + got, sizeof rep - got);
        if (n < 0 && errno == EINTR) {
            n = 0;
            continue;
        }
        if (n <= 0) break;
    }
    close(fd[0]);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    verdict->cases = rep.cases;
    if (got == sizeof rep) {
        verdict->kind = rep.failed ? TERN_WRONG : TERN_PASSED;
        snprintf(verdict->text, sizeof verdict->text, "%s", rep.text);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        verdict->kind = TERN_TIMED_OUT;
        snprintf(verdict->text, sizeof verdict->text, "did not finish within %u s", timeout);
    } else if (WIFSIGNALED(status)) {
        const int sig = WTERMSIG(status);
        verdict->kind = TERN_CRASHED;
        snprintf(verdict->text, sizeof verdict->text, "%s (signal %d)", strsignal(sig), sig);
    } else {
        verdict->kind = TERN_CRASHED;
        snprintf(verdict->text, sizeof verdict->text, "the checking process ended with code %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return TERN_OK;
}

struct tern_proof {
    const struct tern_variant *variant;
    enum tern_verify_effort effort;
};

#define PROOFS_MAX 4096
static struct tern_proof proofs[PROOFS_MAX]; /* by position in the registry; written once per variant */

enum tern_status tern_prove(const struct tern_variant *v, const struct tern_verify_options *o,
                            struct tern_verdict *verdict, const struct tern_proof **proof,
                            struct tern_error *e) {
    size_t count;
    const size_t at = (size_t)(v - tern_variants(&count));
    *proof = NULL;
    memset(verdict, 0, sizeof *verdict);
    if (at >= count || at >= PROOFS_MAX)
        return tern_fail(e, TERN_BAD_INPUT, "verify: %s: not in the registry", v->name);
    const uint32_t missing = v->isa & ~(o->usable & tern_isa_detected());
    if (missing) {
        char names[128];
        tern_isa_text(missing, names, sizeof names);
        verdict->kind = TERN_NOT_RUN;
        snprintf(verdict->text, sizeof verdict->text, "needs %s", names);
        return TERN_OK;
    }
    if (proofs[at].variant && proofs[at].effort >= o->effort) {
        verdict->kind = TERN_PASSED;
        *proof = &proofs[at];
        return TERN_OK;
    }
    const double start = seconds();
    enum tern_status s = run_child(v, o, verdict, e);
    if (s) return s;
    verdict->seconds = seconds() - start;
    if (verdict->kind != TERN_PASSED) return TERN_OK;
    if (verdict->cases == 0) {
        verdict->kind = TERN_WRONG;
        snprintf(verdict->text, sizeof verdict->text, "no case fits it, so nothing was checked");
        return TERN_OK;
    }
    proofs[at] = (struct tern_proof){v, o->effort};
    *proof = &proofs[at];
    return TERN_OK;
}

const struct tern_variant *tern_proof_variant(const struct tern_proof *p) {
    return p->variant;
}

const char *tern_verdict_name(enum tern_verdict_kind k) {
    static const char *const names[] = {"passed", "WRONG", "CRASHED", "TIMED OUT", "not run"};
    return names[k];
}
