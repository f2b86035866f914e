/* The points that are functions of the C library. */
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 24, SKIPPED = 2 }; /* frames that are ours */

static struct faults_state *state;
static uint64_t fails_at;
static enum faults_kind kind;
static volatile int begun;
static __thread int within; /* what the library itself asks for is no point */

enum faults_kind faults_kind(void) {
    return begun && !within ? kind : FAULTS_NONE;
}

static uint32_t site_of(void *const *frame, int depth) {
    uint64_t h = 1469598103934665603u;
    for (int i = SKIPPED; i < depth && i < SKIPPED + 8; i++) h = (h ^ (uintptr_t)frame[i]) * 1099511628211u;
    return (uint32_t)(h >> 20) | 1;
}

/* "libhwloc.so.15+0x1f3a < tern+0x8812 < ...", which addr2line reads. */
static void name_callers(void *const *frame, int depth) {
    size_t at = 0;
    for (int i = SKIPPED; i < depth && at + 80 < sizeof state->from; i++) {
        Dl_info of;
        if (!dladdr(frame[i], &of) || !of.dli_fname) continue;
        const char *slash = strrchr(of.dli_fname, '/');
        at += (size_t)snprintf(state->from + at, sizeof state->from - at, "%s%.30s+%#lx%s%.30s",
                               at ? " < " : "", slash ? slash + 1 : of.dli_fname,
                               (unsigned long)((uintptr_t)frame[i] - (uintptr_t)of.dli_fbase - 1),
                               of.dli_sname ? " " : "", of.dli_sname ? of.dli_sname : "");
    }
}

int faults_meet(const char *call, const char *path) {
    const int was = errno;
    within = 1;
    const uint64_t now = ++state->count;
    const int fails = now == fails_at, sites = !fails_at && kind >= FAULTS_MEMORY && now < FAULTS_SITES;
    if (fails || sites) {
        void *frame[DEPTH];
        const int depth = backtrace(frame, DEPTH);
        if (sites) state->site[now] = site_of(frame, depth);
        if (fails) {
            snprintf(state->call, sizeof state->call, "%s", call);
            snprintf(state->path, sizeof state->path, "%s", path);
            name_callers(frame, depth);
            state->fired = 1;
        }
    }
    within = 0;
    errno = was;
    return fails;
}

static int file_fails(const char *call, const char *path) {
    static const int code[] = {[FAULTS_ENOSPC] = ENOSPC, [FAULTS_EIO] = EIO, [FAULTS_EINTR] = EINTR};
    const enum faults_kind k = faults_kind();
    if (k < FAULTS_ENOSPC || k > FAULTS_EINTR || !faults_meet(call, path)) return 0;
    errno = code[k];
    return 1;
}

static int memory_fails(const char *call) {
    if (faults_kind() != FAULTS_MEMORY || !faults_meet(call, "")) return 0;
    errno = ENOMEM;
    return 1;
}

static int process_fails(const char *call) {
    return faults_kind() == FAULTS_PROCESS && faults_meet(call, "");
}

/* The C library's own, by the names that it exports for this. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t n) {
    return memory_fails("malloc") ? NULL : __libc_malloc(n);
}
void *calloc(size_t a, size_t b) {
    return memory_fails("calloc") ? NULL : __libc_calloc(a, b);
}
void *realloc(void *p, size_t n) {
    return memory_fails("realloc") ? NULL : __libc_realloc(p, n);
}
void *reallocarray(void *p, size_t a, size_t b) {
    size_t n;
    if (__builtin_mul_overflow(a, b, &n)) return errno = ENOMEM, NULL;
    return realloc(p, n);
}
void *memalign(size_t step, size_t n) {
    return memory_fails("memalign") ? NULL : __libc_memalign(step, n);
}
void *aligned_alloc(size_t step, size_t n) {
    return memory_fails("aligned_alloc") ? NULL : __libc_memalign(step, n);
}
int posix_memalign(void **out, size_t step, size_t n) {
    void *p = memory_fails("posix_memalign") ? NULL : __libc_memalign(step, n);
    if (!p) return ENOMEM;
    *out = p;
    return 0;
}
void *mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset) {
    if (memory_fails("mmap")) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, where, n, protection, flags, fd, offset);
}
void *mmap64(void *where, size_t n, int protection, int flags, int fd, off64_t offset) {
    return mmap(where, n, protection, flags, fd, offset);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x) {
    return process_fails("pthread_create") ? EAGAIN : REAL(pthread_create)(t, a, f, x);
}
pid_t fork(void) {
    return process_fails("fork") ? (errno = EAGAIN, -1) : REAL(fork)();
}
int posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *act,
                const posix_spawnattr_t *attr, char *const argv[], char *const env[]) {
    return process_fails("posix_spawn") ? EAGAIN : REAL(posix_spawn)(child, path, act, attr, argv, env);
}
int posix_spawnp(pid_t *child, const char *path, const posix_spawn_file_actions_t *act,
                 const posix_spawnattr_t *attr, char *const argv[], char *const env[]) {
    return process_fails("posix_spawnp") ? EAGAIN : REAL(posix_spawnp)(child, path, act, attr, argv, env);
}

static int to_write(const char *path, int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) && strncmp(path, "/dev/", 5) != 0 &&
           strncmp(path, "/proc/", 6) != 0;
}

static int open_at(const char *call, int folder, const char *path, int flags, mode_t mode) {
    if (to_write(path, flags) && file_fails(call, path)) return -1;
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(mode, flags)                                                                                    \
    va_list ap;                                                                                              \
    va_start(ap, flags);                                                                                     \
    const mode_t mode = (flags) & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;                          \
    va_end(ap)

int open(const char *path, int flags, ...) {
    MODE(mode, flags);
    return open_at("open", AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(mode, flags);
    return open_at("open", AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
    MODE(mode, flags);
    return open_at("openat", folder, path, flags, mode);
}
int mkostemp(char *path, int flags) {
    return file_fails("mkostemp", path) ? -1 : REAL(mkostemp)(path, flags);
}
int mkostemp64(char *path, int flags) {
    return mkostemp(path, flags);
}
FILE *fopen(const char *path, const char *how) {
    if (strpbrk(how, "wa+") && to_write(path, O_WRONLY) && file_fails("fopen", path)) return NULL;
    return REAL(fopen)(path, how);
}
FILE *fopen64(const char *path, const char *how) {
    return fopen(path, how);
}

/* The file is closed all the same, as Linux does it. */
int close(int fd) {
    struct stat st;
    const int how = faults_kind() ? fcntl(fd, F_GETFL) : -1;
    const int point = how >= 0 && (how & O_ACCMODE) != O_RDONLY && !fstat(fd, &st) && S_ISREG(st.st_mode);
    const int fails = point && file_fails("close", "");
    const int was = errno;
    const int done = (int)syscall(SYS_close, fd);
    if (!fails) return done;
    errno = was;
    return -1;
}

typedef int main_fn(int, char **, char **);
static main_fn *their_main;

static int begin(int argc, char **argv, char **env) {
    void *frame[2];
    char word[16] = "", file[512] = "";
    unsigned long long at = 0;
    static const char *const name[] = {
        [FAULTS_ENOSPC] = "ENOSPC", [FAULTS_EIO] = "EIO",       [FAULTS_EINTR] = "EINTR",
        [FAULTS_SHORT] = "short",   [FAULTS_MEMORY] = "memory", [FAULTS_PROCESS] = "process"};
    if (getenv("FAULTS_PROBE")) _exit(99);
    const char *how = getenv("FAULTS");
    const int read = how ? sscanf(how, "%15[a-zA-Z]:%llu:%511[^\n]", word, &at, file) : 0;
    for (size_t i = 1; read == 3 && i < sizeof name / sizeof *name; i++)
        if (!strcmp(name[i], word)) kind = (enum faults_kind)i;
    const int fd = kind ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        fails_at = at;
        backtrace(frame, 2); /* loads what it needs */
        if (kind <= FAULTS_SHORT) faults_trap();
        const char *slash = strrchr(argv[0], '/');
        begun = state != MAP_FAILED && !strcmp(slash ? slash + 1 : argv[0], "tern");
    }
    return their_main(argc, argv, env);
}

int __libc_start_main(main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
int __libc_start_main(main_fn *their, int argc, char **argv, void (*a)(void), void (*b)(void),
                      void (*c)(void), void *stack_end) {
    their_main = their;
    __typeof__(&__libc_start_main) real = dlsym(RTLD_NEXT, "__libc_start_main");
    return real(begin, argc, argv, a, b, c, stack_end);
}
