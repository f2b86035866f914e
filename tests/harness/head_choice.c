/* Which head an engine uses when it may choose. */
#define _GNU_SOURCE
#include "reference.h"

#include "base/file.h"
#include "base/memory.h"
#include "harness/head/known.h"
#include "harness/head/race.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE "synth:micro,vocab=70000" /* 36 MB of f16 */

Test(head_choice, takes_a_scan_only_when_it_is_clearly_faster_than_the_rows) {
    static const struct {
        double share[TERN_HEAD_SCANS];
        int winner;
    } c[] = {{{0.5, 0.6, 0.7}, 0}, {{0.5, 0.49, 0.7}, 0},    {{0.5, 0.4, 0.7}, 1},
             {{1.2, 1.0, 0.8}, 2}, {{0.95, 0.93, 0.91}, -1}, {{1.5, 1.5, 1.5}, -1}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++)
        cr_assert(eq(int, tern_head_winner(c[i].share), c[i].winner), "case %zu", i);
}

static struct tern_engine_facts facts_of(const char *model, struct tern_engine_options o, float *logits) {
    static const int32_t ids[] = {3, 1, 4};
    struct tern_engine_facts f;
    struct tern_model *m = open_model(model);
    struct tern_engine *en = start(m, &o);
    tern_engine_want(en, &(struct tern_wanted){.top = 1});
    for (size_t i = 0; i < 3; i++) cr_assert(tern_engine_feed(en, ids + i, 1, 0, logits, NULL) == TERN_OK);
    cr_assert(tern_engine_keep(en, NULL) == TERN_OK);
    tern_engine_facts(en, &f);
    tern_engine_free(en);
    tern_model_close(m);
    return f;
}

Test(head_choice, a_small_head_is_not_raced) {
    float logits[320];
    const struct tern_engine_options o = {.threads = 2};
    const struct tern_engine_facts f = facts_of("synth:micro", o, logits);
    cr_assert(eq(str, (char *)f.head, "f16"));
}

Test(head_choice, whatever_wins_answers_as_the_rows_do) {
    enum { VOCAB = 70000 };
    static float want[VOCAB], got[VOCAB];
    facts_of(LARGE, (struct tern_engine_options){.threads = 2, .head = TERN_HEAD_F16}, want);
    static const enum tern_head_type type[] = {TERN_HEAD_AUTO, TERN_HEAD_EXACT2};
    for (size_t i = 0; i < 2; i++) {
        const struct tern_engine_facts f =
            facts_of(LARGE, (struct tern_engine_options){.threads = 2, .head = type[i]}, got);
        const int scans = strstr(f.head, "scanned first") != NULL,
                  rows = strstr(f.head, "would take") != NULL;
        cr_assert(eq(int, scans + rows, 1), "%s", f.head);
        cr_assert(eq(int, scans, f.exact.steps > 0), "%s", f.head);
        cr_assert(eq(i32, tern_argmax(got, VOCAB), tern_argmax(want, VOCAB)));
        for (size_t r = 0; r < VOCAB; r++)
            cr_assert(isinf(got[r]) || memcmp(&got[r], &want[r], sizeof *got) == 0, "row %zu", r);
    }
}

Test(head_choice, what_was_packed_decides_the_next_time) {
    enum { VOCAB = 70000 };
    static float logits[VOCAB];
    char folder[] = "/tmp/tern-test-XXXXXX";
    cr_assert(mkdtemp(folder) != NULL);
    const struct tern_engine_options o = {.threads = 2, .cache = folder, .quiet = 1};
    const struct tern_engine_facts first = facts_of(LARGE, o, logits), second = facts_of(LARGE, o, logits);
    cr_assert(strstr(first.head, "of its time") != NULL, "%s", first.head);
    cr_assert(strstr(second.head, "as packed before") != NULL, "%s", second.head);
    cr_assert(second.from_cache);
    cr_assert(eq(int, first.exact.steps > 0, second.exact.steps > 0));
    char *clean = tern_format_text("rm -r %s", folder);
    cr_assert(eq(int, system(clean), 0));
    free(clean);
}

Test(head_choice, rows_of_q6_k_are_scanned_as_they_lie_without_a_race) {
    enum { VOCAB = 200000 };
    static float want[VOCAB], got[VOCAB];
    static const char model[] = "synth:micro,vocab=200000";
    const struct tern_engine_options o = {.threads = 2, .head = TERN_HEAD_Q6_K};
    const struct tern_engine_facts f = facts_of(model, o, got);
    cr_assert(eq(str, (char *)f.head, "q6_k, whose codes are scanned first"));
    cr_assert(gt(u64, f.exact.steps, 0));
    cr_assert(lt(u64, f.exact.rescored + f.exact.whole_rows, f.exact.steps * VOCAB / 100));
    struct tern_model *m = open_model(model); /* all logits: the rows */
    struct tern_engine *en = start(m, &o);
    static const int32_t ids[] = {3, 1, 4};
    for (size_t i = 0; i < 3; i++) cr_assert(tern_engine_feed(en, ids + i, 1, 0, want, NULL) == TERN_OK);
    tern_engine_free(en);
    tern_model_close(m);
    cr_assert(eq(i32, tern_argmax(got, VOCAB), tern_argmax(want, VOCAB)));
    for (size_t r = 0; r < VOCAB; r++)
        cr_assert(isinf(got[r]) || memcmp(&got[r], &want[r], sizeof *got) == 0, "row %zu", r);
}

Test(head_choice, what_a_race_decided_is_known_the_next_time_and_damage_is_not_believed) {
    char folder[] = "/tmp/tern-test-XXXXXX", path[64];
    struct tern_head_known k = {1, 0.5}, got;
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/heads", folder);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x9", &got), 0));
    cr_assert(tern_head_remember(path, "f16-9x9", &k, NULL) == TERN_OK);
    k = (struct tern_head_known){-1, 1.25};
    cr_assert(tern_head_remember(path, "f16-9x99", &k, NULL) == TERN_OK);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x9", &got), 1));
    cr_assert(got.scan == 1 && fabs(got.share - 0.5) < 1e-9);
    cr_assert(tern_head_remember(path, "f16-9x9", &k, NULL) == TERN_OK);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x9", &got), 1));
    cr_assert(got.scan == -1 && fabs(got.share - 1.25) < 1e-9);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x99", &got), 1));
    cr_assert(eq(int, tern_head_recall(path, "f16-9", &got), 0));
    char *text = NULL;
    size_t bytes;
    cr_assert(tern_file_read(path, 1u << 16, &text, &bytes, NULL) == TERN_OK);
    text[0] ^= 1; /* other code wrote the first line */
    cr_assert(tern_file_replace(path, text, bytes, NULL) == TERN_OK);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x9", &got), 0));
    cr_assert(eq(int, tern_head_recall(path, "f16-9x99", &got), 1));
    cr_assert(tern_file_replace(path, "x f16-9x9 7 nan\n", 16, NULL) == TERN_OK);
    cr_assert(eq(int, tern_head_recall(path, "f16-9x9", &got), 0));
    free(text);
    remove(path);
    remove(folder);
}

Test(head_choice, a_second_start_does_not_race) {
    enum { VOCAB = 70000 };
    static float logits[VOCAB];
    char folder[] = "/tmp/tern-test-XXXXXX", command[64];
    cr_assert(mkdtemp(folder) != NULL);
    const struct tern_engine_options o = {.threads = 2, .races = folder};
    const struct tern_engine_facts first = facts_of(LARGE, o, logits), next = facts_of(LARGE, o, logits);
    cr_assert(strstr(first.head, "said before") == NULL, "%s", first.head);
    cr_assert(strstr(next.head, "said before") != NULL, "%s", next.head);
    cr_assert(eq(int, !!strstr(first.head, "scanned first"), !!strstr(next.head, "scanned first")));
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert(eq(int, system(command), 0));
}
