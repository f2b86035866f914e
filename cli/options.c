#define _GNU_SOURCE
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 64, LONG_ONLY = 512 };

struct table {
    const struct tern_cli_option *of[MOST];
    struct option options[MOST + 2];
    char letters[3 * MOST + 2];
    size_t n;
};

static int known(const struct table *t, const char *name) {
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->of[i]->name, name)) return 1;
    return 0;
}

static void add(struct table *t, const struct tern_cli_option *o) {
    if (t->n == MOST || known(t, o->name)) return;
    const int has = o->flag ? no_argument : o->optional ? optional_argument : required_argument;
    t->options[t->n] = (struct option){o->name, has, NULL, o->letter ? o->letter : LONG_ONLY + (int)t->n};
    if (o->letter) snprintf(t->letters + strlen(t->letters), 4, "%c%s", o->letter, &"::"[2 - has]);
    t->of[t->n++] = o;
}

static const struct tern_cli_option *find(const struct table *t, int value) {
    for (size_t i = 0; i < t->n; i++)
        if (t->options[i].val == value) return t->of[i];
    return NULL;
}

/* 0, or the exit code. */
static int set(const char *command, const struct tern_cli_option *o, const char *arg) {
    char name[64];
    if (o->letter)
        snprintf(name, sizeof name, "-%c", o->letter);
    else
        snprintf(name, sizeof name, "--%s", o->name);
    if (o->flag) return *o->flag = 1, 0;
    if (o->text) return *o->text = arg, 0;
    if (o->size) return tern_cli_size(command, name, arg, o->lo, o->hi, o->size) ? 0 : 3;
    if (o->real) return tern_cli_real(command, name, arg, o->least, o->most, o->real) ? 0 : 3;
    if (o->take) return o->take(o->ctx, arg);
    size_t seed = 0;
    if (!tern_cli_size(command, name, arg, 0, SIZE_MAX, &seed)) return 3;
    return *o->seed = seed, 0;
}

int tern_cli_options(const struct tern_command *c, int argc, char **argv,
                     const struct tern_cli_option *const *groups, const size_t *counts, size_t n) {
    struct table t = {.letters = "h"};
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < counts[g]; i++) add(&t, &groups[g][i]);
    t.options[t.n] = (struct option){"help", no_argument, NULL, 'h'};
    for (int got; (got = tern_cli_getopt(argc, argv, t.letters, t.options, c)) != -1;) {
        const struct tern_cli_option *o = find(&t, got);
        const int rc = o ? set(c->name, o, optarg) : 3;
        if (rc) return rc;
    }
    return 0;
}
