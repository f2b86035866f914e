#include "tuner/search/trace.h"

#include <stdlib.h>

int tern_search_trace_begin(struct tern_search_trace *t, size_t candidates) {
    *t = (struct tern_search_trace){.candidates = candidates};
    t->first = calloc(candidates + 1, sizeof *t->first);
    t->last = calloc(candidates + 1, sizeof *t->last);
    return t->first && t->last;
}

void tern_search_trace_free(struct tern_search_trace *t) {
    free(t->first);
    free(t->last);
    free(t->answer);
    *t = (struct tern_search_trace){0};
}

void tern_search_trace_round(struct tern_search_trace *t, const size_t *which, size_t n) {
    for (size_t i = 0; i < n; i++) {
        t->evaluations++;
        if (!t->first[which[i]]) t->first[which[i]] = t->evaluations;
        t->last[which[i]] = t->evaluations;
    }
}

void tern_search_trace_answer(struct tern_search_trace *t, size_t candidate, double seconds) {
    if (candidate >= t->candidates) return;
    if (t->answers && t->answer[t->answers - 1].trial == candidate) return;
    if (t->answers == t->room) {
        const size_t room = t->room ? 2 * t->room : 32;
        struct tern_search_answer *grown = realloc(t->answer, room * sizeof *grown);
        if (!grown) return; /* a trace with a hole is worth more than none */
        t->answer = grown, t->room = room;
    }
    t->answer[t->answers++] = (struct tern_search_answer){t->evaluations, seconds, candidate};
}
