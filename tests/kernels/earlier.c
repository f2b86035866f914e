/* Proofs that an earlier process earned: what is believed, and what is not. Each try is a process of its own. */
#define _GNU_SOURCE
#include "kernels/verify/earlier.h"

#include "base/build_id.h"
#include "base/file.h"
#include "base/isa.h"
#include "kernels/verify/verify.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct tern_variant *scalar(void) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++)
        if (!all[i].isa && all[i].act == TERN_ACT_I8) return &all[i];
    return NULL;
}

/* What another process finds in the file; 100 more when it need not prove the variant any more. */
static int found(const char *path, const char *machine, int prove) {
    const pid_t child = fork();
    if (!child) {
        struct tern_verdict verdict = {.cases = 1};
        const struct tern_proof *proof;
        const struct tern_verify_options o = {.usable = tern_isa_detected(), .seed = 1};
        int result = (int)tern_proofs_recall(path, machine);
        if (prove) {
            if (tern_prove(scalar(), &o, &verdict, &proof, NULL) != TERN_OK || !proof) _exit(99);
            if (!verdict.cases) result += 100;
            if (tern_proofs_keep(path, machine, NULL) != TERN_OK) _exit(98);
        }
        _exit(result);
    }
    int status;
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    cr_assert(eq(int, WIFEXITED(status) ? 1 : 0, 1));
    return WEXITSTATUS(status);
}

static void put(const char *path, const char *build, const char *machine, long day, const char *variant) {
    char *line = tern_format_text("%s %s %ld %s\n", build, machine, day, variant);
    cr_assert(tern_file_replace(path, line, strlen(line), NULL) == TERN_OK);
    free(line);
}

Test(earlier, a_proof_is_kept_for_the_same_build_and_machine_and_for_a_week) {
    char folder[] = "/tmp/tern-test-XXXXXX", path[64], build[TERN_BUILD_ID], other[TERN_BUILD_ID];
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/proofs", folder);
    tern_build_id(build);
    cr_assert(eq(sz, strlen(build) % 2, 0));
    if (!*build) cr_skip_test("the linker wrote no build id");

    cr_assert(eq(int, found(path, "m1", 1), 0)); /* nothing there: proves, and keeps */
    cr_assert(eq(int, found(path, "m1", 1), 101));
    cr_assert(eq(int, found(path, "m2", 1), 0)); /* another machine */
    cr_assert(eq(int, found(path, "m1", 0), 1)); /* whose proofs do not push out those of the first */
    cr_assert(eq(int, found(path, "m2", 0), 1));

    const long day = (long)(time(NULL) / 86400);
    const char *name = scalar()->name;
    put(path, build, "m1", day - 7, name);
    cr_assert(eq(int, found(path, "m1", 0), 1));
    put(path, build, "m1", day - 8, name);
    cr_assert(eq(int, found(path, "m1", 0), 0), "too old");
    put(path, build, "m1", day + 1, name);
    cr_assert(eq(int, found(path, "m1", 0), 0), "from the future");
    put(path, build, "m1", day, "gemv_of_nobody");
    cr_assert(eq(int, found(path, "m1", 0), 0), "no such variant");
    memcpy(other, build, sizeof other);
    other[0] = other[0] == '0' ? '1' : '0';
    put(path, other, "m1", day, name);
    cr_assert(eq(int, found(path, "m1", 0), 0), "another build");
    put(path, build, "m1", day, name);
    cr_assert(eq(int, chmod(path, 0666), 0));
    cr_assert(eq(int, found(path, "m1", 0), 0), "everybody may write it");
    cr_assert(eq(int, chmod(path, 0600), 0));
    cr_assert(eq(int, found(path, "m1", 0), 1));
    if (!geteuid()) {
        cr_assert(eq(int, chown(path, 12345, 12345), 0));
        cr_assert(eq(int, found(path, "m1", 0), 0), "somebody else's file");
    }
    remove(path);
    rmdir(folder);
}

Test(earlier, a_variant_of_another_cpu_is_not_believed) {
    char path[] = "/tmp/tern-test-XXXXXX", build[TERN_BUILD_ID];
    const int fd = mkstemp(path);
    cr_assert(ge(int, fd, 0));
    close(fd);
    tern_build_id(build);
    size_t count, tried = 0;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count && !tried; i++) {
        if (!(all[i].isa & ~tern_isa_detected())) continue;
        put(path, build, "m", (long)(time(NULL) / 86400), all[i].name);
        cr_assert(eq(int, found(path, "m", 0), 0), "%s", all[i].name);
        tried++;
    }
    remove(path);
    if (!tried) cr_skip_test("this CPU has every instruction");
}
