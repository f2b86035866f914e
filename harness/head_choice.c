/* Whether the engine's head has a scan before its rows. */
#define _GNU_SOURCE
#include "base/file.h"
#include "harness/head/known.h"
#include "harness/head/race.h"
#include "harness/internal.h"
#include "harness/memory_left.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const row_names[TERN_ROWS_COUNT] = {
    [TERN_ROWS_F16] = "f16", [TERN_ROWS_F32] = "f32", [TERN_ROWS_Q8] = "q8", [TERN_ROWS_Q6_K] = "q6_k"};

static void scan_with(struct head *h, int scan) {
    h->two_stages = scan >= 0;
    h->scan = scan >= 0 ? tern_head_scans[scan] : (struct tern_exact_options){0};
}

/* Rows of Q6_K are scanned as they lie: nothing is read besides, and a third is computed. */
static void scan_in_place(struct head *h) {
    h->two_stages = 1;
    h->scan = (struct tern_exact_options){.in_place = 1};
}

static void say(struct tern_engine *en, const char *why) {
    const struct head *h = &en->head;
    char *out = en->facts.head;
    if (h->two_stages && h->scan.in_place)
        snprintf(out, sizeof en->facts.head, "%s, whose codes are scanned first%s", row_names[h->rows], why);
    else if (h->two_stages)
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

static void decide(struct tern_engine *en, const struct tern_head_known *k, const char *when) {
    char why[96];
    scan_with(&en->head, k->scan);
    snprintf(why, sizeof why,
             k->scan < 0 ? "; a scan before it would take %.2f of its time%s"
                         : ", which takes %.2f of its time%s",
             k->share, when);
    say(en, why);
}

/* Heap; NULL without a folder or memory. */
static char *path_of(const char *races) {
    const struct tern_machine *m;
    return races && tern_machine_get(&m, NULL) == TERN_OK && m->key[0]
               ? tern_format_text("%s/heads-%s", races, m->key + 2)
               : NULL;
}

static void key_of(const struct tern_engine *en, char key[TERN_HEAD_KEY]) {
    const struct head *h = &en->head;
    snprintf(key, TERN_HEAD_KEY, "%s-%zux%zu-%s-%zu", row_names[h->rows], h->source->rows, h->source->cols,
             h->ops->level, en->threads_decode);
}

static enum tern_status race(struct tern_engine *en, const char *path, const char *key,
                             struct tern_error *e) {
    double share[TERN_HEAD_SCANS];
    const enum tern_status s = tern_head_race(&en->head, en->pool, en->threads_decode, share, e);
    tern_pool_use(en->pool, en->workers);
    if (s != TERN_OK) return s;
    const int winner = tern_head_winner(share);
    const struct tern_head_known k = {winner, share[winner < 0 ? 0 : winner]};
    decide(en, &k, "");
    if (path) tern_head_remember(path, key, &k, NULL); /* else the next start races again */
    return TERN_OK;
}

static enum tern_status recall_or_race(struct tern_engine *en, const char *races, struct tern_error *e) {
    char key[TERN_HEAD_KEY], *path = path_of(races);
    struct tern_head_known k;
    enum tern_status s = TERN_OK;
    key_of(en, key);
    if (path && tern_head_recall(path, key, &k))
        decide(en, &k, ", as a race said before");
    else
        s = race(en, path, key, e);
    free(path);
    return s;
}

enum tern_status tern_engine_head(struct tern_engine *en, enum tern_head_type type, const char *races,
                                  struct tern_error *e) {
    struct head *h = &en->head;
    if (!h->source) return TERN_OK;
    const int asked = type == TERN_HEAD_EXACT2;
    scan_with(h, asked ? 0 : -1);
    say(en, "");
    if (h->rows == TERN_ROWS_Q6_K && (asked || h->kept_bytes >= TERN_HEAD_RACE_LEAST)) {
        scan_in_place(h);
        say(en, "");
        return TERN_OK;
    }
    if ((type != TERN_HEAD_AUTO && !asked) || h->kept_bytes < TERN_HEAD_RACE_LEAST) return TERN_OK;
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
    return recall_or_race(en, races, e);
}
