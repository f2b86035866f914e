#include "kernels/verify/operations.h"

#include "base/isa.h"
#include "kernels/verify/child.h"
#include "kernels/verify/operations/run.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    tern_f32_run_fn *run;
} f32[] = {
#define OP(name) {#name, tern_run_f32_##name},
    TERN_F32_OPERATIONS(OP)
#undef OP
};

static const struct {
    const char *name;
    tern_attend_run_fn *run;
} attend[] = {
#define OP(name) {#name, tern_run_attend_##name},
    TERN_ATTEND_OPERATIONS(OP)
#undef OP
};

static const struct {
    const char *name;
    tern_head_run_fn *run;
} head[] = {
#define OP(name) {#name, tern_run_head_##name},
    TERN_HEAD_OPERATIONS(OP)
#undef OP
};

static const struct {
    const char *name;
    tern_epilogue_run_fn *run;
} epilogue[] = {
#define OP(name) {#name, tern_run_epilogue_##name},
    TERN_EPILOGUE_OPERATIONS(OP)
#undef OP
};

enum {
    F32 = sizeof f32 / sizeof *f32,
    ATTEND = sizeof attend / sizeof *attend,
    HEAD = sizeof head / sizeof *head,
    EPILOGUE = sizeof epilogue / sizeof *epilogue
};

/* One operation at one level. */
struct operation {
    enum { OF_F32, OF_ATTEND, OF_HEAD, OF_EPILOGUE } kind;
    size_t op, level;
    const char *name, *level_name;
    uint32_t needs;
};

#define COUNT_LEVELS(kind)                                                                                   \
    static size_t kind##_levels(void) {                                                                      \
        size_t n = 0;                                                                                        \
        while (tern_##kind##_ops_levels[n]) n++;                                                             \
        return n;                                                                                            \
    }
COUNT_LEVELS(f32)
COUNT_LEVELS(attend)
COUNT_LEVELS(head)
COUNT_LEVELS(epilogue)

size_t tern_operation_count(void) {
    return F32 * f32_levels() + ATTEND * attend_levels() + HEAD * head_levels() +
           EPILOGUE * epilogue_levels();
}

/* Kind after kind, in each kind level after level. */
static struct operation at(size_t i) {
    struct operation o = {OF_F32, i % F32, i / F32, NULL, NULL, 0};
    if (o.level < f32_levels()) {
        o.name = f32[o.op].name;
        o.level_name = tern_f32_ops_levels[o.level]->level;
        o.needs = tern_f32_ops_levels[o.level]->needs;
        return o;
    }
    i -= F32 * f32_levels();
    o = (struct operation){OF_ATTEND, i % ATTEND, i / ATTEND, NULL, NULL, 0};
    if (o.level < attend_levels()) {
        o.name = attend[o.op].name;
        o.level_name = tern_attend_ops_levels[o.level]->level;
        o.needs = tern_attend_ops_levels[o.level]->needs;
        return o;
    }
    i -= ATTEND * attend_levels();
    o = (struct operation){OF_HEAD, i % HEAD, i / HEAD, NULL, NULL, 0};
    if (o.level < head_levels()) {
        o.name = head[o.op].name;
        o.level_name = tern_head_ops_levels[o.level]->level;
        o.needs = tern_head_ops_levels[o.level]->needs;
        return o;
    }
    i -= HEAD * head_levels();
    o = (struct operation){OF_EPILOGUE, i % EPILOGUE, i / EPILOGUE, NULL, NULL, 0};
    o.name = epilogue[o.op].name;
    o.level_name = tern_epilogue_ops_levels[o.level]->level;
    o.needs = tern_epilogue_ops_levels[o.level]->needs;
    return o;
}

void tern_operation_name(size_t i, char *out, size_t out_bytes) {
    const struct operation o = at(i);
    snprintf(out, out_bytes, "op_%s__%s", o.name, o.level_name);
}

static void run(const struct operation *o, size_t level, struct tern_stage *s) {
    if (o->kind == OF_F32)
        f32[o->op].run(tern_f32_ops_levels[level], s);
    else if (o->kind == OF_ATTEND)
        attend[o->op].run(tern_attend_ops_levels[level], s);
    else if (o->kind == OF_HEAD)
        head[o->op].run(tern_head_ops_levels[level], s);
    else
        epilogue[o->op].run(tern_epilogue_ops_levels[level], s);
}

/* Below, at and above the registers of every level and the blocks of every format; 8704 is longer than the
 * planes of a vector that Q6_K rows keep. */
static const size_t sizes[] = {1,  2,  7,   15,  16,  17,  31,  32,  33,  63,   64,   65,
                               77, 96, 127, 128, 255, 256, 257, 333, 640, 1100, 2141, 8704};
static const size_t quick_sizes[] = {1, 17, 64, 79, 333, 640};

/* The scalar level in buffers that begin after an unreadable page, against the level in buffers that end at one and in
 * buffers that begin after one. The first run is of the level too when that is the scalar one. */
static int equal(const struct operation *o, size_t n, uint64_t seed, char *text, size_t text_bytes) {
    struct tern_stage want = {.n = n, .random = {seed}};
    run(o, 0, &want);
    int same = 1;
    for (int end = 1; same && end >= 0; end--) {
        struct tern_stage got = {.n = n, .end = end, .random = {seed}};
        run(o, o->level, &got);
        same = tern_stage_equal(&want, &got, text, text_bytes);
        tern_stage_drop(&got);
    }
    tern_stage_drop(&want);
    return same;
}

static void run_cases(const void *subject, uint64_t seed, enum tern_verify_effort effort,
                      struct tern_case_report *out) {
    const struct operation *o = subject;
    const int full = effort == TERN_VERIFY_FULL;
    const size_t count = full ? sizeof sizes / sizeof *sizes : sizeof quick_sizes / sizeof *quick_sizes;
    struct tern_random random = {seed};
    for (size_t i = 0; i < count && !out->failed; i++)
        for (int again = 0; again < (full ? 4 : 1) && !out->failed; again++) {
            const size_t n = full ? sizes[i] : quick_sizes[i];
            const uint64_t case_seed = tern_random_next(&random) >> 1;
            char what[96];
            out->cases++;
            if (equal(o, n, case_seed, what, sizeof what)) continue;
            out->failed = 1;
            snprintf(out->text, sizeof out->text, "size %zu seed=%llu: %s", n, (unsigned long long)case_seed,
                     what);
        }
}

uint32_t tern_operation_needs(size_t i) {
    return at(i).needs;
}

int tern_operation_try(size_t i, size_t n, uint64_t seed, char *text, size_t text_bytes) {
    const struct operation o = at(i);
    return equal(&o, n, seed, text, text_bytes);
}

enum tern_status tern_prove_operation(size_t i, const struct tern_verify_options *o,
                                      struct tern_verdict *verdict, struct tern_error *e) {
    const struct operation op = at(i);
    char name[64];
    tern_operation_name(i, name, sizeof name);
    const uint32_t missing = op.needs & ~(o->usable & tern_isa_detected());
    if (missing) {
        tern_verify_lacks(missing, verdict);
        return TERN_OK;
    }
    struct tern_verify_child c;
    const struct tern_verify_subject subject = {name, run_cases, &op};
    const enum tern_status s = tern_verify_start(&subject, o, &c, e);
    if (!s) tern_verify_collect(&c, verdict);
    return s;
}
