#define _GNU_SOURCE
#include "cli/tune/next.h"

#include <stdio.h>
#include <string.h>

#define HARMLESS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"

/* A word of a command line for a shell. */
static void say_word(const char *word) {
    if (*word && strspn(word, HARMLESS) == strlen(word)) {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (const char *c = word; *c; c++) fputs(*c == '\'' ? "'\\''" : (const char[]){*c, 0}, stdout);
    putchar('\'');
}

static void say_option(const char *name, const char *value) {
    if (!value) return;
    printf(" --%s ", name);
    say_word(value);
}

/* What was asked for, again. */
static void say_tune(const struct tern_tune_arguments *a) {
    printf("  tern tune");
    say_option("model", a->model);
    for (size_t i = 0; i < a->problems.count; i++) say_option("problem", a->problems.item[i]);
    say_option("threads", a->threads);
    for (size_t i = 0; i < a->batch.count; i++) printf("%s%zu", i ? "," : " --batch ", a->batch.item[i]);
    if (strcmp(a->effort, "normal")) say_option("effort", a->effort);
    if (strcmp(a->objective, "time")) say_option("objective", a->objective);
    say_option("wisdom", a->wisdom);
    if (a->records.none) printf(" --no-records");
    say_option("records", a->records.file);
}

/* A winner to ask about; NULL: there is none. */
static const struct tern_problem *example(const struct tern_tune_rows *rows) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->item[i].state != TERN_TUNE_ROW_NOT_MEASURED) return &rows->item[i].problem;
    return NULL;
}

static int wants_more(const struct tern_tune_rows *rows, const struct tern_tune_summary *sum) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->item[i].incomplete) return 1;
    return sum->not_measured != 0;
}

/* A file is run; a name has no weights but random ones, with which it can be timed. */
static void say_whole_model(const struct tern_tune_arguments *a) {
    const char *model = a->model ? a->model : TERN_TUNE_MODEL;
    const int is_file = strchr(model, '/') || strstr(model, ".gguf");
    printf("  tern %s -m %s", is_file ? "run -p 'Once upon a time'" : "e2e",
           is_file || strchr(model, ':') ? "" : "synth:");
    say_word(model);
    say_option("wisdom", a->wisdom);
    putchar('\n');
}

void tern_tune_next_print(const struct tern_tune_arguments *a, const struct tern_tune_rows *rows,
                          const struct tern_tune_summary *sum, const char *records) {
    const struct tern_problem *p = example(rows);
    puts("next:");
    if (sum->stopped) {
        say_tune(a);
        puts(" --resume");
    } else if (wants_more(rows, sum)) {
        say_tune(a);
        printf(" --budget %.0f\n", 2 * a->budget);
    }
    if (p) {
        printf("  tern wisdom explain %zux%zux%zu --threads %zu", p->m, p->k, p->n, p->threads);
        say_option("wisdom", a->wisdom);
        putchar('\n');
    }
    if (p && (a->model || !a->problems.count)) say_whole_model(a);
    if (records) {
        printf("  tern report");
        say_option("records", a->records.file);
        putchar('\n');
    }
}
