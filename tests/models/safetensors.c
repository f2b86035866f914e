/* safetensors headers that lie: every one is refused with one line that names the file, the tensor and the
 * reason. */
#include "models/hf/safetensors.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder that is removed with the files in it. */
static char *scratch_folder(void) {
    char *path = scratch_file();
    unlink(path);
    cr_assert(!mkdir(path, 0700));
    return path;
}

static void drop_folder(char *folder) {
    static const char *const files[] = {"model.safetensors", "a.safetensors", "b.safetensors",
                                        "model.safetensors.index.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    free(folder);
}

static void put(const char *folder, const char *name, const char *header, size_t data) {
    char path[512];
    const uint64_t length = strlen(header);
    unsigned char *all = calloc(1, 8 + length + data);
    memcpy(all, &length, 8);
    memcpy(all + 8, header, length);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    write_file(path, all, 8 + length + data);
    free(all);
}

static void refused_as(const char *folder, const char *why) {
    struct tern_safetensors *s = NULL;
    struct tern_error e = {""};
    cr_expect_eq(tern_safetensors_open(folder, &s, &e), TERN_BAD_INPUT, "should say '%s'", why);
    cr_expect(strstr(e.text, why), "'%s' should say '%s'", e.text, why);
    cr_expect(strstr(e.text, folder) && !strchr(e.text, '\n'), "%s", e.text);
    tern_safetensors_close(s);
}

static void refused(const char *header, size_t data, const char *why) {
    char *folder = scratch_folder();
    put(folder, "model.safetensors", header, data);
    refused_as(folder, why);
    drop_folder(folder);
}

#define T(name, type, shape, from, to)                                                                       \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

Test(safetensors, a_sound_file_gives_its_tensors_by_name) {
    struct tern_safetensors *s = NULL;
    struct tern_error e = {""};
    char *folder = scratch_folder();
    put(folder, "model.safetensors",
        "{\"__metadata__\":{\"format\":\"pt\"}," T("b", "F32", "[2,3]", "4", "28") "," T("a", "U8", "[4]",
                                                                                         "0", "4") "}  ",
        28);
    cr_assert(!tern_safetensors_open(folder, &s, &e), "%s", e.text);
    cr_assert_eq(tern_safetensors_count(s), 2);
    const struct tern_safetensor *b = tern_safetensors_named(s, "b");
    cr_assert(b && b->type == TERN_ST_F32 && b->n_dims == 2 && b->dim[0] == 2 && b->dim[1] == 3 &&
              b->bytes == 24);
    cr_assert_eq(b->data - tern_safetensors_named(s, "a")->data, 4);
    cr_assert_null(tern_safetensors_named(s, "c"));
    tern_safetensors_close(s);
    drop_folder(folder);
}

Test(safetensors, lengths_and_json_that_lie_are_refused) {
    char *folder = scratch_folder(), path[512];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    write_file(path, "\1\2\3", 3);
    refused_as(folder, "does not fit");
    write_file(path, "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    refused_as(folder, "does not fit");
    write_file(path, "\3\0\0\0\0\0\0\0{}", 10);
    refused_as(folder, "does not fit");
    drop_folder(folder);
    refused("[]", 0, "not an object");
    refused("{\"a\":", 0, "JSON");
    refused("{\"a\\u0000b\":1}", 0, "JSON");
    refused("{\"\xff\":1}", 0, "JSON");
}

Test(safetensors, nesting_without_end_is_refused) {
    enum { DEPTH = 200000 };
    char *deep = malloc(DEPTH + 8);
    memcpy(deep, "{\"a\":", 5);
    memset(deep + 5, '[', DEPTH);
    deep[5 + DEPTH] = 0;
    refused(deep, 0, "depth");
    free(deep);
}

Test(safetensors, entries_that_lie_are_refused_by_name) {
    refused("{\"x\":1}", 0, "x: the entry is not an object");
    refused("{" T("x", "F13", "[1]", "0", "4") "}", 4, "x: the dtype");
    refused("{\"x\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "x: the dtype");
    refused("{" T("x", "F32", "7", "0", "4") "}", 4, "x: the shape is not a list");
    refused("{" T("x", "F32", "[1,1,1,1,1]", "0", "4") "}", 4, "x: more than four");
    refused("{" T("x", "F32", "[-1]", "0", "4") "}", 4, "x: a dimension");
    refused("{" T("x", "F32", "[1.5]", "0", "4") "}", 4, "x: a dimension");
    refused("{" T("x", "F32", "[0]", "0", "0") "}", 0, "x: a dimension is zero");
    refused("{" T("x", "F32", "[9223372036854775807,3]", "0", "4") "}", 4, "x: the dimensions overflow");
    refused("{" T("x", "F32", "[4611686018427387904,4]", "0", "0") "}", 0, "x: the dimensions overflow");
    refused("{" T("x", "F32", "[99999999999999999999]", "0", "4") "}", 4, "JSON");
    refused("{" T("x", "F32", "[1]", "-4", "0") "}", 4, "x: data_offsets are not in order");
    refused("{" T("x", "F32", "[1]", "4", "0") "}", 4, "x: data_offsets are not in order");
    refused("{" T("x", "F32", "[2]", "0", "8") "}", 4, "x: the data lie beyond the end");
    refused("{" T("x", "F32", "[2]", "0", "4") "}", 4, "x: data_offsets do not agree");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4,
            "x: data_offsets are not two");
    refused("{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "without a name");
}

Test(safetensors, data_must_be_covered_once) {
    refused("{" T("x", "U8", "[4]", "0", "4") "," T("y", "U8", "[4]", "2", "6") "}", 6, "overlaps");
    refused("{" T("x", "U8", "[4]", "0", "4") "," T("y", "U8", "[4]", "0", "4") "}", 4, "overlaps");
    refused("{" T("x", "U8", "[4]", "0", "4") "," T("y", "U8", "[4]", "6", "10") "}", 10, "y: unused bytes");
    refused("{" T("x", "U8", "[4]", "0", "4") "}", 9, "5 bytes behind the last tensor");
    refused("{" T("x", "U8", "[4]", "0", "4") "," T("x", "U8", "[4]", "4", "8") "}", 8, "duplicate");
}

static void put_index(const char *folder, const char *map) {
    char path[512], text[600];
    snprintf(path, sizeof path, "%s/model.safetensors.index.json", folder);
    snprintf(text, sizeof text, "{\"metadata\":{},\"weight_map\":%s}", map);
    write_file(path, text, strlen(text));
}

Test(safetensors, shards_are_read_as_one) {
    struct tern_safetensors *s = NULL;
    struct tern_error e = {""};
    char *folder = scratch_folder();
    put(folder, "a.safetensors", "{" T("x", "U8", "[4]", "0", "4") "}", 4);
    put(folder, "b.safetensors", "{" T("y", "U8", "[2]", "0", "2") "}", 2);
    put_index(folder, "{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}");
    cr_assert(!tern_safetensors_open(folder, &s, &e), "%s", e.text);
    const struct tern_safetensor *x = tern_safetensors_named(s, "x"), *y = tern_safetensors_named(s, "y");
    cr_assert(x && y && y->bytes == 2);
    cr_assert_neq(x->shard, y->shard);
    tern_safetensors_close(s);
    drop_folder(folder);
}

Test(safetensors, an_index_that_lies_is_refused) {
    char *folder = scratch_folder();
    put(folder, "a.safetensors", "{" T("x", "U8", "[4]", "0", "4") "}", 4);
    put(folder, "b.safetensors", "{" T("x", "U8", "[4]", "0", "4") "}", 4);
    put_index(folder, "{}");
    refused_as(folder, "weight_map: missing or empty");
    put_index(folder, "{\"x\":\"../a.safetensors\"}");
    refused_as(folder, "x: its file is not the name");
    put_index(folder, "{\"x\":7}");
    refused_as(folder, "x: its file is not the name");
    put_index(folder, "{\"x\":\"none.safetensors\"}");
    refused_as(folder, "none.safetensors");
    put_index(folder, "{\"x\":\"a.safetensors\",\"z\":\"a.safetensors\"}");
    refused_as(folder, "z: the tensor is missing");
    put_index(folder, "{\"y\":\"a.safetensors\"}");
    refused_as(folder, "x: the index does not name it");
    put_index(folder, "{\"x\":\"a.safetensors\",\"z\":\"b.safetensors\"}");
    refused_as(folder, "x: the tensor is in two files");
    drop_folder(folder);
}
