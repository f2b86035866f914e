#include "models/gguf/gguf.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Expects a hand-made file to be refused with a text that holds `why`. */
static void refused(const struct blob *b, const char *why) {
    struct tern_error e;
    cr_assert_eq(open_blob(b, &e), TERN_BAD_INPUT, "%s", why);
    cr_assert(strstr(e.text, why) != NULL, "wanted '%s', got '%s'", why, e.text);
    cr_assert(!strchr(e.text, '\n'));
}

Test(gguf, a_hand_made_file_with_one_tensor_opens) {
    struct tern_error e;
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 8, 4, 0, 0);
    put_data(&b, 128);
    cr_assert_eq(open_blob(&b, &e), TERN_OK, "%s", e.text);
}

Test(gguf, an_empty_file_is_refused) {
    struct blob b = {.bytes = 0};
    refused(&b, "not a GGUF file");
}

Test(gguf, counts_beyond_the_file_are_refused_before_anything_is_allocated) {
    struct blob b = header(0, UINT64_MAX);
    refused(&b, "key count");
    b = header(UINT64_MAX / 8, 0);
    refused(&b, "tensor count");
}

Test(gguf, a_string_longer_than_the_file_is_refused) {
    struct blob b = header(0, 1);
    put_u64(&b, UINT64_MAX);
    put_data(&b, 64);
    refused(&b, "longer than the file");
}

Test(gguf, an_array_longer_than_the_file_is_refused) {
    struct blob b = header(0, 1);
    put_text(&b, "k");
    put_u32(&b, TERN_GGUF_ARRAY);
    put_u32(&b, TERN_GGUF_U64);
    put_u64(&b, UINT64_MAX / 8 + 2); /* 8 times this overflows to 8 */
    put_data(&b, 64);
    refused(&b, "an array is longer than the file");
}

Test(gguf, arrays_nested_without_end_are_refused) {
    struct blob b = header(0, 1);
    put_text(&b, "k");
    put_u32(&b, TERN_GGUF_ARRAY);
    for (int i = 0; i < 100; i++) {
        put_u32(&b, TERN_GGUF_ARRAY);
        put_u64(&b, 1);
    }
    refused(&b, "nested too deeply");
}

Test(gguf, a_truth_value_of_two_is_refused) {
    struct blob b = header(0, 1);
    put_text(&b, "k");
    put_u32(&b, TERN_GGUF_BOOL);
    put_u32(&b, 2);
    refused(&b, "neither 0 nor 1");
}

Test(gguf, an_unknown_value_type_is_refused) {
    struct blob b = header(0, 1);
    put_text(&b, "k");
    put_u32(&b, 13);
    put_data(&b, 64);
    refused(&b, "unknown value type");
}

Test(gguf, a_key_that_appears_twice_is_refused) {
    struct blob b = header(0, 2);
    for (int i = 0; i < 2; i++) {
        put_text(&b, "twin");
        put_u32(&b, TERN_GGUF_U32);
        put_u32(&b, 7);
    }
    refused(&b, "twin: the key appears twice");
}

Test(gguf, a_tensor_that_appears_twice_is_refused) {
    struct blob b = header(2, 0);
    put_tensor(&b, "twin", 8, 4, 0, 0);
    put_tensor(&b, "twin", 8, 4, 0, 128);
    put_data(&b, 256);
    refused(&b, "twin: the tensor appears twice");
}

Test(gguf, tensors_that_share_bytes_are_refused) {
    struct blob b = header(2, 0);
    put_tensor(&b, "a", 8, 4, 0, 0);
    put_tensor(&b, "b", 8, 4, 0, 0);
    put_data(&b, 256);
    refused(&b, "share the same bytes");
}

Test(gguf, a_tensor_that_reaches_into_the_next_is_refused) {
    struct blob b = header(2, 0);
    put_tensor(&b, "a", 8, 4, 0, 0);
    put_tensor(&b, "b", 8, 4, 0, 96);
    put_data(&b, 256);
    refused(&b, "a: needs 128 bytes of f32, the file has room for 96");
}

Test(gguf, a_tensor_that_ends_one_byte_after_the_file_is_refused) {
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 8, 4, 0, 0);
    put_data(&b, 127);
    refused(&b, "room for 127");
}

Test(gguf, an_offset_beyond_the_file_is_refused) {
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 8, 4, 0, UINT64_MAX - 31); /* plus the start of the data, it wraps around */
    put_data(&b, 128);
    refused(&b, "beyond the end of the file");
}

Test(gguf, an_unaligned_offset_is_refused) {
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 8, 4, 0, 8);
    put_data(&b, 256);
    refused(&b, "not aligned");
}

Test(gguf, dimensions_of_zero_are_refused) {
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 0, 4, 0, 0);
    put_data(&b, 128);
    refused(&b, "a dimension is zero");
}

Test(gguf, dimensions_whose_product_overflows_are_refused) {
    struct blob b = header(1, 0);
    put_tensor(&b, "a", 1ull << 32, 1ull << 32, 0, 0); /* the product is 0 in 64 bits */
    put_data(&b, 128);
    refused(&b, "the dimensions overflow");
}

Test(gguf, five_dimensions_are_refused) {
    struct blob b = header(1, 0);
    put_text(&b, "a");
    put_u32(&b, 5);
    put_data(&b, 128);
    refused(&b, "dimensions");
}

Test(gguf, names_with_terminal_escapes_are_printed_plain) {
    struct blob b = header(1, 0);
    put_tensor(&b, "\033[2Jx", 0, 4, 0, 0);
    put_data(&b, 128);
    refused(&b, "?[2Jx");
}

Test(gguf, an_alignment_that_is_no_power_of_two_is_refused) {
    struct blob b = header(0, 1);
    put_text(&b, "general.alignment");
    put_u32(&b, TERN_GGUF_U32);
    put_u32(&b, 24);
    refused(&b, "not a power of two");
}

Test(gguf, versions_and_byte_orders_that_are_not_known_are_unsupported) {
    struct tern_error e;
    struct blob b = header(0, 0);
    b.data[4] = 4;
    cr_assert_eq(open_blob(&b, &e), TERN_UNSUPPORTED);
    b.data[4] = 0, b.data[7] = 3;
    cr_assert_eq(open_blob(&b, &e), TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "is big-endian, this machine is little-endian") != NULL, "%s", e.text);
    memcpy(b.data, "FUGG", 4); /* the same by a writer whose magic is a number */
    cr_assert_eq(open_blob(&b, &e), TERN_UNSUPPORTED);
    cr_assert(strstr(e.text, "is big-endian, this machine is little-endian") != NULL, "%s", e.text);
    b.data[4] = 3, b.data[7] = 0;
    cr_assert_eq(open_blob(&b, &e), TERN_BAD_INPUT);
    cr_assert(strstr(e.text, "FUGG") && strstr(e.text, "its numbers are little-endian"), "%s", e.text);
}

static struct tern_gguf_writer *create(const char *path) {
    struct tern_gguf_writer *w;
    cr_assert(!tern_gguf_create(path, &w, NULL));
    return w;
}

Test(gguf, what_is_written_is_read_back) {
    char *path = scratch_file();
    struct tern_gguf_writer *w = create(path);
    const struct tern_gguf_string words[] = {{"one", 3}, {"", 0}, {"a\0b", 3}};
    const int32_t numbers[] = {-5, 0, 7};
    const float data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const uint64_t dim[] = {4, 2};
    cr_assert(!tern_gguf_put_u32(w, "n", 41) && !tern_gguf_put_f32(w, "f", 0.5f) &&
              !tern_gguf_put_bool(w, "b", 1));
    cr_assert(!tern_gguf_put_text(w, "t", "text") && !tern_gguf_put_strings(w, "s", words, 3));
    cr_assert(!tern_gguf_put_i32s(w, "i", numbers, 3) &&
              !tern_gguf_put_tensor(w, "x", 0, 2, dim, sizeof data));
    cr_assert(!tern_gguf_put_tensor(w, "y", 24, 1, (const uint64_t[]){3}, 3));
    cr_assert(!tern_gguf_write(w, data, 20, NULL) && !tern_gguf_write(w, data + 5, 12, NULL));
    cr_assert(!tern_gguf_write(w, "abc", 3, NULL) && !tern_gguf_finish(w, NULL));

    struct tern_gguf *g;
    struct tern_error e = {0};
    uint64_t n;
    double f;
    int b;
    size_t count;
    struct tern_gguf_string t, *s;
    int64_t *ints;
    float *floats;
    cr_assert(!tern_gguf_open(path, &g, &e), "%s", e.text);
    cr_assert(tern_gguf_u64(g, "n", &n) && n == 41);
    cr_assert(tern_gguf_f64(g, "f", &f) && f == 0.5);
    cr_assert(tern_gguf_bool(g, "b", &b) && b == 1);
    cr_assert(tern_gguf_text(g, "t", &t) && t.bytes == 4 && !memcmp(t.data, "text", 4));
    cr_assert(tern_gguf_strings(g, "s", &s, &count) && count == 3);
    cr_assert(s[1].bytes == 0 && s[2].bytes == 3 && !memcmp(s[2].data, "a\0b", 3));
    cr_assert(tern_gguf_ints(g, "i", &ints, &count) && count == 3 && ints[0] == -5 && ints[2] == 7);
    cr_assert(tern_gguf_floats(g, "i", &floats, &count) && floats[0] == -5.0f);
    const struct tern_gguf_tensor *x = tern_gguf_tensor_named(g, "x"), *y = tern_gguf_tensor_named(g, "y");
    cr_assert(x && x->dim[0] == 4 && x->dim[1] == 2 && !memcmp(x->data, data, sizeof data));
    cr_assert(y && y->type == 24 && !memcmp(y->data, "abc", 3));
    free(s);
    free(ints);
    free(floats);
    tern_gguf_close(g);
    drop_scratch(path);
}

Test(gguf, typed_access_says_no_to_other_types_and_absent_keys) {
    char *path = scratch_file();
    struct tern_gguf_writer *w = create(path);
    cr_assert(!tern_gguf_put_f32(w, "f", 0.5f) && !tern_gguf_put_text(w, "t", "7") &&
              !tern_gguf_finish(w, NULL));
    struct tern_gguf *g;
    cr_assert(!tern_gguf_open(path, &g, NULL));
    uint64_t n;
    double f;
    size_t count;
    struct tern_gguf_string *s;
    cr_expect(!tern_gguf_u64(g, "f", &n) && !tern_gguf_u64(g, "t", &n) && !tern_gguf_u64(g, "none", &n));
    cr_expect(!tern_gguf_f64(g, "t", &f) && !tern_gguf_strings(g, "t", &s, &count));
    tern_gguf_close(g);
    drop_scratch(path);
}

Test(gguf, the_writer_refuses_a_name_twice_and_an_unfinished_tensor) {
    char *path = scratch_file();
    struct tern_gguf_writer *w = create(path);
    struct tern_error e = {0};
    cr_expect(!tern_gguf_put_u32(w, "n", 1));
    cr_expect_eq(tern_gguf_put_u32(w, "n", 1), TERN_BAD_INPUT);
    cr_expect(!tern_gguf_put_tensor(w, "x", 0, 1, (const uint64_t[]){2}, 8));
    cr_expect_eq(tern_gguf_put_tensor(w, "x", 0, 1, (const uint64_t[]){2}, 8), TERN_BAD_INPUT);
    cr_expect(!tern_gguf_write(w, "1234", 4, &e));
    cr_expect_eq(tern_gguf_put_u32(w, "late", 1), TERN_BAD_INPUT);
    cr_expect_eq(tern_gguf_finish(w, &e), TERN_BAD_INPUT);
    cr_expect(strstr(e.text, "x got 4 of 8 bytes") != NULL, "%s", e.text);
    drop_scratch(path);
}

Test(gguf, an_abandoned_file_leaves_what_was_there) {
    char *path = scratch_file();
    size_t bytes;
    write_file(path, "before", 6);
    struct tern_gguf_writer *w = create(path);
    tern_gguf_put_u32(w, "n", 1);
    tern_gguf_abandon(w);
    unsigned char *now = slurp(path, &bytes);
    cr_assert(bytes == 6 && !memcmp(now, "before", 6));
    free(now);
    drop_scratch(path);
}

Test(gguf, every_value_of_a_real_file_is_copied_byte_for_byte) {
    const char *from = shared_file("vectors/micro-bitnet-b1.58.I2_S.gguf");
    char *path = scratch_file();
    struct tern_gguf *a, *b;
    cr_assert(!tern_gguf_open(from, &a, NULL));
    struct tern_gguf_writer *w = create(path);
    for (size_t i = 0; i < tern_gguf_value_count(a); i++)
        cr_assert(!tern_gguf_put_value(w, tern_gguf_value_at(a, i)));
    for (size_t i = 0; i < tern_gguf_tensor_count(a); i++) {
        const struct tern_gguf_tensor *t = tern_gguf_tensor_at(a, i);
        char name[64];
        tern_gguf_printable(t->name, name, sizeof name);
        cr_assert(!tern_gguf_put_tensor(w, name, t->type, t->n_dims, t->dim, t->bytes));
    }
    for (size_t i = 0; i < tern_gguf_tensor_count(a); i++)
        cr_assert(
            !tern_gguf_write(w, tern_gguf_tensor_at(a, i)->data, tern_gguf_tensor_at(a, i)->bytes, NULL));
    cr_assert(!tern_gguf_finish(w, NULL));
    cr_assert(!tern_gguf_open(path, &b, NULL));

    size_t na, nb;
    unsigned char *x = slurp(from, &na), *y = slurp(path, &nb);
    cr_assert_eq(na, nb);
    cr_assert(!memcmp(x, y, na));
    free(x);
    free(y);
    tern_gguf_close(a);
    tern_gguf_close(b);
    drop_scratch(path);
}
