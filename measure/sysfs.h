/* Small reads of /sys and /proc, with the root that TERN_SYSFS names in front ("" when unset). Internal to
 * measure/. */
#ifndef TERN_MEASURE_SYSFS_H
#define TERN_MEASURE_SYSFS_H

#include <stddef.h>

/* Writes "<TERN_SYSFS><path>"; path is a printf format. 0, or -1 when it does not fit. */
int tern_sys_path(char *out, size_t out_bytes, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* 1 when TERN_SYSFS is set: what is read may describe another machine than the one we run on. */
int tern_sys_redirected(void);

/* First line of a file without its newline. 0, or errno when it cannot be read: E2BIG when it is longer than
 * out_bytes - 1 characters. */
int tern_sys_line(char *out, size_t out_bytes, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A decimal number, with an optional K, M or G (binary) behind it as cache sizes have. 0, or errno (EINVAL:
 * no number). */
int tern_sys_number(long long *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The whole of a small file (at most 16 MB) as a NUL-terminated heap text (free()); NULL when it cannot be
 * read. */
char *tern_sys_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Calls fn(ctx, n) for each number of a list such as "0-3,8", as the kernel writes them: ascending, none above
 * TERN_SYS_LIST_MOST. Returns how many; -1 when it is no such list. */
#define TERN_SYS_LIST_MOST 65535
int tern_sys_list(const char *text, void (*fn)(void *ctx, int n), void *ctx);

#endif
