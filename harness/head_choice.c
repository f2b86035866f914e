/* Whether the engine's head has a scan before its rows. */
#include "harness/head/race.h"
#include "harness/internal.h"
#include "harness/memory_left.h"

#include <stdio.h>

static const char *const row_names[TERN_ROWS_COUNT] = {
    [TERN_ROWS_F16] = "f16", [TERN_ROWS_F32] = "f32", [TERN_ROWS_Q8] = "q8", [TERN_ROWS_Q6_K] = "q6_k"};

static void scan_with(struct head *h, int scan) {
    h->two_stages = scan >= 0;
    h->scan = scan >= 0 ? tern_head_scans[scan] : (struct tern_exact_options){0};
}

static void say(struct tern_engine *en, const char *why) {
    const struct head *h = &en->head;
    char *out = en->facts.head;
    if (h->two_stages)
        snprintf(out, sizeof en->facts.head, "%s, scanned first at %d bits in blocks of %zu%s",
                 row_names[h->rows], h->scan.bits, h->scan.block, why);
    else
        snprintf(out, sizeof en->facts.head, "%s%s", row_names[h->rows], why);
}

/* A decision that was made before is in the name of the packed cache. */
static int decided_before(struct tern_engine *en) {
    for (int scan = -1; scan < TERN_HEAD_SCANS; scan++) {
        scan_with(&en->head, scan);
        if (tern_engine_cache_there(en)) return 1;
    }
    return 0;
}

static enum tern_status race(struct tern_engine *en, struct tern_error *e) {
    double share[TERN_HEAD_SCANS];
    char why[96];
    const enum tern_status s = tern_head_race(&en->head, en->pool, en->threads_decode, share, e);
    tern_pool_use(en->pool, en->workers);
    if (s != TERN_OK) return s;
    const int winner = tern_head_winner(share);
    scan_with(&en->head, winner);
    snprintf(why, sizeof why,
             winner < 0 ? "; a scan before it would take %.2f of its time" : ", which takes %.2f of its time",
             share[winner < 0 ? 0 : winner]);
    say(en, why);
    return TERN_OK;
}

enum tern_status tern_engine_head(struct tern_engine *en, enum tern_head_type type, struct tern_error *e) {
    struct head *h = &en->head;
    if (!h->source) return TERN_OK;
    const int asked = type == TERN_HEAD_EXACT2;
    scan_with(h, asked ? 0 : -1);
    say(en, "");
    if ((type != TERN_HEAD_AUTO && !asked) || h->kept_bytes < TERN_HEAD_RACE_LEAST) return TERN_OK;
    if (!asked && h->rows == TERN_ROWS_Q6_K) { /* 6.6 bits a weight either way */
        say(en, "; a scan before it would read as much");
        return TERN_OK;
    }
    const size_t left = tern_memory_left();
    if (!asked && left &&
        left < tern_engine_body_bytes(en) + en->cache.bytes + (h->in_file ? 1 : 2) * h->kept_bytes) {
        say(en, "; there is no memory for a scan before it");
        return TERN_OK;
    }
    if (decided_before(en)) {
        say(en, ", as packed before");
        return TERN_OK;
    }
    return race(en, e);
}
