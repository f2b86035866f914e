#define _GNU_SOURCE
#include "reports/gate/trace.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK SIGUSR2

static int open_counter(pid_t child) {
    struct perf_event_attr a;
    memset(&a, 0, sizeof a);
    a.size = sizeof a;
    a.type = PERF_TYPE_HARDWARE;
    a.config = PERF_COUNT_HW_INSTRUCTIONS;
    a.disabled = 1;
    a.exclude_kernel = 1;
    a.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &a, child, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int tern_trace_counter_works(char *why, size_t why_bytes) {
    const int fd = open_counter(0);
    uint64_t n = 0;
    if (fd < 0) {
        snprintf(why, why_bytes, "the kernel gives no counter of instructions: %s", strerror(errno));
        return 0;
    }
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    for (volatile int i = 0; i < 1000; i++) continue;
    const int good = read(fd, &n, sizeof n) == sizeof n && n > 1000;
    close(fd);
    if (!good) snprintf(why, why_bytes, "the counter of instructions does not move");
    return good;
}

static pid_t wait_for(pid_t child, int *status) {
    pid_t got;
    do got = waitpid(child, status, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

static pid_t start_traced(const char *const *argv) {
    const pid_t child = fork();
    if (child) return child;
    const int null = open("/dev/null", O_RDWR);
    if (null >= 0) dup2(null, 0), dup2(null, 1), dup2(null, 2);
    setenv("TERN_GATE_MARK", "1", 1);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) _exit(126);
    execvp(argv[0], (char **)(uintptr_t)argv);
    _exit(127);
}

int tern_trace_steps_work(char *why, size_t why_bytes) {
    const char *const argv[] = {"true", NULL};
    int status = 0;
    const pid_t child = start_traced(argv);
    const int stopped = child > 0 && wait_for(child, &status) == child && WIFSTOPPED(status);
    if (stopped) {
        kill(child, SIGKILL);
        wait_for(child, &status);
        return 1;
    }
    snprintf(why, why_bytes, "ptrace is not allowed here");
    return 0;
}

/* Lets the child run until it stops at a mark; other signals are passed on. 0: it ended. */
static int run_to_mark(pid_t child, int *status) {
    long signal = 0;
    for (;;) {
        if (ptrace(PTRACE_CONT, child, NULL, (void *)signal)) return 0;
        if (wait_for(child, status) != child || !WIFSTOPPED(*status)) return 0;
        signal = WSTOPSIG(*status);
        if (signal == MARK) return 1;
        if (signal == SIGTRAP) signal = 0; /* exec */
    }
}

/* Steps to the next mark. 0: it ended, or too many. */
static int step_to_mark(pid_t child, uint64_t most, uint64_t *count, int *status) {
    long signal = 0;
    for (*count = 0; *count <= most; ++*count) {
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, (void *)signal)) return 0;
        if (wait_for(child, status) != child || !WIFSTOPPED(*status)) return 0;
        signal = WSTOPSIG(*status);
        if (signal == MARK) return 1;
        if (signal == SIGTRAP) signal = 0;
    }
    return 0;
}

static int count_to_mark(pid_t child, uint64_t *count, int *status, char *why, size_t why_bytes) {
    const int fd = open_counter(child);
    if (fd < 0) {
        snprintf(why, why_bytes, "no counter: %s", strerror(errno));
        return 0;
    }
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    const int good = run_to_mark(child, status) && read(fd, count, sizeof *count) == sizeof *count;
    close(fd);
    return good;
}

enum tern_status tern_trace_count(const char *const *argv, int by_counter, uint64_t steps_max,
                                  uint64_t *count, struct tern_error *e) {
    int status = 0, good = 0;
    char why[160] = "it ended before its work was done";
    *count = 0;
    const pid_t child = start_traced(argv);
    if (child < 0) return tern_fail(e, TERN_IO, "gate: fork: %s", strerror(errno));
    if (wait_for(child, &status) == child && WIFSTOPPED(status) && run_to_mark(child, &status)) {
        if (by_counter)
            good = count_to_mark(child, count, &status, why, sizeof why);
        else
            good = step_to_mark(child, steps_max, count, &status);
        if (!good && *count > steps_max)
            snprintf(why, sizeof why, "more than %llu steps: choose a smaller problem",
                     (unsigned long long)steps_max);
    }
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        wait_for(child, &status);
    } else if (WIFEXITED(status)) {
        snprintf(why, sizeof why, "exit code %d: does it know this variant and problem?",
                 WEXITSTATUS(status));
    }
    return good ? TERN_OK
                : tern_fail(e, TERN_UNSUPPORTED, "gate: %s: could not be counted: %s", argv[0], why);
}
#else
#include <stdio.h>

int tern_trace_counter_works(char *why, size_t why_bytes) {
    snprintf(why, why_bytes, "only on Linux");
    return 0;
}

int tern_trace_steps_work(char *why, size_t why_bytes) {
    snprintf(why, why_bytes, "only on Linux");
    return 0;
}

enum tern_status tern_trace_count(const char *const *argv, int by_counter, uint64_t steps_max,
                                  uint64_t *count, struct tern_error *e) {
    (void)by_counter, (void)steps_max, (void)count;
    return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: instructions are counted on Linux only", argv[0]);
}
#endif
