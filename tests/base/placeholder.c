#include "base/placeholder/placeholder.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static enum tern_status refused(const char *text, struct tern_error *e) {
    e->text[0] = 0;
    return tern_refuse_placeholder("gguf", "m.gguf", text, strlen(text), e);
}

Test(placeholder, each_kind_is_named_with_what_it_points_to) {
    static const char *const kind[][2] = {
        {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 734080\n",
         "Git LFS to a file of 734080 bytes"},
        {"version https://hawser.github.com/spec/v1\noid sha256:ab\nsize 12\n",
         "Git LFS to a file of 12 bytes"},
        {"# xet version 0\nfilesize = 99\nhash = 'ab'\n", "Xet to a file of 99 bytes"},
        {"/annex/objects/SHA256E-s12--ab.gguf\n", "git-annex to SHA256E-s12--ab.gguf"},
        {"../.git/annex/objects/zW/1g/SHA256E-s12--ab/SHA256E-s12--ab", "git-annex to zW/1g/SHA256E"},
        {"../../blobs/0a1b2c", "symbolic link to ../../blobs/0a1b2c"},
        {"/data/my models/m.gguf\n", "symbolic link to /data/my models/m.gguf"},
        {"\n<!DOCTYPE html>\n<html>", "a web page"},
        {"Entry not found", "a server ('Entry not found')"},
        {"{\"error\":\"Invalid username or password.\"}", "a server ('{\"error\""},
    };
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        struct tern_error e;
        cr_expect(eq(int, (int)refused(kind[i][0], &e), TERN_BAD_INPUT), "%s", kind[i][0]);
        cr_expect(strstr(e.text, "gguf: m.gguf: ") == e.text && strstr(e.text, kind[i][1]), "%s", e.text);
    }
}

/* A text that only mentions such things, and files of other kinds. */
Test(placeholder, other_files_pass) {
    static const char *const good[] = {"",
                                       "{}",
                                       "GGUF",
                                       "/",
                                       "../",
                                       "<",
                                       "../a\n../b\n",
                                       "/*\n * a comment\n */",
                                       "see version https://git-lfs.github.com/spec/v1",
                                       "{\"version\": \"https://git-lfs.github.com/spec/v1\"}",
                                       "../a\001b"};
    struct tern_error e;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(eq(int, (int)refused(good[i], &e), TERN_OK), "'%s': %s", good[i], e.text);
    char large[5000];
    memset(large, 'a', sizeof large);
    memcpy(large, "../", 3);
    cr_expect(eq(int, (int)tern_refuse_placeholder("x", "y", large, sizeof large, &e), TERN_OK));
}
