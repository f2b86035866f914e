/* A library that is preloaded into tern and fails one of its points: the k-th call of a kind.
 *
 * The environment says which: FAULTS=KIND:K:FILE. FILE holds a `struct faults_state`, shared by all processes that the
 * program starts; tests/drills/faults.py writes and reads it. With K = 0 nothing fails and the points are counted.
 *
 *   ENOSPC, EIO   writes, syncs, renames, links, new files and folders, closes of written files, fail with this
 *   EINTR         the same calls, as far as a signal can interrupt them
 *   short         writes do half of their work
 *   memory        allocations and mappings return NULL
 *   process       threads and processes cannot be started
 *
 * With FAULTS_PROBE the program ends with 99 instead of beginning. Counting begins with main. Writes are met where they enter the kernel, so that those within libraries count, too. */
#ifndef TERN_TESTS_FAULTS_H
#define TERN_TESTS_FAULTS_H

#include <stdatomic.h>
#include <stdint.h>

enum faults_kind {
    FAULTS_NONE,
    FAULTS_ENOSPC,
    FAULTS_EIO,
    FAULTS_EINTR,
    FAULTS_SHORT,
    FAULTS_MEMORY,
    FAULTS_PROCESS
};

enum { FAULTS_SITES = 1 << 20 };

struct faults_state {
    _Atomic uint64_t count;      /* points met so far */
    _Atomic uint64_t fired;      /* 1: one of them failed */
    char call[32];               /* what failed, */
    char path[480];              /* on which file, */
    char from[512];              /* and who called: objects, innermost first */
    uint32_t site[FAULTS_SITES]; /* memory, process: who asked, as a hash of the callers */
};

/* The kind asked for, once main has begun; else none. */
enum faults_kind faults_kind(void);

/* One point of the current kind is met: 1 when it is to fail. errno stays. */
int faults_meet(const char *call, const char *path);

/* Traps the calls of the kernel that write, for kinds that fail those. */
void faults_trap(void);

#endif
