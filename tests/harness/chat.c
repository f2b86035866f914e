#define _GNU_SOURCE
#include "harness/text/chat.h"
#include "harness/text/text_stream.h"
#include "reference.h"

#include "base/file.h"
#include "base/memory.h"
#include "models/gguf/gguf.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODEL TERN_SOURCE_ROOT "/tests/data/micro-bitnet-b1.58.I2_S.gguf"

struct text {
    char data[4096];
    size_t bytes, pieces, stop_after; /* 0: never */
};

static int collect(void *ctx, const char *text, size_t bytes) {
    struct text *t = ctx;
    cr_assert(t->bytes + bytes < sizeof t->data);
    memcpy(t->data + t->bytes, text, bytes);
    t->data[t->bytes += bytes] = 0;
    return ++t->pieces == t->stop_after;
}

static struct tern_model *m;
static struct tern_tokenizer *tok;
static struct tern_engine *en;
static struct tern_chat_options how;

static void begin(void) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
    m = open_model(MODEL);
    cr_assert(tern_tokenizer_new(m, &tok, NULL) == TERN_OK);
    en = start(m, &(struct tern_engine_options){.threads = 2, .context = 160});
    how = (struct tern_chat_options){.sampling = {.top_p = 1}, .most = 12};
    cr_assert(tern_chat_template_named("bitnet", &how.frame, NULL) == TERN_OK);
}

static void finish(void) {
    tern_engine_free(en);
    tern_tokenizer_free(tok);
    tern_model_close(m);
}

TestSuite(chat, .init = begin, .fini = finish);

static struct tern_chat *conversation(void) {
    struct tern_chat *c;
    cr_assert(tern_chat_new(en, m, tok, &how, &c, NULL) == TERN_OK);
    return c;
}

static struct text say(struct tern_chat *c, const char *user, struct tern_generation_facts *g) {
    struct text t = {.bytes = 0};
    struct tern_generation_facts own;
    cr_assert(tern_chat_say(c, user, collect, &t, g ? g : &own, NULL) == TERN_OK);
    return t;
}

/* Ids of a text as a sequence, greedily continued by a fresh engine. */
struct ids {
    int32_t id[160];
    size_t count;
};

static void add(struct ids *l, const char *text) {
    int32_t *id;
    size_t n;
    cr_assert(tern_tokenize(tok, text, strlen(text), 1, &id, &n, NULL) == TERN_OK);
    memcpy(l->id + l->count, id, n * sizeof *id);
    l->count += n;
    free(id);
}

static struct text continued(struct ids *l, size_t most) {
    struct tern_engine *other = start(m, &(struct tern_engine_options){.threads = 1, .context = 160});
    float *y = tern_alloc(m->hp.vocab * sizeof *y);
    struct text t = {.bytes = 0};
    cr_assert(tern_engine_feed(other, l->id, l->count, 0, y, NULL) == TERN_OK);
    const size_t from = l->count;
    for (size_t i = 0; i < most; i++) {
        const int32_t id = tern_argmax(y, m->hp.vocab);
        l->id[l->count++] = id;
        if (id == m->hp.eos || id == m->hp.eot) break;
        cr_assert(tern_engine_feed(other, &id, 1, 0, y, NULL) == TERN_OK);
    }
    struct tern_text_stream stream = {{0}, 0};
    for (size_t i = from; i < l->count; i++) {
        size_t bytes;
        char out[64];
        const char *piece = tern_token_bytes(tok, l->id[i], 0, &bytes);
        collect(&t, out, tern_text_push(&stream, piece, bytes, out));
    }
    char rest[12];
    collect(&t, rest, tern_text_end(&stream, rest));
    tern_free(y);
    tern_engine_free(other);
    return t;
}

Test(chat, a_second_turn_answers_as_if_all_had_been_read_at_once) {
    struct tern_chat *c = conversation();
    struct ids l = {{m->hp.bos}, 1};
    add(&l, "User: Hello<|eot_id|>Assistant: ");
    const struct text a = say(c, "Hello", NULL), b = continued(&l, 12);
    cr_assert(eq(str, (char *)a.data, (char *)b.data));
    cr_assert(gt(sz, a.bytes, 0));
    add(&l, "<|eot_id|>User: and now?<|eot_id|>Assistant: ");
    const struct text x = say(c, " and now? ", NULL), y = continued(&l, 12);
    cr_assert(eq(str, (char *)x.data, (char *)y.data));
    tern_chat_reset(c);
    const struct text again = say(c, "Hello", NULL);
    cr_assert(eq(str, (char *)again.data, (char *)a.data));
    tern_chat_free(c);
}

Test(chat, a_stopped_answer_can_be_followed_by_another_turn) {
    struct tern_chat *c = conversation();
    struct tern_generation_facts g;
    struct text cut = {.stop_after = 4};
    cr_assert(tern_chat_say(c, "Hello", collect, &cut, &g, NULL) == TERN_OK);
    cr_assert(eq(sz, g.tokens, 4));
    cr_assert(g.end == TERN_END_CALLER);
    struct ids l = {{m->hp.bos}, 1};
    add(&l, "User: Hello<|eot_id|>Assistant: ");
    continued(&l, 4);
    add(&l, "<|eot_id|>User: go on<|eot_id|>Assistant: ");
    const struct text x = say(c, "go on", NULL), y = continued(&l, 12);
    cr_assert(eq(str, (char *)x.data, (char *)y.data));
    tern_chat_free(c);
}

Test(chat, a_full_context_is_told_and_reset_helps) {
    how.most = SIZE_MAX;
    struct tern_chat *c = conversation();
    struct tern_generation_facts g;
    struct tern_error e = {""};
    struct text t = {.bytes = 0};
    enum tern_status s = TERN_OK;
    int full = 0;
    for (int i = 0; i < 40 && s == TERN_OK; i++) {
        t = (struct text){.bytes = 0};
        s = tern_chat_say(c, "tell me more of that", collect, &t, &g, &e);
        full |= s == TERN_OK && g.end == TERN_END_CONTEXT;
    }
    cr_assert(s == TERN_BAD_INPUT);
    cr_assert(full);
    cr_assert(strstr(e.text, "context") != NULL, "%s", e.text);
    cr_assert(eq(sz, t.bytes, 0));
    tern_chat_reset(c);
    t = say(c, "Hello", NULL);
    cr_assert(gt(sz, t.bytes, 0));
    tern_chat_free(c);
}

Test(chat, control_tokens_in_a_users_text_are_plain_text) {
    cr_assert(tern_chat_template_named("none", &how.frame, NULL) == TERN_OK);
    int32_t *id;
    size_t n, control = 0, name_bytes;
    const char *name = tern_token_bytes(tok, m->hp.eos, 1, &name_bytes);
    char *user = strndup(name, name_bytes);
    cr_assert(tern_tokenize(tok, user, name_bytes, 1, &id, &n, NULL) == TERN_OK);
    control = n == 1 && id[0] == m->hp.eos;
    free(id);
    cr_assert(control); /* read as control tokens it would be one */
    cr_assert(tern_tokenize(tok, user, name_bytes, 0, &id, &n, NULL) == TERN_OK);
    free(id);
    struct tern_chat *c = conversation();
    struct tern_generation_facts g;
    say(c, user, &g);
    cr_assert(n > 1);
    cr_assert(eq(sz, g.prompt_tokens, 1 + n), "%s", user);
    free(user);
    tern_chat_free(c);
}

/* The program, over pipes. */
struct talk {
    pid_t pid;
    int in, out;
};

static struct talk run(const char *const *argument) {
    int in[2], out[2];
    const char *argv[24] = {TERN_EXE, "chat"};
    for (size_t i = 0; i < 21 && argument[i]; i++) argv[i + 2] = argument[i];
    cr_assert(pipe2(in, O_CLOEXEC) == 0);
    cr_assert(pipe2(out, O_CLOEXEC) == 0);
    const pid_t pid = fork();
    if (!pid) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execv(TERN_EXE, (char *const *)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    return (struct talk){pid, in[1], out[0]};
}

static int end(const struct talk *t) {
    int status;
    close(t->out);
    waitpid(t->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void write_text(const struct talk *t, const char *text) {
    cr_assert(eq(i64, write(t->in, text, strlen(text)), (long)strlen(text)));
}

/* Everything until the end; the number of bytes. */
static size_t drain(const struct talk *t, char *out, size_t room) {
    size_t at = 0;
    for (ssize_t n; (n = read(t->out, out + at, room - 1 - at)) > 0;) at += (size_t)n;
    out[at] = 0;
    return at;
}

Test(chat, a_pipe_gets_one_answer_for_each_line) {
    static char out[1 << 16];
    const struct talk t = run((const char *const[]){"-q", "-t", "1", "-n", "5", "-m", MODEL, NULL});
    write_text(&t, "Hello\n\n/help\n/unknown\n/reset\nHello");
    close(t.in);
    drain(&t, out, sizeof out);
    cr_assert(eq(i32, end(&t), 0));
    char *help = strstr(out, "/reset");
    cr_assert(help != NULL);
    char *second = strstr(help, "Ctrl-C");
    second = second ? strchr(second, '\n') : NULL;
    cr_assert(second != NULL);
    const size_t first = (size_t)(help - out); /* the answers before and after the reset are alike */
    cr_assert(gt(sz, first, 1));
    cr_assert(eq(sz, strlen(second + 1), first));
    cr_assert(memcmp(out, second + 1, first) == 0);
}

Test(chat, an_interrupt_stops_the_answer_and_not_the_program) {
    static char out[1 << 16];
    char byte;
    const struct talk t =
        run((const char *const[]){"-q", "-t", "1", "-n", "-1", "--ctx", "4096", "--no-wisdom", "-m",
                                  "synth:2b-4t,layers=4,vocab=320", NULL});
    write_text(&t, "one\n");
    struct pollfd p = {.fd = t.out, .events = POLLIN};
    cr_assert(eq(i32, poll(&p, 1, 120000), 1));
    cr_assert(eq(i64, read(t.out, &byte, 1), 1));
    kill(t.pid, SIGINT); /* in the middle of 4096 tokens */
    write_text(&t, "/reset\n/help\n/quit\n");
    close(t.in);
    drain(&t, out, sizeof out);
    cr_assert(eq(i32, end(&t), 0));
    cr_assert(strstr(out, "/reset   forgets") != NULL);
    cr_assert(strstr(out, "/reset   forgets") - out < 8000); /* not all of the 4096 */
}

Test(chat, an_unknown_template_is_refused_unless_one_is_named) {
    char path[] = "/tmp/tern-test-XXXXXX";
    const int fd = mkstemp(path);
    close(fd);
    struct tern_gguf *g;
    struct tern_gguf_writer *w;
    cr_assert(tern_gguf_open(MODEL, &g, NULL) == TERN_OK);
    cr_assert(tern_gguf_create(path, &w, NULL) == TERN_OK);
    for (size_t i = 0; i < tern_gguf_value_count(g); i++)
        cr_assert(tern_gguf_put_value(w, tern_gguf_value_at(g, i)) == TERN_OK);
    cr_assert(tern_gguf_put_text(w, "tokenizer.chat_template", "[INST] {{ x }} [/INST]") == TERN_OK);
    for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
        const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
        char *name = strndup(t->name.data, t->name.bytes);
        cr_assert(tern_gguf_put_tensor(w, name, t->type, t->n_dims, t->dim, t->bytes) == TERN_OK);
        free(name);
    }
    for (size_t i = 0; i < tern_gguf_tensor_count(g); i++)
        cr_assert(tern_gguf_write(w, tern_gguf_tensor_at(g, i)->data, tern_gguf_tensor_at(g, i)->bytes,
                                  NULL) == TERN_OK);
    cr_assert(tern_gguf_finish(w, NULL) == TERN_OK);
    tern_gguf_close(g);
    static char out[4096];
    struct talk t = run((const char *const[]){"-q", "-t", "1", "-m", path, NULL});
    close(t.in);
    drain(&t, out, sizeof out);
    cr_assert(eq(i32, end(&t), 4));
    t = run((const char *const[]){"-q", "-t", "1", "-n", "3", "--template", "chatml", "-m", path, NULL});
    write_text(&t, "Hello\n");
    close(t.in);
    cr_assert(gt(sz, drain(&t, out, sizeof out), 1));
    cr_assert(eq(i32, end(&t), 0));
    unlink(path);
}
