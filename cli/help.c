#include "cli/help.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static const char help_label[] = "  -h, --help";
enum { WIDTH = 80, LABEL_MOST = 26, LABEL_BYTES = 160, TEXT_BYTES = 640 };

/* One line of text, broken between words; the cursor is at column `indent` already. */
static void fill(const char *text, size_t bytes, size_t indent) {
    size_t column = indent;
    for (size_t at = 0; at < bytes;) {
        size_t n = 0;
        while (at + n < bytes && text[at + n] != ' ') n++;
        if (column > indent && column + 1 + n > WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        fwrite(text + at, 1, n, stdout);
        column += n;
        at += n;
        while (at < bytes && text[at] == ' ') at++;
    }
    putchar('\n');
}

static void paragraphs(const char *text) {
    for (const char *line = text; line && *line;) {
        const size_t n = strcspn(line, "\n");
        if (*line == ' ')
            printf("%.*s\n", (int)n, line);
        else
            fill(line, n, 0);
        line += n + (line[n] == '\n');
    }
}

static void option_label(const struct tern_cli_option *o, char *out) {
    const char letter[] = {'-', o->letter, ',', 0};
    const char *form = !o->argument ? "  %-3s --%s%s" : o->absent ? "  %-3s --%s[=%s]" : "  %-3s --%s %s";
    snprintf(out, LABEL_BYTES, form, o->letter ? letter : "", o->name, o->argument ? o->argument : "");
}

/* The help of an option, with the words that its argument may be. */
static void option_text(const struct tern_cli_option *o, char *out) {
    size_t used = (size_t)snprintf(out, TEXT_BYTES, "%s", o->help);
    for (size_t i = 0; o->word && o->word(i) && used < TEXT_BYTES; i++)
        used += (size_t)snprintf(out + used, TEXT_BYTES - used, "%s %s", i ? "," : ":", o->word(i));
}

static void action_label(const struct tern_cli_action *a, char *out) {
    snprintf(out, LABEL_BYTES, "  %s %s", a->name, a->argument);
}

/* A label and its text, which starts at column `column`, on a line of its own where the label is longer. */
static void labelled(const char *label, const char *text, size_t column) {
    const int longer = strlen(label) + 2 > column;
    if (longer) puts(label);
    printf("%-*s", (int)column, longer ? "" : label);
    fill(text, strlen(text), column);
}

static size_t wider(size_t column, const char *label) {
    const size_t n = strlen(label);
    return n <= LABEL_MOST && n + 2 > column ? n + 2 : column;
}

static void actions(const struct tern_command *c) {
    char label[LABEL_BYTES];
    size_t column = 0;
    for (size_t i = 0; i < c->actions; i++) {
        action_label(&c->action[i], label);
        column = wider(column, label);
    }
    for (size_t i = 0; i < c->actions; i++) {
        action_label(&c->action[i], label);
        labelled(label, c->action[i].help, column);
    }
    if (c->actions) putchar('\n');
}

static size_t widest(const struct tern_command *c) {
    char label[LABEL_BYTES];
    size_t column = wider(0, help_label);
    for (const struct tern_cli_group *g = c->group; g->count; g++)
        for (size_t i = 0; i < g->count; i++) {
            option_label(&g->option[i], label);
            column = wider(column, label);
        }
    return column;
}

/* --help itself stands behind the groups without a title, or at the end. */
static void options(const struct tern_command *c) {
    const size_t column = widest(c);
    int told = 0;
    for (const struct tern_cli_group *g = c->group; g->count; g++) {
        char label[LABEL_BYTES], text[TEXT_BYTES];
        if (g->title && g != c->group) {
            if (!told && !c->group->title) labelled(help_label, "this text", column), told = 1;
            putchar('\n');
        }
        if (g->title) printf("%s:\n", g->title);
        for (size_t i = 0; i < g->count; i++) {
            option_label(&g->option[i], label);
            option_text(&g->option[i], text);
            labelled(label, text, column);
        }
    }
    if (!told) labelled(help_label, "this text", column);
}

void tern_cli_help(const struct tern_command *c) {
    printf("usage: tern %s %s\n\n", c->name, c->usage);
    paragraphs(c->about);
    putchar('\n');
    actions(c);
    options(c);
    if (c->notes) putchar('\n');
    paragraphs(c->notes);
    puts("");
    for (const char *line = c->example; *line;) {
        const size_t n = strcspn(line, "\n");
        printf("%-9s%.*s\n", line == c->example ? "example:" : "", (int)n, line);
        line += n + (line[n] == '\n');
    }
}
