#define _GNU_SOURCE
#include "measure/counters/groups.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD "{\"name\": \"g\", \"about\": \"a\", \"events\": "

static void refused(const char *json, const char *why) {
    struct tern_counter_group g;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_group_parse(json, "here", &g, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, why) && strstr(e.text, "here"), "%s", e.text);
}

Test(groups, all_that_are_built_in_are_good_and_have_their_file_s_name) {
    struct tern_counter_group g, found;
    cr_assert(tern_groups_count() >= 7);
    for (size_t i = 0; i < tern_groups_count(); i++) {
        struct tern_error e = {0};
        cr_assert(tern_group_builtin(i, &g, &e) == TERN_OK, "%s", e.text);
        cr_assert(tern_group_find(g.name, &found, &e) == TERN_OK && !strcmp(found.about, g.about));
        cr_assert(g.metrics > 0);
    }
}

Test(groups, an_unknown_name_gets_the_list) {
    struct tern_counter_group g;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_group_find("speed", &g, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "ipc") && strstr(e.text, "roofline"), "%s", e.text);
}

Test(groups, are_read_from_a_file) {
    struct tern_counter_group g;
    struct tern_error e = {0};
    char path[] = "/tmp/tern-group-XXXXXX.json";
    const int fd = mkstemps(path, 5);
    FILE *f = fdopen(fd, "w");
    fputs(HEAD "{\"x\": {\"papi\": \"PAPI_TOT_CYC\"}}, \"metrics\": [{\"name\": \"m\", \"unit\": \"u\", "
               "\"formula\": \"x / threads\"}]}",
          f);
    fclose(f);
    cr_assert(tern_group_find(path, &g, &e) == TERN_OK, "%s", e.text);
    cr_assert(g.events == 1 && g.metrics == 1 && !strcmp(g.event[0].papi, "PAPI_TOT_CYC"));
    unlink(path);
    cr_assert(tern_group_find(path, &g, &e) != TERN_OK);
}

Test(groups, that_are_wrong_are_refused_with_the_place) {
    refused("{", "line 1");
    refused("{}", "name or about is missing");
    refused(HEAD "[]}", "events: no object");
    refused(HEAD "{\"x\": {}}}", "event x: has no name");
    refused(HEAD "{}}", "metrics: no list");
    refused(HEAD "{}, \"metrics\": [{\"name\": \"m\"}]}", "metric 0");
    refused(HEAD "{}, \"metrics\": [{\"name\": \"m\", \"unit\": \"\", \"formula\": \"x\"}]}",
            "no such name: x");
}
