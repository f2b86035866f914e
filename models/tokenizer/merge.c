#include "models/tokenizer/merge.h"

#include <stdlib.h>

void tern_merger_free(struct tern_merger *m) {
    free(m->symbol);
    free(m->heap);
    *m = (struct tern_merger){0};
}

void tern_merger_clear(struct tern_merger *m) {
    m->symbols = m->candidates = 0;
}

int tern_merger_add(struct tern_merger *m, size_t at, size_t bytes, int32_t id) {
    if (m->symbols == m->symbol_room) {
        const size_t room = m->symbol_room ? m->symbol_room * 2 : 64;
        struct tern_symbol *grown = realloc(m->symbol, room * sizeof *grown);
        if (!grown) return -1;
        m->symbol = grown;
        m->symbol_room = room;
    }
    const uint32_t i = (uint32_t)m->symbols++;
    m->symbol[i] =
        (struct tern_symbol){(uint32_t)at, (uint32_t)bytes, id, i ? i - 1 : TERN_MERGE_NONE, TERN_MERGE_NONE};
    if (i) m->symbol[i - 1].next = i;
    return 0;
}

static int before(const struct tern_merge_candidate *a, const struct tern_merge_candidate *b) {
    return a->order != b->order ? a->order < b->order : a->left < b->left;
}

static int push(struct tern_merger *m, struct tern_merge_candidate c) {
    if (m->candidates == m->heap_room) {
        const size_t room = m->heap_room ? m->heap_room * 2 : 64;
        struct tern_merge_candidate *grown = realloc(m->heap, room * sizeof *grown);
        if (!grown) return -1;
        m->heap = grown;
        m->heap_room = room;
    }
    size_t i = m->candidates++;
    for (size_t up; i > 0 && before(&c, &m->heap[up = (i - 1) / 2]); i = up) m->heap[i] = m->heap[up];
    m->heap[i] = c;
    return 0;
}

static struct tern_merge_candidate pop(struct tern_merger *m) {
    const struct tern_merge_candidate best = m->heap[0], last = m->heap[--m->candidates];
    size_t i = 0;
    for (;;) {
        size_t down = 2 * i + 1;
        if (down >= m->candidates) break;
        if (down + 1 < m->candidates && before(&m->heap[down + 1], &m->heap[down])) down++;
        if (!before(&m->heap[down], &last)) break;
        m->heap[i] = m->heap[down];
        i = down;
    }
    m->heap[i] = last;
    return best;
}

static int consider(struct tern_merger *m, uint32_t left, uint32_t right, tern_merge_fn pair,
                    const void *ctx) {
    if (left == TERN_MERGE_NONE || right == TERN_MERGE_NONE) return 0;
    const struct tern_symbol *l = &m->symbol[left], *r = &m->symbol[right];
    struct tern_merge_candidate c = {0, left, right, l->bytes + r->bytes, -1};
    c.id = pair(ctx, l, r, &c.order);
    return c.id < 0 ? 0 : push(m, c);
}

int tern_merger_run(struct tern_merger *m, tern_merge_fn pair, const void *ctx) {
    for (uint32_t i = 0; i + 1 < m->symbols; i++)
        if (consider(m, i, i + 1, pair, ctx)) return -1;
    while (m->candidates) {
        const struct tern_merge_candidate c = pop(m);
        struct tern_symbol *l = &m->symbol[c.left], *r = &m->symbol[c.right];
        /* Stale when either side was swallowed or has grown since the pair was pushed. */
        if (!l->bytes || !r->bytes || l->next != c.right || l->bytes + r->bytes != c.bytes) continue;
        l->bytes = c.bytes;
        l->id = c.id;
        l->next = r->next;
        if (r->next != TERN_MERGE_NONE) m->symbol[r->next].prev = c.left;
        r->bytes = 0;
        if (consider(m, l->prev, c.left, pair, ctx) || consider(m, c.left, l->next, pair, ctx)) return -1;
    }
    return 0;
}
