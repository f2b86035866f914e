#define _GNU_SOURCE
#include "base/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static void enter(void) {
    strcpy(dir, "/tmp/tern-file-XXXXXX");
    cr_assert(mkdtemp(dir) != NULL);
    cr_assert(eq(int, chdir(dir), 0));
}

static void leave(void) {
    cr_assert(eq(int, chdir("/"), 0));
    char cmd[96];
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    cr_assert(eq(int, system(cmd), 0));
}

static char *slurp(const char *path) {
    char *t;
    cr_assert(eq(int, tern_file_read(path, 1 << 20, &t, NULL, NULL), TERN_OK));
    return t;
}

Test(file, replacing_makes_missing_folders, .init = enter, .fini = leave) {
    cr_assert(eq(int, tern_file_replace("a/b/c", "new", 3, NULL), TERN_OK));
    cr_assert(eq(str, slurp("a/b/c"), "new"));
}

Test(file, an_abandoned_replacement_leaves_the_old_bytes_and_no_litter, .init = enter, .fini = leave) {
    tern_file_replace("f", "old", 3, NULL);
    struct tern_replace r;
    cr_assert(eq(int, tern_replace_begin("f", &r, NULL), TERN_OK));
    tern_replace_write(&r, "half", 4, NULL);
    tern_replace_abandon(&r);
    cr_assert(eq(str, slurp("f"), "old"));
    cr_assert(eq(int, system("test $(ls | wc -l) = 1"), 0));
}

Test(file, a_killed_writer_leaves_no_litter, .init = enter, .fini = leave) {
    const pid_t child = fork();
    if (!child) {
        struct tern_replace r;
        if (tern_replace_begin("f", &r, NULL) || tern_replace_write(&r, "half", 4, NULL)) _exit(1);
        if (!r.nameless) _exit(77); /* this file system has no files without names */
        raise(SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) cr_skip("no O_TMPFILE here");
    cr_assert(eq(int, !!WIFSIGNALED(status), 1));
    cr_assert(eq(int, system("test $(ls | wc -l) = 0"), 0));
}

Test(file, a_link_stays_and_its_file_is_replaced, .init = enter, .fini = leave) {
    tern_file_replace("d/f", "old", 3, NULL);
    cr_assert(eq(int, symlink("d/f", "link"), 0));
    cr_assert(eq(int, tern_file_replace("link", "new", 3, NULL), TERN_OK));
    cr_assert(eq(str, slurp("d/f"), "new"));
    cr_assert(eq(int, system("test -L link"), 0));
}

Test(file, a_pipe_is_written_to_and_stays, .init = enter, .fini = leave) {
    cr_assert(eq(int, mkfifo("pipe", 0600), 0));
    const int reader = open("pipe", O_RDWR);
    cr_assert(eq(int, tern_file_replace("pipe", "new", 3, NULL), TERN_OK));
    char got[4] = "";
    cr_assert(eq(int, (int)read(reader, got, 3), 3));
    cr_assert(eq(str, got, "new"));
    cr_assert(eq(int, system("test -p pipe"), 0));
}

Test(file, a_folder_is_not_replaced, .init = enter, .fini = leave) {
    struct tern_error e;
    cr_assert(eq(int, mkdir("d", 0700), 0));
    cr_assert(eq(int, tern_file_replace("d", "new", 3, &e), TERN_IO));
    cr_assert(eq(int, strcmp(e.text, "write: d: Is a directory"), 0));
}

Test(file, a_full_disk_keeps_the_old_file_and_says_so, .init = enter, .fini = leave) {
    tern_file_replace("f", "old", 3, NULL);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit tiny = {10, 10};
    setrlimit(RLIMIT_FSIZE, &tiny);
    char big[4096] = {1};
    struct tern_error e;
    cr_assert(eq(int, tern_file_replace("f", big, sizeof big, &e), TERN_IO));
    cr_assert(strstr(e.text, "write: f: ") == e.text);
    cr_assert(eq(str, slurp("f"), "old"));
}

Test(file, a_writer_killed_at_any_moment_leaves_a_whole_file, .init = enter, .fini = leave) {
    char a[50000], b[50000];
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    tern_file_replace("f", a, sizeof a, NULL);
    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        if (pid == 0)
            for (int j = 0;; j++) tern_file_replace("f", j % 2 ? a : b, sizeof a, NULL);
        usleep((useconds_t)(500 + i * 311));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        char *t = slurp("f");
        cr_assert(eq(sz, strlen(t), sizeof a));
        cr_assert(eq(sz, strspn(t, t[0] == 'a' ? "a" : "b"), sizeof a));
        free(t);
    }
}

Test(file, a_torn_last_line_does_not_swallow_the_next, .init = enter, .fini = leave) {
    tern_file_append_line("log", "one", NULL);
    FILE *f = fopen("log", "a");
    fputs("torn", f);
    fclose(f);
    tern_file_append_line("log", "two", NULL);
    cr_assert(eq(str, slurp("log"), "one\ntorn\ntwo\n"));
}

Test(file, a_lock_is_exclusive_until_closed, .init = enter, .fini = leave) {
    int a, b;
    struct tern_error e;
    cr_assert(eq(int, tern_lock("l", &a, NULL), TERN_OK));
    cr_assert(eq(int, tern_lock("l", &b, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "another process") != NULL);
    close(a);
    cr_assert(eq(int, tern_lock("l", &b, NULL), TERN_OK));
    close(b);
}

Test(file, mapping_a_missing_file_names_it) {
    struct tern_map m;
    struct tern_error e;
    cr_assert(eq(int, tern_map_open("/nowhere/at/all", &m, &e), TERN_BAD_INPUT));
    cr_assert(eq(str, e.text, "open: /nowhere/at/all: No such file or directory"));
}

Test(file, mapping_a_folder_is_refused) {
    struct tern_map m;
    cr_assert(eq(int, tern_map_open("/tmp", &m, NULL), TERN_BAD_INPUT));
}

Test(file, an_empty_file_maps_to_nothing, .init = enter, .fini = leave) {
    tern_file_replace("e", "", 0, NULL);
    struct tern_map m;
    cr_assert(eq(int, tern_map_open("e", &m, NULL), TERN_OK));
    cr_assert(eq(sz, m.bytes, 0));
}

Test(file, a_file_over_the_limit_is_refused, .init = enter, .fini = leave) {
    tern_file_replace("big", "0123456789", 10, NULL);
    char *t;
    cr_assert(eq(int, tern_file_read("big", 9, &t, NULL, NULL), TERN_BAD_INPUT));
}

Test(file, xdg_variables_win_over_home) {
    setenv("HOME", "/h", 1);
    setenv("XDG_STATE_HOME", "/s", 1);
    unsetenv("XDG_CACHE_HOME");
    cr_assert(eq(str, tern_xdg_path("state", "x"), "/s/tern/x"));
    cr_assert(eq(str, tern_xdg_path("cache", "x"), "/h/.cache/tern/x"));
}
