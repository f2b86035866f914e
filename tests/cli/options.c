/* The parser of options: every kind of value reaches its member, what is out of range does not, and the help
 * shows what the table says. */
#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/help.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct inner {
    size_t depth;
};

struct arguments {
    int flag, form, regime;
    const char *text, *maybe;
    size_t number, count;
    uint64_t seed;
    double real, percent;
    struct tern_cli_numbers list;
    struct tern_cli_texts several;
    struct tern_cli_filter filter;
    int taken;
    struct inner inner;
};

static int take(void *arguments, const char *text) {
    struct arguments *a = arguments;
    a->taken = !strcmp(text, "good");
    return a->taken ? 0 : 4;
}

static const char *word(size_t i) {
    static const char *const words[] = {"good", "bad"};
    return i < 2 ? words[i] : NULL;
}

static const struct tern_cli_option options[] = {
    {"flag", 'f', NULL, "a flag", TERN_CLI_FLAG(struct arguments, flag)},
    {"json", 0, NULL, "a form", TERN_CLI_SWITCH(struct arguments, form, 7)},
    {"regime", 0, "hot|wcold|all", "a choice", TERN_CLI_CHOICE(struct arguments, regime)},
    {"text", 't', "TEXT", "a text", TERN_CLI_TEXT(struct arguments, text)},
    {"maybe", 0, "HOW", "may be missing", TERN_CLI_TEXT(struct arguments, maybe), .absent = "auto"},
    {"number", 'n', "N", "a number", TERN_CLI_NUMBER(struct arguments, number, 2, 10)},
    {"count", 0, "N", "a count", TERN_CLI_COUNT(struct arguments, count, 0, 10)},
    {"seed", 0, "N", "a seed", TERN_CLI_SEED(struct arguments, seed, INT64_MAX)},
    {"real", 0, "X", "a real", TERN_CLI_REAL(struct arguments, real, 0.5, 2)},
    {"percent", 0, "PCT", "a percentage", TERN_CLI_PERCENT(struct arguments, percent, 0, 50)},
    {"list", 0, "LIST", "a list", TERN_CLI_NUMBERS(struct arguments, list, 1, 9)},
    {"several", 0, "TEXT", "may be repeated", TERN_CLI_TEXTS(struct arguments, several, 2)},
    {"filter", 0, "RE", "a filter", TERN_CLI_FILTER(struct arguments, filter)},
    {"take", 0, "WORD", "a word", TERN_CLI_TAKEN(take), .word = word},
};
static const struct tern_cli_option inner[] = {
    {"depth", 0, "N",
     "an option whose text is so long that it cannot stand in one line of the help, whatever happens to it",
     TERN_CLI_NUMBER(struct inner, depth, 0, 100)},
};

static const struct tern_cli_action actions[] = {{"show", "", "shows", 0, 0},
                                                 {"merge", "FILE...", "merges", 1, SIZE_MAX},
                                                 {"forget", "[ONE]", "forgets", 0, 1}};

static const struct tern_command plain = {
    .name = "plain",
    .usage = "[options]",
    .about = "About it.",
    .group = {TERN_CLI_GROUP(NULL, options, 0),
              TERN_CLI_GROUP("Inside", inner, offsetof(struct arguments, inner))},
    .example = "tern plain --flag",
};
static const struct tern_command pair = {.name = "pair",
                                         .group = {TERN_CLI_GROUP(NULL, options, 0)},
                                         .least = 2,
                                         .most = 2,
                                         .words = "IN and OUT"};
static const struct tern_command acting = {.name = "acting",
                                           .group = {TERN_CLI_GROUP(NULL, options, 0)},
                                           .action = actions,
                                           .actions = 3,
                                           .most = SIZE_MAX};

static struct arguments a;
static struct tern_cli_words words;

/* Parses "NAME WORD ..."; the line must stay as long as the results are looked at. */
static int parse(const struct tern_command *c, char *line) {
    static char *argv[32];
    int argc = 0;
    optind = 0;
    a = (struct arguments){.number = 5, .regime = -1, .real = 1};
    for (char *w = strtok(line, " "); w; w = strtok(NULL, " ")) argv[argc++] = w;
    argv[argc] = NULL;
    return tern_cli_parse(c, argc, argv, &a, &words);
}
#define PARSE(command, text) parse(command, (char[]){text})

static void quiet(void) {
    cr_redirect_stderr();
}

Test(options, every_kind_reaches_its_member) {
    char line[] =
        "plain -f --json --regime all -t word --maybe=how -n 7 --count -1 --seed 18 --real 1.5 --percent 25 "
        "--list 1,2,9 --several x --several y --filter ^a+$ --take good --depth 3";
    cr_assert_eq(parse(&plain, line), 0);
    cr_assert(a.flag == 1 && a.form == 7 && a.regime == 2);
    cr_assert_str_eq(a.text, "word");
    cr_assert_str_eq(a.maybe, "how");
    cr_assert(a.number == 7 && a.count == SIZE_MAX && a.seed == 18);
    cr_assert(a.real == 1.5 && a.percent == 0.25);
    cr_assert(a.list.count == 3 && a.list.item[2] == 9);
    cr_assert(a.several.count == 2 && !strcmp(a.several.item[1], "y"));
    cr_assert(tern_cli_matches(&a.filter, "aaa") && !tern_cli_matches(&a.filter, "b"));
    cr_assert(a.taken && a.inner.depth == 3);
    tern_cli_release(&plain, &a);
    cr_assert(!a.list.item && !a.several.item && !a.filter.text);
}

Test(options, what_is_not_given_stays) {
    cr_assert_eq(PARSE(&plain, "plain"), 0);
    cr_assert(a.number == 5 && a.regime == -1 && !a.flag && !a.text && !a.list.count && !a.several.count);
    cr_assert(tern_cli_matches(&a.filter, "anything"));
}

Test(options, the_last_of_two_lists_counts) {
    cr_assert_eq(PARSE(&plain, "plain --list 1,2,3 --list 4"), 0);
    cr_assert(a.list.count == 1 && a.list.item[0] == 4);
    tern_cli_release(&plain, &a);
}

Test(options, an_argument_that_may_be_missing) {
    cr_assert_eq(PARSE(&plain, "plain --maybe"), 0);
    cr_assert_str_eq(a.maybe, "auto");
    cr_assert_eq(PARSE(&plain, "plain --maybe -f"), 0);
    cr_assert(!strcmp(a.maybe, "auto") && a.flag);
    char line[] = "plain --maybe next -f";
    cr_assert_eq(parse(&plain, line), 0);
    cr_assert(!strcmp(a.maybe, "next") && a.flag, "the next word, where a command takes no words");
    char two[] = "pair --maybe in out";
    cr_assert_eq(parse(&pair, two), 0);
    cr_assert(!strcmp(a.maybe, "auto") && words.count == 2, "but not a word of the command");
}

/* One line on stderr and exit code 3; nothing is left to free. */
static void refused(const char *text, const char *expected) {
    char line[128], said[512] = "";
    snprintf(line, sizeof line, "%s", text);
    cr_assert_eq(parse(&plain, line), 3, "%s", text);
    cr_assert(!a.list.item && !a.several.item && !a.filter.text, "%s", text);
    fflush(stderr);
    FILE *err = cr_get_redirected_stderr();
    cr_assert(fgets(said, sizeof said, err) && strstr(said, expected), "%s: '%s'", text, said);
    cr_assert(!strncmp(said, "tern: plain: ", 13) && strstr(said, "(see tern plain --help)\n"), "%s", said);
}

Test(options, bad_values_are_refused_in_one_line, .init = quiet) {
    refused("plain -n 11", "--number: '11' is not a whole number from 2 to 10");
    refused("plain -n 1", "--number: '1' is not");
    refused("plain -n 2x", "--number: '2x' is not");
    refused("plain --count -2", "--count: '-2' is not");
    refused("plain --seed 9223372036854775808", "--seed: ");
    refused("plain --real 2.1", "--real: '2.1' is not a number from 0.5 to 2");
    refused("plain --real nan", "--real: 'nan'");
    refused("plain --percent 51", "--percent: '51'");
    refused("plain --regime ho", "--regime: 'ho' is not one of hot, wcold, all");
    refused("plain --several x --list 1,0", "--list: '0' is not a whole number from 1 to 9");
    refused("plain --list ,", "--list: an empty list");
    refused("plain --several a --several b --several c", "--several: may be given 2 times at most");
    refused("plain --list 1 --filter (", "--filter: '('");
    refused("plain --nothing", "unknown or incomplete option '--nothing'");
    refused("plain --text", "unknown or incomplete option '-t'");
    refused("plain -x", "unknown or incomplete option '-x'");
    refused("plain word", "'word' is not expected here");
}

Test(options, the_exit_code_of_a_function_is_kept) {
    cr_assert_eq(PARSE(&plain, "plain --take bad"), 4);
}

Test(options, words_are_counted, .init = quiet) {
    char good[] = "pair in -f out";
    cr_assert_eq(parse(&pair, good), 0);
    cr_assert(words.count == 2 && !strcmp(words.word[0], "in") && !strcmp(words.word[1], "out"));
    cr_assert_eq(PARSE(&pair, "pair in"), 3);
    cr_assert_eq(PARSE(&pair, "pair in out more"), 3);
}

Test(options, an_action_is_the_first_word, .init = quiet) {
    char merge[] = "acting merge a b -f";
    cr_assert_eq(parse(&acting, merge), 0);
    cr_assert_eq(tern_cli_action(&acting, &words), 1);
    cr_assert(words.count == 2 && !strcmp(words.word[0], "a"));
    static const char *const bad[] = {"acting", "acting sho", "acting merge", "acting show x",
                                      "acting forget x y"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s", bad[i]);
        cr_assert_eq(parse(&acting, line), 0);
        cr_assert_eq(tern_cli_action(&acting, &words), -1, "%s", bad[i]);
    }
}

Test(options, the_help_is_made_from_the_table, .init = cr_redirect_stdout) {
    tern_cli_help(&plain);
    fflush(stdout);
    cr_assert_stdout_eq_str("usage: tern plain [options]\n"
                            "\n"
                            "About it.\n"
                            "\n"
                            "  -f, --flag          a flag\n"
                            "      --json          a form\n"
                            "      --regime hot|wcold|all\n"
                            "                      a choice\n"
                            "  -t, --text TEXT     a text\n"
                            "      --maybe[=HOW]   may be missing\n"
                            "  -n, --number N      a number\n"
                            "      --count N       a count\n"
                            "      --seed N        a seed\n"
                            "      --real X        a real\n"
                            "      --percent PCT   a percentage\n"
                            "      --list LIST     a list\n"
                            "      --several TEXT  may be repeated\n"
                            "      --filter RE     a filter\n"
                            "      --take WORD     a word: good, bad\n"
                            "  -h, --help          this text\n"
                            "\n"
                            "Inside:\n"
                            "      --depth N       an option whose text is so long that it cannot stand in\n"
                            "                      one line of the help, whatever happens to it\n"
                            "\n"
                            "example: tern plain --flag\n");
}
