#include "harness/text/chat.h"

#include "base/memory.h"
#include "harness/text/text_stream.h"

#include <stdlib.h>
#include <string.h>

struct tern_chat {
    struct tern_engine *en;
    const struct tern_model *m;
    const struct tern_tokenizer *t;
    struct tern_chat_options o;
    int32_t stop[1]; /* begins what the template writes after an answer */
    size_t stops;
    int first;
    int32_t unfed; /* the last token of the former answer when it was cut, else -1 */
    size_t turns;
    /* of the running turn */
    struct tern_text_stream stream;
    int (*on_text)(void *ctx, const char *text, size_t bytes);
    void *ctx;
};

struct list {
    int32_t *id;
    size_t count;
};

static enum tern_status append(const struct tern_chat *c, struct list *l, const char *text, size_t bytes,
                               int special, struct tern_error *e) {
    int32_t *ids = NULL;
    size_t n = 0;
    if (!bytes) return TERN_OK;
    const enum tern_status s = tern_tokenize(c->t, text, bytes, special, &ids, &n, e);
    if (s != TERN_OK) return s;
    int32_t *grown = realloc(l->id, (l->count + n + 1) * sizeof *grown);
    if (grown && n) memcpy(grown + l->count, ids, n * sizeof *ids);
    free(ids);
    if (!grown) return tern_fail(e, TERN_NO_MEMORY, "chat: out of memory");
    l->id = grown;
    l->count += n;
    return TERN_OK;
}

/* Whether reading control tokens changes nothing, so that the text can be cut into tokens together with its
 * frame. */
static enum tern_status is_plain(const struct tern_chat *c, const char *text, int *plain,
                                 struct tern_error *e) {
    struct list a = {NULL, 0}, b = {NULL, 0};
    enum tern_status s = append(c, &a, text, strlen(text), 0, e);
    if (s == TERN_OK) s = append(c, &b, text, strlen(text), 1, e);
    *plain = s == TERN_OK && a.count == b.count && (!a.count || !memcmp(a.id, b.id, a.count * sizeof *a.id));
    free(a.id);
    free(b.id);
    return s;
}

/* The ids of a turn. A user's text with control tokens in it is cut by itself, as plain text. */
static enum tern_status turn_ids(const struct tern_chat *c, const char *user, struct list *l,
                                 struct tern_error *e) {
    int plain;
    enum tern_status s = is_plain(c, user, &plain, e);
    if (s != TERN_OK) return s;
    const int32_t bos = c->m->hp.bos;
    const int begins = c->first && bos >= 0 && (c->m->hp.add_bos || c->o.frame->bos);
    l->id = malloc(2 * sizeof *l->id);
    char *text = tern_chat_turn(c->o.frame, c->first, c->o.system, plain ? user : "\x01");
    if (!l->id || !text) {
        free(text);
        return tern_fail(e, TERN_NO_MEMORY, "chat: out of memory");
    }
    if (begins) l->id[l->count++] = bos;
    if (c->unfed >= 0) l->id[l->count++] = c->unfed;
    char *hole = plain ? NULL : strrchr(text, '\x01');
    if (!hole) {
        s = append(c, l, text, strlen(text), 1, e);
    } else {
        s = append(c, l, text, (size_t)(hole - text), 1, e);
        if (s == TERN_OK) s = append(c, l, user, strlen(user), 0, e);
        if (s == TERN_OK) s = append(c, l, hole + 1, strlen(hole + 1), 1, e);
    }
    free(text);
    return s;
}

enum tern_status tern_chat_new(struct tern_engine *en, const struct tern_model *m,
                               const struct tern_tokenizer *t, const struct tern_chat_options *o,
                               struct tern_chat **out, struct tern_error *e) {
    *out = NULL;
    struct tern_chat *c = tern_alloc(sizeof *c);
    if (!c) return tern_fail(e, TERN_NO_MEMORY, "chat: out of memory");
    *c = (struct tern_chat){.en = en, .m = m, .t = t, .o = *o};
    struct list end = {NULL, 0};
    const enum tern_status s = append(c, &end, o->frame->answer_after, strlen(o->frame->answer_after), 1, e);
    size_t bytes;
    /* A control token has no text of its own; a first token that has one may be part of any answer. */
    if (s == TERN_OK && end.count && tern_token_bytes(t, end.id[0], 0, &bytes) && !bytes) {
        c->stop[0] = end.id[0];
        c->stops = 1;
    }
    free(end.id);
    if (s != TERN_OK) return tern_free(c), s;
    tern_chat_reset(c);
    *out = c;
    return TERN_OK;
}

void tern_chat_free(struct tern_chat *c) {
    tern_free(c);
}

void tern_chat_reset(struct tern_chat *c) {
    tern_engine_rewind(c->en, 0);
    c->first = 1;
    c->unfed = -1;
}

static int on_token(void *ctx, int32_t id) {
    struct tern_chat *c = ctx;
    size_t bytes = 0;
    const char *piece = tern_token_bytes(c->t, id, 0, &bytes);
    if (!piece || !bytes) return c->on_text(c->ctx, "", 0);
    char *text = malloc(3 * (bytes + 4));
    if (!text) return 1;
    const int stop = c->on_text(c->ctx, text, tern_text_push(&c->stream, piece, bytes, text));
    free(text);
    return stop;
}

enum tern_status tern_chat_say(struct tern_chat *c, const char *user,
                               int (*on_text)(void *ctx, const char *text, size_t bytes), void *ctx,
                               struct tern_generation_facts *out, struct tern_error *e) {
    struct list l = {NULL, 0};
    memset(out, 0, sizeof *out);
    enum tern_status s = turn_ids(c, user, &l, e);
    const size_t room = tern_engine_context(c->en) - tern_engine_position(c->en);
    if (s == TERN_OK && !l.count) s = tern_fail(e, TERN_BAD_INPUT, "chat: the text is empty");
    if (s == TERN_OK && l.count > room)
        s = tern_fail(e, TERN_BAD_INPUT,
                      "chat: context: the turn of %zu tokens does not fit, %zu of %zu positions are left",
                      l.count, room, tern_engine_context(c->en));
    if (s == TERN_OK) {
        c->on_text = on_text;
        c->ctx = ctx;
        c->stream = (struct tern_text_stream){{0}, 0};
        struct tern_generation g = {.prompt = l.id,
                                    .prompt_count = l.count,
                                    .most = c->o.most,
                                    .sampling = c->o.sampling,
                                    .stop = c->stop,
                                    .stops = c->stops,
                                    .on_token = on_token,
                                    .ctx = c};
        g.sampling.seed += c->turns++;
        s = tern_generate(c->en, c->m, &g, out, e);
        char rest[12];
        const size_t n = tern_text_end(&c->stream, rest);
        if (n) on_text(ctx, rest, n);
        c->first = 0;
        c->unfed = out->end == TERN_END_TOKEN ? -1 : out->last; /* the end itself is in the template */
    }
    free(l.id);
    return s;
}
