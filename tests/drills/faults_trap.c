/* The points that are calls of the kernel: a filter sends them back to us as a signal, and the handler fails them or makes
 * them itself. Its own calls carry a mark in an argument that they do not use, which the filter lets through. */
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#define MARK 0x7e57fau

/* What may happen to it, and which argument is a file: a descriptor, or (`named`) a path. */
static const struct trapped {
    long number;
    const char *name;
    int interruptible, writes, named, argument;
} trapped[] = {
    {SYS_write, "write", 1, 1, 0, 0},         {SYS_pwrite64, "pwrite", 1, 1, 0, 0},
    {SYS_writev, "writev", 1, 1, 0, 0},       {SYS_ftruncate, "ftruncate", 1, 0, 0, 0},
    {SYS_fallocate, "fallocate", 1, 0, 0, 0}, {SYS_fsync, "fsync", 1, 0, 0, 0},
    {SYS_fdatasync, "fdatasync", 1, 0, 0, 0}, {SYS_flock, "flock", 1, 0, 0, 0},
    {SYS_renameat, "rename", 0, 0, 1, 3},     {SYS_linkat, "link", 0, 0, 1, 3},
    {SYS_mkdirat, "mkdir", 0, 0, 1, 1},
#ifdef SYS_rename
    {SYS_rename, "rename", 0, 0, 1, 1},
#endif
#ifdef SYS_link
    {SYS_link, "link", 0, 0, 1, 1},
#endif
#ifdef SYS_mkdir
    {SYS_mkdir, "mkdir", 0, 0, 1, 0},
#endif
};

enum { TRAPPED = sizeof trapped / sizeof *trapped };

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
static void arguments(const ucontext_t *u, long *a) {
    static const int at[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8};
    for (int i = 0; i < 5; i++) a[i] = (long)u->uc_mcontext.gregs[at[i]];
}
static void answer(ucontext_t *u, long value) {
    u->uc_mcontext.gregs[REG_RAX] = value;
}
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
static void arguments(const ucontext_t *u, long *a) {
    for (int i = 0; i < 5; i++) a[i] = (long)u->uc_mcontext.regs[i];
}
static void answer(ucontext_t *u, long value) {
    u->uc_mcontext.regs[0] = (unsigned long)value;
}
#endif

#ifdef ARCHITECTURE
/* Of descriptors only files of a disk count, and standard output; signals cannot interrupt what goes there, as long as all
 * handlers say SA_RESTART. */
static int is_point(const struct trapped *t, const long *a, enum faults_kind kind) {
    struct stat st;
    if (kind == FAULTS_NONE || kind > FAULTS_SHORT) return 0;
    if (kind == FAULTS_SHORT && (!t->writes || a[2] < 2)) return 0;
    if (kind == FAULTS_EINTR && (!t->interruptible || a[0] == STDOUT_FILENO)) return 0;
    if (t->named || (t->writes && a[0] == STDOUT_FILENO)) return 1;
    return a[0] != STDERR_FILENO && !fstat((int)a[0], &st) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static long fail(const struct trapped *t, const long *a, enum faults_kind kind) {
    if (kind == FAULTS_ENOSPC) return -(t->number == SYS_flock ? ENOLCK : ENOSPC);
    if (kind != FAULTS_SHORT) return kind == FAULTS_EIO ? -EIO : -EINTR;
    const struct iovec *v = (const struct iovec *)a[1];
    const long half = t->number == SYS_writev ? (long)(v->iov_len + 1) / 2 : a[2] / 2;
    const long second = t->number == SYS_writev ? (long)v->iov_base : a[1];
    const long number = t->number == SYS_writev ? SYS_write : t->number;
    const long done = syscall(number, a[0], second, half, a[3], 0, MARK);
    return done < 0 ? -errno : done;
}

/* A full disk stays full: what goes to standard output after a failure fails, too. */
static int fails(const struct trapped *t, const long *a, const char *path) {
    static int closed;
    const int out = t->writes && a[0] == STDOUT_FILENO;
    const int now = (out && closed) || faults_meet(t->name, path);
    if (now && out) closed = faults_kind() != FAULTS_SHORT;
    return now;
}

static void on_call(int number, siginfo_t *info, void *context) {
    const int was = errno;
    long a[5], done = -ENOSYS;
    (void)number;
    arguments(context, a);
    for (size_t i = 0; i < TRAPPED; i++) {
        const struct trapped *t = &trapped[i];
        if (t->number != info->si_syscall) continue;
        char path[480] = "", link[40];
        const enum faults_kind kind = faults_kind();
        const int point = is_point(t, a, kind);
        snprintf(link, sizeof link, "/proc/self/fd/%ld", a[0]);
        if (point && t->named) snprintf(path, sizeof path, "%s", (const char *)a[t->argument]);
        if (point && !t->named && readlink(link, path, sizeof path - 1) < 0) path[0] = 0;
        if (point && fails(t, a, path)) {
            done = fail(t, a, kind);
            break;
        }
        done = syscall(t->number, a[0], a[1], a[2], a[3], a[4], MARK);
        if (done < 0) done = -errno;
        break;
    }
    answer(context, done);
    errno = was;
}

void faults_trap(void) {
    struct sigaction act = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
    sigemptyset(&act.sa_mask);
    sigaction(SIGSYS, &act, NULL);
    struct sock_filter code[TRAPPED + 8];
    unsigned short n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, TRAPPED + 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < TRAPPED; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)trapped[i].number,
                                                 (unsigned char)(TRAPPED - i), 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    const struct sock_fprog program = {n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        perror("faults: seccomp");
}
#else
void faults_trap(void) {}
#endif
