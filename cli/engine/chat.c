#define _GNU_SOURCE
#include "cli/engine/line.h"
#include "cli/engine/options.h"

#include "harness/text/chat.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
    (void)number;
    interrupted = 1;
}

struct job {
    struct tern_cli_engine c;
    const char *frame, *system;
    size_t count;
};

static const struct tern_cli_option options[] = {
    {"count", 'n', "N",
     "most tokens of an answer (default 512); -1: until the model ends or the context is full",
     TERN_CLI_COUNT(struct job, count, 1, 1u << 20)},
    {"template", 0, "T", "llama3, bitnet, falcon3, chatml or none (default: the one of the file)",
     TERN_CLI_TEXT(struct job, frame)},
    {"system", 0, "TEXT", "what the model is told before the conversation",
     TERN_CLI_TEXT(struct job, system)},
};

static int print_text(void *ctx, const char *text, size_t bytes) {
    (void)ctx;
    fwrite(text, 1, bytes, stdout);
    return tern_cli_flush() != 0 || interrupted;
}

static void report(const struct tern_generation_facts *g, const struct tern_engine *en) {
    static const char *const ends[] = {"; as many tokens as asked for", "", "; the context is full: /reset",
                                       "; stopped"};
    fprintf(stderr, "[%zu of %zu positions", tern_engine_position(en), tern_engine_context(en));
    if (g->token_ns.n && g->token_ns.median > 0)
        fprintf(stderr, "; %.1f tok/s, median of n = %zu tokens", 1e9 / g->token_ns.median, g->token_ns.n);
    fprintf(stderr, "%s]\n", ends[g->end]);
}

static const char help_text[] = "/reset   forgets the conversation\n"
                                "/help    shows this\n"
                                "/quit    ends, as Ctrl-D does\n"
                                "Ctrl-C   stops the answer\n";

/* A slash and one word of letters. A message may begin with a path. */
static int looks_like_a_command(const char *line) {
    const size_t word = strspn(line + (*line == '/'), "abcdefghijklmnopqrstuvwxyz");
    return *line == '/' && word && !line[1 + word + strspn(line + 1 + word, " \t\r")];
}

/* One line: 1 to go on, 0 at the end. */
static int one_line(const struct job *j, struct tern_chat *chat, const struct tern_engine *en,
                    const char *line, enum tern_status *status, struct tern_error *e) {
    struct tern_generation_facts done;
    if (!strcmp(line, "/quit") || !strcmp(line, "/exit")) return 0;
    if (!strcmp(line, "/help")) return fputs(help_text, stdout), tern_cli_flush(), 1;
    if (!strcmp(line, "/reset")) {
        tern_chat_reset(chat);
        if (!j->c.quiet) fputs("tern: the conversation is forgotten\n", stderr);
        return 1;
    }
    if (looks_like_a_command(line)) {
        fprintf(stderr, "tern: chat: '%.40s' is not a command; /help lists them\n", line);
        return 1;
    }
    if (!line[strspn(line, " \t\r")]) return 1;
    interrupted = 0;
    *status = tern_chat_say(chat, line, print_text, NULL, &done, e);
    if (*status == TERN_BAD_INPUT) { /* this turn only */
        fprintf(stderr, "tern: %s; /reset starts again\n", e->text);
        *status = TERN_OK;
        return 1;
    }
    if (*status != TERN_OK) return 0;
    putchar('\n');
    tern_cli_flush();
    if (!j->c.quiet) report(&done, en);
    interrupted = 0;
    return !ferror(stdout);
}

static enum tern_status talk(const struct job *j, struct tern_chat *chat, const struct tern_engine *en,
                             struct tern_error *e) {
    const int terminal = isatty(STDIN_FILENO);
    struct sigaction now = {.sa_handler = on_interrupt}, before;
    enum tern_status s = TERN_OK;
    sigemptyset(&now.sa_mask);
    sigaction(SIGINT, &now, &before); /* no SA_RESTART: a read of the next line ends */
    for (int more = 1; more;) {
        char *line = tern_cli_line("> ");
        if (!line && errno == EINTR && interrupted && terminal) {
            interrupted = 0;
            fputs("\n(Ctrl-D or /quit ends)\n", stderr);
            continue;
        }
        more = line && one_line(j, chat, en, line, &s, e);
        free(line);
    }
    sigaction(SIGINT, &before, NULL);
    if (terminal && !j->c.quiet) putchar('\n');
    return s;
}

static enum tern_status work(struct job *j, struct tern_error *e) {
    struct tern_engine *en = NULL;
    struct tern_tokenizer *tok = NULL;
    struct tern_chat *chat = NULL;
    struct tern_engine_facts facts;
    const char *note = NULL;
    struct tern_chat_options o = {.system = j->system, .sampling = j->c.sampling, .most = j->count};
    enum tern_status s = j->frame ? tern_chat_template_named(j->frame, &o.frame, e) : TERN_OK;
    if (s == TERN_OK) s = tern_cli_engine_open(&j->c, e);
    if (s == TERN_OK && !j->frame) s = tern_chat_template_find(j->c.m, &o.frame, &note, e);
    if (s == TERN_OK) s = tern_tokenizer_new(j->c.m, &tok, e);
    if (s == TERN_OK) s = tern_engine_new(j->c.m, &j->c.engine, &en, e);
    if (s == TERN_OK) s = tern_chat_new(en, j->c.m, tok, &o, &chat, e);
    if (s == TERN_OK) {
        tern_engine_facts(en, &facts);
        if (facts.warning[0]) fprintf(stderr, "tern: warning: %s\n", facts.warning);
        if (note && !j->c.quiet) fprintf(stderr, "tern: %s\n", note);
        if (!j->c.quiet)
            fprintf(stderr,
                    "tern: template %s, %zu positions, ready after %.2f s; /help lists the commands\n",
                    o.frame->name, tern_engine_context(en), facts.load_seconds);
        s = talk(j, chat, en, e);
    }
    if (s == TERN_OK) tern_cli_engine_keep(&j->c, en);
    tern_chat_free(chat);
    tern_engine_free(en);
    tern_tokenizer_free(tok);
    tern_cli_engine_close(&j->c);
    return s;
}

static int run(int argc, char **argv) {
    struct tern_error e = {""};
    struct job j = {.c = {.sampling = {.top_p = 1}}, .count = 512};
    int rc = tern_cli_parse(&tern_command_chat, argc, argv, &j, NULL);
    if (!rc) rc = tern_cli_engine_check(&j.c, "chat");
    if (rc) return rc;
    const enum tern_status s = work(&j, &e);
    return s == TERN_OK ? 0 : tern_cli_fail(s, &e);
}

const struct tern_command tern_command_chat = {
    .name = "chat",
    .summary = "talks with a model, in its own chat template",
    .usage = "[-m MODEL] [options]",
    .about = "Each line is a message; the answer goes to stdout. Lines may come from a pipe. /reset forgets "
             "the conversation and /help lists the commands. Ctrl-C stops the answer, not the program.",
    .group = {TERN_CLI_MODEL_OPTIONS(offsetof(struct job, c)), TERN_CLI_GROUP(NULL, options, 0),
              TERN_CLI_STEP_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_SAMPLING_OPTIONS(offsetof(struct job, c)),
              TERN_CLI_ENGINE_OPTIONS(offsetof(struct job, c))},
    .example = "echo 'What is a trit?' | tern chat -n 32",
    .run = run,
};
