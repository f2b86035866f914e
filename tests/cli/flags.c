/* Preloaded into tern: getopt_long prints the long and short options it was asked for, one a line, and ends
 * the program. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

int getopt_long(int argc, char *const *argv, const char *letters, const struct option *options, int *index) {
    (void)argc, (void)argv, (void)index;
    for (; options->name; options++) printf("--%s %d\n", options->name, options->has_arg);
    for (; *letters; letters++)
        if (*letters != ':') printf("-%c %d\n", *letters, letters[1] == ':');
    exit(fflush(stdout) ? 1 : 0);
}
