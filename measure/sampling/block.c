#define _GNU_SOURCE
#include "measure/sampling/block.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRIES           3
#define STEAL_LIMIT     0.01
#define OTHERS_LIMIT    0.05
#define FREQUENCY_LIMIT 0.05
#define SLOW_ROUNDS     0.25 /* of all */
#define TICKS_LEAST     10   /* a shorter block is too coarse for shares of processor time */

static const struct {
    unsigned bit;
    const char *word;
} kinds[] = {{TERN_DIRT_STEAL, "steal"},
             {TERN_DIRT_THROTTLE, "throttle"},
             {TERN_DIRT_LOAD, "load"},
             {TERN_DIRT_QUOTA, "quota"},
             {TERN_DIRT_FREQUENCY, "frequency"}};

__attribute__((format(printf, 3, 4))) static void add_dirt(struct tern_block *b, unsigned bit,
                                                           const char *fmt, ...) {
    const size_t at = strlen(b->why);
    va_list ap;
    b->dirt |= bit;
    if (at && at + 2 < sizeof b->why) memcpy(b->why + at, "; ", 3);
    va_start(ap, fmt);
    if (at + 2 < sizeof b->why) vsnprintf(b->why + (at ? at + 2 : 0), sizeof b->why - at - 2, fmt, ap);
    va_end(ap);
}

void tern_block_begin(const struct tern_machine *m, struct tern_block *b) {
    *b = (struct tern_block){.steal = -1, .others = -1, .tries = 1};
    tern_noise_snapshot(m, &b->before);
}

/* Share of all processors' time that neither this process nor idleness used. */
static double others_of(const struct tern_block *b) {
    const int64_t total = b->after.total_ticks - b->before.total_ticks;
    const int64_t busy = b->after.busy_ticks - b->before.busy_ticks;
    if (b->before.busy_ticks < 0 || b->after.busy_ticks < 0 || total < TICKS_LEAST) return -1;
    const double own = (b->after.own_seconds - b->before.own_seconds) * (double)sysconf(_SC_CLK_TCK);
    return fmax(((double)busy - own) / (double)total, 0);
}

void tern_block_end(const struct tern_machine *m, struct tern_block *b) {
    tern_noise_snapshot(m, &b->after);
    b->dirt = 0;
    b->why[0] = 0;
    b->steal = tern_noise_steal(&b->before, &b->after);
    b->others = others_of(b);
    if (b->steal > STEAL_LIMIT)
        add_dirt(b, TERN_DIRT_STEAL, "steal %.1f %% (limit %.0f %%)", 100 * b->steal, 100 * STEAL_LIMIT);
    if (b->before.throttles >= 0 && b->after.throttles > b->before.throttles)
        add_dirt(b, TERN_DIRT_THROTTLE, "throttled %lld times",
                 (long long)(b->after.throttles - b->before.throttles));
    if (b->others > OTHERS_LIMIT)
        add_dirt(b, TERN_DIRT_LOAD, "other processes %.0f %% (limit %.0f %%)", 100 * b->others,
                 100 * OTHERS_LIMIT);
    if (b->before.quota_waits >= 0 && b->after.quota_waits > b->before.quota_waits)
        add_dirt(b, TERN_DIRT_QUOTA, "waited %lld times for the quota of the control group",
                 (long long)(b->after.quota_waits - b->before.quota_waits));
    const double from = b->before.ghz, to = b->after.ghz;
    if (from > 0 && to > 0 && fabs(to - from) > FREQUENCY_LIMIT * fmax(from, to))
        add_dirt(b, TERN_DIRT_FREQUENCY, "frequency %.2f to %.2f GHz", from, to);
}

static void add_rounds(const struct tern_comparison *c, struct tern_block *b) {
    if ((double)c->slow_rounds > SLOW_ROUNDS * (double)c->rounds && !(b->dirt & TERN_DIRT_FREQUENCY))
        add_dirt(b, TERN_DIRT_FREQUENCY, "frequency low in %zu of %zu rounds", c->slow_rounds, c->rounds);
}

enum tern_status tern_compare_clean(const struct tern_machine *m, const struct tern_alternative *alt,
                                    size_t count, const struct tern_sampler_options *o, size_t tries,
                                    struct tern_comparison *out, struct tern_block *block,
                                    struct tern_error *e) {
    const size_t most = tries ? tries : TRIES;
    struct tern_sampler_options mine = o ? *o : (struct tern_sampler_options){0};
    if (mine.budget_seconds > 0) mine.budget_seconds /= (double)most;
    for (size_t try = 1;; try++) {
        tern_block_begin(m, block);
        const enum tern_status s = tern_compare(alt, count, &mine, out, e);
        tern_block_end(m, block);
        block->tries = try;
        if (s) return s;
        add_rounds(out, block);
        if (!block->dirt || try == most || (mine.stop && *mine.stop)) return TERN_OK;
        tern_comparison_free(out);
        mine.seed += 0x9e3779b97f4a7c15u; /* another order, as far from the last one as any */
    }
}

void tern_block_flags(const struct tern_block *b, char *out, size_t out_bytes) {
    size_t at = 0;
    out[0] = 0;
    if (b->dirt) at = (size_t)snprintf(out, out_bytes, "dirty");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && at < out_bytes; i++)
        if (b->dirt & kinds[i].bit)
            at += (size_t)snprintf(out + at, out_bytes - at, " dirty-%s", kinds[i].word);
}
