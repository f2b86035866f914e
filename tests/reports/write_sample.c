/* write-sample FILE: the made-up records of sample.c as a file, to look at the page they make. */
#include "tests/reports/sample.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    static struct tern_record r[SAMPLE_ROOM];
    struct tern_error e = {""};
    if (argc != 2) return fputs("usage: write-sample FILE\n", stderr), 3;
    FILE *f = fopen(argv[1], "w");
    if (!f) return perror(argv[1]), 3;
    const size_t n = sample_run(r, "t-20260102-030405", "2026-01-02T03:04:05Z", 1);
    for (size_t i = 0; i < n; i++) {
        char *line = tern_record_json(&r[i], &e);
        if (!line) return fprintf(stderr, "%s\n", e.text), 3;
        fprintf(f, "%s\n", line);
        free(line);
    }
    return fclose(f) ? 3 : 0;
}
