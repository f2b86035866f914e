/* A make-believe /sys and /proc in a temporary folder, named by TERN_SYSFS for the rest of the test. */
#ifndef TERN_TESTS_MACHINE_TREE_H
#define TERN_TESTS_MACHINE_TREE_H

/* For .init and .fini of a Criterion test. */
void tree_begin(void);
void tree_end(void);

/* Writes (replaces) a file, with its folders; path and text as in the real tree: tree_put("/proc/loadavg",
 * "0.5 ..."). */
void tree_put(const char *path, const char *text);

#endif
