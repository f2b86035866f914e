#define _GNU_SOURCE
#include "cli/options.h"

#include "cli/command.h"
#include "cli/help.h"

#include "base/talk/nearest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, LONG_ONLY = 512, WHERE_BYTES = 64, CHOICES = 16 };

/* All options of a command, as getopt_long wants them. */
struct table {
    const struct tern_cli_option *of[MOST];
    size_t at[MOST]; /* where the structure of its group lies */
    struct option options[MOST + 2];
    char letters[3 * MOST + 2];
    size_t n;
};

static void add(struct table *t, const struct tern_cli_option *o, size_t at) {
    const int has = !o->argument ? no_argument : o->absent ? optional_argument : required_argument;
    const int value = o->letter ? o->letter : LONG_ONLY + (int)t->n;
    t->options[t->n] = (struct option){o->name, has, NULL, value};
    if (o->letter) snprintf(t->letters + strlen(t->letters), 4, "%c%s", o->letter, &"::"[2 - has]);
    t->at[t->n] = at;
    t->of[t->n++] = o;
}

static void table_of(const struct tern_command *c, struct table *t) {
    *t = (struct table){.letters = "h"};
    for (const struct tern_cli_group *g = c->group; g->count; g++)
        for (size_t i = 0; i < g->count && t->n < MOST; i++) add(t, &g->option[i], g->at);
    t->options[t->n] = (struct option){"help", no_argument, NULL, 'h'};
}

/* "hot|wcold": the place of the word `text`. Returns an exit code. */
static int choose(const char *command, const char *where, const char *words, const char *text, int *out) {
    char list[160], meant[64], copy[160];
    const char *word[CHOICES];
    size_t used = 0;
    int place = 0;
    for (const char *p = words;; place++) {
        const size_t n = strcspn(p, "|");
        if (strlen(text) == n && !strncmp(p, text, n)) return *out = place, 0;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", used ? ", " : "", (int)n, p);
        if (!p[n]) break;
        p += n + 1;
    }
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *save = NULL, *w = strtok_r(copy, "|", &save); w && count < CHOICES;
         w = strtok_r(NULL, "|", &save))
        word[count++] = w;
    tern_nearest_text(text, word, count, meant, sizeof meant);
    return tern_cli_usage(command, "%s: '%s' is not one of %s%s", where, text, list, meant);
}

static int count(const char *command, const char *where, const struct tern_cli_option *o, const char *text,
                 size_t *out) {
    if (!strcmp(text, "-1")) return *out = SIZE_MAX, 1;
    return tern_cli_size(command, where, text, o->lo, o->hi, out);
}

static int real(const char *command, const char *where, const struct tern_cli_option *o, const char *text,
                double *out) {
    if (!tern_cli_real(command, where, text, o->least, o->most, out)) return 0;
    if (o->kind == TERN_CLI_IS_PERCENT) *out /= 100;
    return 1;
}

/* Stores the value of one option in the structure at `base`. Returns an exit code. */
static int set(const char *command, const struct tern_cli_option *o, char *base, const char *text) {
    char where[WHERE_BYTES];
    void *const to = base + o->at;
    int good = 1;
    snprintf(where, sizeof where, "--%s", o->name);
    switch (o->kind) {
    case TERN_CLI_IS_SWITCH:
        *(int *)to = (int)o->lo;
        break;
    case TERN_CLI_IS_TEXT:
        *(const char **)to = text;
        break;
    case TERN_CLI_IS_NUMBER:
        good = tern_cli_size(command, where, text, o->lo, o->hi, to);
        break;
    case TERN_CLI_IS_COUNT:
        good = count(command, where, o, text, to);
        break;
    case TERN_CLI_IS_SEED:
        good = tern_cli_whole(command, where, text, o->lo, o->hi, to);
        break;
    case TERN_CLI_IS_REAL:
    case TERN_CLI_IS_PERCENT:
        good = real(command, where, o, text, to);
        break;
    case TERN_CLI_IS_CHOICE:
        return choose(command, where, o->argument, text, to);
    case TERN_CLI_IS_NUMBERS:
        good = tern_cli_numbers(command, where, text, o->lo, o->hi, to);
        break;
    case TERN_CLI_IS_TEXTS:
        good = tern_cli_text_add(command, where, text, o->hi, to);
        break;
    case TERN_CLI_IS_FILTER:
        good = tern_cli_filter_set(command, where, text, to);
        break;
    case TERN_CLI_IS_TAKEN:
        return o->take(base, text);
    }
    return good ? 0 : 3;
}

/* One that lacks its argument is known. */
static int refuse_option(const struct tern_command *c, const struct table *t, const char *word) {
    const char *name[MOST];
    char typed[WHERE_BYTES], meant[96] = "";
    if (optopt && optopt < 256) return tern_cli_usage(c->name, "unknown or incomplete option '-%c'", optopt);
    for (size_t i = 0; i < t->n; i++) name[i] = t->of[i]->name;
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word, "="), word);
    const char *bare = typed + strspn(typed, "-"), *near = tern_nearest(bare, name, t->n);
    if (near && strcmp(near, bare)) snprintf(meant, sizeof meant, "; did you mean --%s?", near);
    return tern_cli_usage(c->name, "unknown or incomplete option '%s'%s", word, meant);
}

static int read_options(const struct tern_command *c, int argc, char **argv, char *arguments) {
    struct table t;
    table_of(c, &t);
    opterr = 0;
    for (;;) {
        const char *word = argv[optind > 0 && optind < argc ? optind : argc - 1];
        const int got = getopt_long(argc, argv, t.letters, t.options, NULL);
        size_t i = 0;
        if (got == -1) return 0;
        if (got == 'h') {
            tern_cli_help(c);
            exit(tern_cli_written(0));
        }
        while (i < t.n && t.options[i].val != got) i++;
        if (i == t.n) return refuse_option(c, &t, word);
        const char *text = optarg;
        if (!text && t.of[i]->absent)
            text = !c->most && optind < argc && argv[optind][0] != '-' ? argv[optind++] : t.of[i]->absent;
        const int rc = set(c->name, t.of[i], arguments + t.at[i], text);
        if (rc) return rc;
    }
}

static int check_words(const struct tern_command *c, const struct tern_cli_words *words) {
    static const char *const number[] = {"no", "one", "two"};
    if (words->count > c->most)
        return tern_cli_usage(c->name, "'%s' is not expected here", words->word[c->most]);
    if (words->count < c->least)
        return tern_cli_usage(c->name, "%s argument%s needed: %s", number[c->least],
                              c->least == 1 ? " is" : "s are", c->words);
    return 0;
}

int tern_cli_parse(const struct tern_command *c, int argc, char **argv, void *arguments,
                   struct tern_cli_words *words) {
    int rc = read_options(c, argc, argv, arguments);
    const struct tern_cli_words rest = {argv + optind, (size_t)(argc - optind)};
    if (!rc) rc = check_words(c, &rest);
    if (words) *words = rest;
    if (rc) tern_cli_release(c, arguments);
    return rc;
}

void tern_cli_release(const struct tern_command *c, void *arguments) {
    for (const struct tern_cli_group *g = c->group; g->count; g++)
        for (size_t i = 0; i < g->count; i++) {
            void *const member = (char *)arguments + g->at + g->option[i].at;
            if (g->option[i].kind == TERN_CLI_IS_NUMBERS) {
                struct tern_cli_numbers *list = member;
                free(list->item);
                *list = (struct tern_cli_numbers){NULL, 0};
            } else if (g->option[i].kind == TERN_CLI_IS_TEXTS) {
                struct tern_cli_texts *list = member;
                free(list->item);
                *list = (struct tern_cli_texts){NULL, 0};
            } else if (g->option[i].kind == TERN_CLI_IS_FILTER) {
                tern_cli_filter_free(member);
            }
        }
}

static void action_names(const struct tern_command *c, char *out, size_t bytes) {
    size_t used = 0;
    for (size_t i = 0; i < c->actions && used < bytes; i++)
        used += (size_t)snprintf(out + used, bytes - used, "%s%s", i ? ", " : "", c->action[i].name);
}

int tern_cli_action(const struct tern_command *c, struct tern_cli_words *words) {
    char names[160];
    action_names(c, names, sizeof names);
    if (!words->count) return tern_cli_usage(c->name, "an action is needed: %s", names), -1;
    const char *name = words->word[0];
    size_t i = 0;
    while (i < c->actions && strcmp(name, c->action[i].name)) i++;
    if (i == c->actions) {
        const char *known[CHOICES];
        char meant[64];
        for (i = 0; i < c->actions && i < CHOICES; i++) known[i] = c->action[i].name;
        tern_nearest_text(name, known, i, meant, sizeof meant);
        return tern_cli_usage(c->name, "'%s' is not one of %s%s", name, names, meant), -1;
    }
    words->word++;
    words->count--;
    if (words->count < c->action[i].least)
        return tern_cli_usage(c->name, "%s: %s is missing", name, c->action[i].argument), -1;
    if (words->count > c->action[i].most)
        return tern_cli_usage(c->name, "%s: '%s' is not expected here", name, words->word[c->action[i].most]),
               -1;
    return (int)i;
}
