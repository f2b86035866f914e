#define _GNU_SOURCE
#include "cli/tune/rows.h"

#include "measure/sampling/floor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "gemm_g3_i8_r1k4n16_veclut__avx2" -> "g3_r1k4n16_veclut". */
static void short_name(const char *variant, char *out, size_t bytes) {
    const char *from = strchr(variant, '_'), *level = strstr(variant, "__");
    if (!from || !level || from >= level) from = variant, level = variant + strlen(variant);
    from += *from == '_';
    snprintf(out, bytes, "%.*s", (int)(level - from), from);
    char *activations = strstr(out, "_i8_");
    if (activations) memmove(activations, activations + 3, strlen(activations + 3) + 1);
}

/* The next one in the final is not shown to be slower. */
static int may_equal(const struct tern_wisdom_entry *en, double floor) {
    const struct tern_ratio next = {
        .n = en->n, .median = en->margin, .ci_lo = en->margin_lo, .ci_hi = en->margin_hi};
    return en->second[0] && !isnan(en->margin) && tern_difference_of(&next, floor) != TERN_DIFFERENCE_SLOWER;
}

static void take_entry(struct tern_tune_row *r, const struct tern_wisdom_entry *en, double floor) {
    short_name(en->variant, r->kernel, sizeof r->kernel);
    snprintf(r->date, sizeof r->date, "%.10s", en->date);
    r->cost = en->median_ns;
    r->reads = !isnan(en->of_read) && (isnan(en->of_int8) || en->of_read >= en->of_int8);
    r->share = r->reads ? en->of_read : en->of_int8;
    r->tie = en->tie;
    r->incomplete = !en->complete;
    r->may_equal = !en->tie && may_equal(en, floor);
}

static void take_standings(struct tern_tune_row *r, const struct tern_outcome *o) {
    for (size_t i = 0; i < o->standings; i++) {
        const struct tern_leader *st = &o->standing[i];
        r->figures++;
        r->unstable_figures += st->est.unstable != 0;
        if (!st->is_winner) continue;
        r->over_i2s = st->over_i2s;
        r->over_f16 = st->over_f16;
        r->unstable = st->est.unstable;
    }
}

void tern_tune_rows_add(struct tern_tune_rows *r, const struct tern_outcome *o) {
    if (o->recorded) return;
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : 16;
        struct tern_tune_row *grown = realloc(r->item, room * sizeof *grown);
        if (!grown) return;
        r->item = grown, r->room = room;
    }
    struct tern_tune_row *row = &r->item[r->count++];
    *row = (struct tern_tune_row){.problem = o->task->problem, .share = NAN, .floor = NAN};
    row->state = o->remembered ? TERN_TUNE_ROW_KNOWN
                 : o->measured ? TERN_TUNE_ROW_MEASURED
                               : TERN_TUNE_ROW_NOT_MEASURED;
    snprintf(row->why, sizeof row->why, "%.95s", o->why);
    if (row->state == TERN_TUNE_ROW_NOT_MEASURED) return;
    if (row->state == TERN_TUNE_ROW_MEASURED) row->floor = o->floor;
    row->dirty = o->dirt != 0;
    snprintf(row->why_dirty, sizeof row->why_dirty, "%.95s", o->why_dirty);
    take_entry(row, &o->entry, row->floor);
    if (row->state == TERN_TUNE_ROW_MEASURED) take_standings(row, o);
}

void tern_tune_rows_free(struct tern_tune_rows *r) {
    free(r->item);
    *r = (struct tern_tune_rows){NULL, 0, 0};
}
