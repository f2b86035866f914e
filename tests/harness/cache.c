#define _GNU_SOURCE
#include "reference.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "harness/cache/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "tern packed weights\nmodel 1\n"

static char folder[] = "/tmp/tern-test-XXXXXX", path[128];

static void begin(void) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_KERNEL");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/deep/x.pack", folder);
}

static int drop(const char *name, const struct stat *st, int kind, struct FTW *f) {
    (void)st, (void)kind, (void)f;
    return remove(name);
}

static void finish(void) {
    nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(cache, .init = begin, .fini = finish);

enum { PIECES = 3 };
static const size_t size[PIECES] = {3u << 20, 5000, (1u << 20) + 77};

static void make(struct tern_cache_part p[PIECES], uint64_t seed) {
    struct tern_random r = {seed};
    for (size_t i = 0; i < PIECES; i++) {
        p[i] = (struct tern_cache_part){tern_alloc(size[i]), size[i], 0, 0};
        for (size_t j = 0; seed && j < size[i]; j++)
            ((unsigned char *)p[i].data)[j] = (unsigned char)tern_random_next(&r);
    }
}

static void drop_pieces(struct tern_cache_part p[PIECES]) {
    for (size_t i = 0; i < PIECES; i++) tern_free(p[i].data);
}

static int equal(const struct tern_cache_part *a, const struct tern_cache_part *b) {
    for (size_t i = 0; i < PIECES; i++)
        if (memcmp(a[i].data, b[i].data, size[i])) return 0;
    return 1;
}

/* Reads into fresh pieces with so many workers; the pieces are `expected`, or zero after a miss. */
static enum tern_status read_back(size_t workers, const char *key, const struct tern_cache_part *expected,
                                  int *hit, struct tern_error *e) {
    struct tern_cache_part p[PIECES], none[PIECES];
    struct tern_pool *pool;
    cr_assert(tern_pool_new(workers, NULL, &pool, NULL) == TERN_OK);
    make(p, 0);
    make(none, 0);
    const enum tern_status s = tern_cache_read(path, key, p, PIECES, pool, hit, e);
    cr_assert(equal(p, *hit ? expected : none));
    tern_pool_free(pool);
    drop_pieces(p);
    drop_pieces(none);
    return s;
}

Test(cache, what_was_kept_is_read_by_any_number_of_workers) {
    struct tern_cache_part p[PIECES];
    int hit;
    make(p, 1);
    cr_assert(tern_cache_write(path, KEY, p, PIECES, 1, NULL) == TERN_OK);
    for (size_t workers = 1; workers <= 5; workers += 2) {
        cr_assert(read_back(workers, KEY, p, &hit, NULL) == TERN_OK);
        cr_assert(eq(i32, hit, 1));
    }
    drop_pieces(p);
}

Test(cache, an_absent_file_another_key_and_other_sizes_are_ordinary_misses) {
    struct tern_cache_part p[PIECES];
    int hit = 1;
    make(p, 1);
    cr_assert(read_back(2, KEY, p, &hit, NULL) == TERN_OK);
    cr_assert(eq(i32, hit, 0));
    cr_assert(tern_cache_write(path, KEY, p, PIECES, 1, NULL) == TERN_OK);
    cr_assert(read_back(2, "tern packed weights\nmodel 2\n", p, &hit, NULL) == TERN_OK);
    cr_assert(eq(i32, hit, 0));
    cr_assert(read_back(2, "short", p, &hit, NULL) == TERN_OK);
    cr_assert(eq(i32, hit, 0));
    cr_assert(tern_cache_write(path, KEY, p, PIECES - 1, 1, NULL) == TERN_OK);
    cr_assert(read_back(2, KEY, p, &hit, NULL) == TERN_OK);
    cr_assert(eq(i32, hit, 0));
    drop_pieces(p);
}

Test(cache, every_flipped_bit_and_every_cut_is_found) {
    struct tern_cache_part p[PIECES];
    char *whole = NULL;
    size_t bytes = 0;
    int hit;
    make(p, 2);
    cr_assert(tern_cache_write(path, KEY, p, PIECES, 1, NULL) == TERN_OK);
    cr_assert(tern_file_read(path, 1u << 26, &whole, &bytes, NULL) == TERN_OK);
    struct tern_random r = {3};
    for (int i = 0; i < 60; i++) {
        const size_t at = i < 20 ? (size_t)i * 8 : (size_t)tern_random_below(&r, bytes);
        struct tern_error e = {""};
        const int fd = open(path, O_WRONLY);
        const unsigned char bad = (unsigned char)whole[at] ^ (unsigned char)(1u << i % 8);
        cr_assert(pwrite(fd, &bad, 1, (off_t)at) == 1);
        const enum tern_status s = read_back(2, KEY, p, &hit, &e);
        /* Padding between pieces is nobody's. A changed key or size is another file's. */
        if (s == TERN_CHECK_FAILED) cr_assert(strstr(e.text, "ignored") != NULL);
        const size_t head = 4096, second = head + size[0], third = second + 8192;
        const int padding = (at >= second + size[1] && at < third) || at >= third + size[2];
        cr_assert(eq(i32, hit, padding), "byte %zu", at);
        const int told = s == TERN_CHECK_FAILED;
        if (at >= 160) cr_assert(told != padding, "byte %zu", at);
        cr_assert(pwrite(fd, &whole[at], 1, (off_t)at) == 1);
        close(fd);
    }
    for (int i = 0; i < 12; i++) {
        struct tern_error e = {""};
        cr_assert(truncate(path, (off_t)(bytes * (size_t)(11 - i) / 12)) == 0);
        cr_assert(read_back(1, KEY, p, &hit, &e) == TERN_CHECK_FAILED);
        cr_assert(strstr(e.text, path) != NULL && !strchr(e.text, '\n'), "%s", e.text);
        cr_assert(eq(i32, hit, 0));
    }
    free(whole);
    drop_pieces(p);
}

/* A large part in pages of its own, and a small one. */
static void make_large(struct tern_pages *pages, struct tern_cache_part p[2], int mapped, uint64_t seed) {
    struct tern_random r = {seed};
    cr_assert(tern_pages_get(pages, 5u << 20) == 0);
    p[0] = (struct tern_cache_part){pages->data, pages->bytes - 777, 1, mapped};
    p[1] = (struct tern_cache_part){tern_alloc(size[1]), size[1], 0, mapped};
    for (size_t j = 0; seed && j < p[0].bytes; j += 8)
        ((unsigned char *)p[0].data)[j] = (unsigned char)tern_random_next(&r);
}

static void drop_large(struct tern_pages *pages, struct tern_cache_part p[2]) {
    tern_free(p[1].data);
    tern_pages_drop(pages);
}

/* What is written into the file shows up in memory that is mapped, and in no other. */
/* Whoever can write the file could choose what kernels read. */
Test(cache, a_file_that_others_can_write_is_not_believed) {
    struct tern_cache_part p[PIECES];
    struct tern_error e = {""};
    int hit = 1;
    make(p, 1);
    cr_assert(tern_cache_write(path, KEY, p, PIECES, 1, NULL) == TERN_OK);
    cr_assert(eq(int, chmod(path, 0666), 0));
    cr_assert(read_back(2, KEY, p, &hit, &e) == TERN_CHECK_FAILED);
    cr_assert(eq(i32, hit, 0));
    cr_assert(strstr(e.text, "every user can write to it") != NULL, "%s", e.text);
    cr_assert(eq(int, chmod(path, 0644), 0));
    cr_assert(read_back(2, KEY, p, &hit, &e) == TERN_OK);
    cr_assert(eq(i32, hit, 1));
    if (!geteuid()) { /* only root can give a file away */
        cr_assert(eq(int, chown(path, 12345, (gid_t)-1), 0));
        cr_assert(read_back(2, KEY, p, &hit, &e) == TERN_CHECK_FAILED);
        cr_assert(strstr(e.text, "belongs to another user") != NULL, "%s", e.text);
    }
    drop_pieces(p);
}

Test(cache, a_large_part_is_mapped_where_it_lies_if_it_may_be) {
    struct tern_pages from, to;
    struct tern_cache_part p[2], q[2];
    struct tern_pool *pool;
    cr_assert(tern_pool_new(2, NULL, &pool, NULL) == TERN_OK);
    make_large(&from, p, 0, 7);
    cr_assert(tern_cache_write(path, KEY, p, 2, 1, NULL) == TERN_OK);
    for (int mapped = 0; mapped < 2; mapped++) {
        int hit;
        make_large(&to, q, mapped, 0);
        cr_assert(tern_cache_read(path, KEY, q, 2, pool, &hit, NULL) == TERN_OK);
        cr_assert(eq(i32, hit, 1));
        cr_assert(eq(i32, memcmp(p[0].data, q[0].data, p[0].bytes), 0));
        const size_t at = 12345;
        const unsigned char *seen = (const unsigned char *)q[0].data + at, was = *seen, other = was ^ 1;
        const int fd = open(path, O_WRONLY);
        cr_assert(pwrite(fd, &other, 1, (off_t)(TERN_HUGE_PAGE + at)) == 1);
        cr_assert(eq(i32, *(const volatile unsigned char *)seen, mapped ? other : was));
        cr_assert(pwrite(fd, &was, 1, (off_t)(TERN_HUGE_PAGE + at)) == 1);
        close(fd);
        drop_large(&to, q);
    }
    tern_pool_free(pool);
    drop_large(&from, p);
}

Test(cache, a_damaged_part_leaves_zeros_that_can_be_written) {
    struct tern_pages from, to;
    struct tern_cache_part p[2], q[2];
    struct tern_pool *pool;
    struct tern_error e = {""};
    int hit;
    cr_assert(tern_pool_new(2, NULL, &pool, NULL) == TERN_OK);
    make_large(&from, p, 0, 7);
    cr_assert(tern_cache_write(path, KEY, p, 2, 1, NULL) == TERN_OK);
    const int fd = open(path, O_WRONLY);
    cr_assert(pwrite(fd, "bad", 3, (off_t)(TERN_HUGE_PAGE + (4u << 20))) == 3);
    close(fd);
    make_large(&to, q, 1, 0);
    cr_assert(tern_cache_read(path, KEY, q, 2, pool, &hit, &e) == TERN_CHECK_FAILED);
    cr_assert(eq(i32, hit, 0));
    const unsigned char *left = q[0].data;
    for (size_t j = 0; j < q[0].bytes; j++) cr_assert(left[j] == 0, "byte %zu", j);
    memset(q[0].data, 1, q[0].bytes);
    drop_large(&to, q);
    tern_pool_free(pool);
    drop_large(&from, p);
}

Test(cache, writers_that_race_leave_one_whole_file_and_no_rest) {
    struct tern_cache_part a[PIECES], b[PIECES];
    int hit, writes = 0;
    make(a, 4);
    make(b, 5);
    cr_assert(tern_cache_write(path, KEY, a, PIECES, 1, NULL) == TERN_OK);
    char *left = tern_format_text("%s.Abc123", path);
    cr_assert(tern_file_replace(left, "rest of a killed writer", 23, NULL) == TERN_OK);
    pid_t child[3];
    for (int c = 0; c < 3; c++)
        if (!(child[c] = fork())) {
            int wrote = 0;
            for (int i = 0; i < 8; i++) {
                const enum tern_status s = tern_cache_write(path, KEY, c % 2 ? a : b, PIECES, 1, NULL);
                if (s != TERN_OK && s != TERN_SKIPPED) _exit(100);
                wrote += s == TERN_OK;
            }
            _exit(wrote);
        }
    for (int i = 0; i < 20; i++) { /* a reader meanwhile sees one of the two */
        struct tern_cache_part p[PIECES];
        struct tern_pool *pool;
        cr_assert(tern_pool_new(2, NULL, &pool, NULL) == TERN_OK);
        make(p, 0);
        cr_assert(tern_cache_read(path, KEY, p, PIECES, pool, &hit, NULL) == TERN_OK);
        const int whole = equal(p, a) || equal(p, b);
        cr_assert(hit == 1 && whole);
        tern_pool_free(pool);
        drop_pieces(p);
    }
    for (int c = 0; c < 3; c++) {
        int status;
        waitpid(child[c], &status, 0);
        const int ended = WIFEXITED(status) && WEXITSTATUS(status) <= 8;
        cr_assert(ended, "status %x", (unsigned)status);
        writes += WEXITSTATUS(status);
    }
    cr_assert(ge(i32, writes, 1));
    cr_assert(access(left, F_OK) != 0, "the rest of a killed writer is still there");
    free(left);
    drop_pieces(a);
    drop_pieces(b);
}

static char *kept(void) {
    glob_t g;
    char *pattern = tern_format_text("%s/*.pack", folder), *name = NULL;
    if (!glob(pattern, 0, NULL, &g)) {
        cr_assert(eq(sz, g.gl_pathc, 1));
        name = strdup(g.gl_pathv[0]);
        globfree(&g);
    }
    free(pattern);
    return name;
}

/* Logits of the own vector with this head; tells whether the weights came from the cache. */
static float *logits_of(struct tern_engine_options o, int *cached, char *warning) {
    struct reference own;
    reference_load(&own, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    struct tern_model *m = open_model(own.path);
    o.kv = TERN_KV_F32;
    o.cache = folder;
    struct tern_engine *en = start(m, &o);
    tern_engine_want(en, &(struct tern_wanted){.top = 1});
    struct tern_engine_facts f;
    tern_engine_facts(en, &f);
    *cached = f.from_cache;
    if (warning) strcpy(warning, f.warning);
    float *y = prompt_logits(en, &own);
    y = realloc(y, (own.count + 1) * own.vocab * sizeof *y);
    tern_engine_rewind(en, 5);
    cr_assert(tern_engine_feed(en, own.ids, 1, 0, y + own.count * own.vocab, NULL) == TERN_OK);
    cr_assert(tern_engine_keep(en, NULL) == TERN_OK);
    tern_engine_free(en);
    tern_model_close(m);
    reference_free(&own);
    return y;
}

/* What is packed together may depend on the threads: here it does not. */
static float *logits_with(enum tern_head_type head, size_t threads, int *cached, char *warning) {
    return logits_of(
        (struct tern_engine_options){.threads = threads, .head = head, .merge = TERN_MERGE_NEVER}, cached,
        warning);
}

Test(cache, what_is_packed_together_and_in_which_format_is_part_of_the_name) {
    const struct tern_engine_options o[3] = {
        {.threads = 2, .merge = TERN_MERGE_NEVER},
        {.threads = 2, .merge = TERN_MERGE_ALWAYS},
        {.threads = 2, .merge = TERN_MERGE_NEVER, .act = TERN_ACT_F32},
    };
    float *first[3];
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < 3; i++) {
            int cached;
            float *y = logits_of(o[i], &cached, NULL);
            cr_assert(eq(i32, cached, (int)round), "%zu", i);
            if (!round) {
                first[i] = y;
                continue;
            }
            cr_assert(memcmp(y, first[i], 49 * 320 * sizeof *y) == 0, "%zu", i);
            free(y);
        }
    cr_assert(memcmp(first[0], first[1], 49 * 320 * sizeof *first[0]) == 0);
    cr_assert(memcmp(first[0], first[2], 49 * 320 * sizeof *first[0]) != 0);
    for (size_t i = 0; i < 3; i++) free(first[i]);
}

Test(cache, an_engine_from_the_cache_gives_the_same_bits) {
    static const enum tern_head_type head[] = {TERN_HEAD_AUTO, TERN_HEAD_Q6_K, TERN_HEAD_EXACT2};
    for (size_t h = 0; h < 3; h++) {
        int cached;
        float *packed = logits_with(head[h], 2, &cached, NULL);
        cr_assert(eq(i32, cached, 0));
        float *again = logits_with(head[h], h == 2 ? 2 : 1, &cached, NULL);
        cr_assert(eq(i32, cached, 1));
        cr_assert(memcmp(packed, again, 49 * 320 * sizeof *packed) == 0);
        free(packed);
        free(again);
        char *name = kept();
        unlink(name);
        free(name);
    }
}

Test(cache, a_damaged_file_is_told_packed_again_and_replaced) {
    int cached;
    char warning[512];
    float *first = logits_with(TERN_HEAD_AUTO, 2, &cached, warning);
    cr_assert(eq(str, warning, ""));
    char *name = kept();
    const int fd = open(name, O_WRONLY);
    cr_assert(pwrite(fd, "damage", 6, 9000) == 6);
    close(fd);
    float *second = logits_with(TERN_HEAD_AUTO, 2, &cached, warning);
    cr_assert(eq(i32, cached, 0));
    cr_assert(strstr(warning, "checksum") != NULL && strstr(warning, name) != NULL, "%s", warning);
    float *third = logits_with(TERN_HEAD_AUTO, 2, &cached, warning);
    cr_assert(eq(i32, cached, 1));
    cr_assert(eq(str, warning, ""));
    cr_assert(memcmp(first, second, 49 * 320 * sizeof *first) == 0);
    cr_assert(memcmp(first, third, 49 * 320 * sizeof *first) == 0);
    free(first);
    free(second);
    free(third);
    free(name);
}

Test(cache, a_model_that_changed_is_packed_again) {
    char *copy = tern_format_text("%s/m.gguf", folder), *text = NULL;
    size_t bytes;
    struct reference own;
    reference_load(&own, data_folder(), "micro-bitnet-b1.58.I2_S", "micro-bitnet-b1.58");
    cr_assert(tern_file_read(own.path, 1u << 24, &text, &bytes, NULL) == TERN_OK);
    for (int round = 0; round < 3; round++) {
        if (round == 2) text[bytes - 5000] ^= 1; /* somewhere in the last tensor */
        if (round != 1) cr_assert(tern_file_replace(copy, text, bytes, NULL) == TERN_OK);
        struct tern_model *m = open_model(copy);
        struct tern_engine *en = start(m, &(struct tern_engine_options){.threads = 1, .cache = folder});
        struct tern_engine_facts f;
        tern_engine_facts(en, &f);
        cr_assert(eq(i32, f.from_cache, round == 1));
        cr_assert(tern_engine_keep(en, NULL) == TERN_OK);
        tern_engine_free(en);
        tern_model_close(m);
    }
    free(text);
    free(copy);
    reference_free(&own);
}
