/* Every target over the files of its corpus, once: seeds-of-fuzz SEEDS TARGET... prints TAP. A target that breaks ends the
 * program, after the name of the file. */
#define _GNU_SOURCE
#include "frame.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20 };

static void run_file(const struct fuzz_target *t, const char *folder, const char *name) {
    static unsigned char all[MOST];
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s", folder, t->name, name);
    FILE *f = fopen(path, "rbe");
    FUZZ_MUST(f != NULL);
    const size_t bytes = fread(all, 1, sizeof all, f);
    fclose(f);
    printf("# %s/%s, %zu bytes\n", t->name, name, bytes);
    fflush(stdout);
    uint8_t *exact = malloc(bytes ? bytes : 1);
    FUZZ_MUST(exact != NULL);
    memcpy(exact, all, bytes);
    t->run(exact, bytes);
    free(exact);
}

static int visible(const struct dirent *d) {
    return d->d_name[0] != '.';
}

static size_t run_all(const struct fuzz_target *t, const char *folder) {
    char path[1024];
    struct dirent **entry = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, t->name);
    const int n = scandir(path, &entry, visible, alphasort);
    for (int i = 0; i < n; i++) {
        run_file(t, folder, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    return n > 0 ? (size_t)n : 0;
}

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 2; i < argc; i++) {
        const struct fuzz_target *t = fuzz_target_named(argv[i]);
        const size_t n = t ? run_all(t, argv[1]) : 0;
        printf("%s %d - %s: %zu seeds\n", n ? "ok" : "not ok", i - 1, argv[i], n);
        failed |= !n;
    }
    printf("1..%d\n", argc - 2);
    return failed;
}
