#define _GNU_SOURCE
#include "kernels/verify/child.h"

#include "base/isa.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WALL = 4 }; /* so many times its limit of processor time may a child live */

#define LOOK_MS 100 /* between two looks at whether the caller wants to stop */

double tern_verify_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A hang takes processor time. On a busy machine, or one that stands still for a while, the clock on the wall says little
 * about it. That clock ends only what waits for ever. */
static void limit_time(unsigned timeout) {
    struct rlimit cpu;
    sigset_t ends; /* a mask is inherited, and a child that cannot be interrupted would hang for good */
    sigemptyset(&ends);
    sigaddset(&ends, SIGALRM);
    sigaddset(&ends, SIGXCPU);
    signal(SIGALRM, SIG_DFL);
    signal(SIGXCPU, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &ends, NULL);
    if (!getrlimit(RLIMIT_CPU, &cpu) && timeout < cpu.rlim_cur) {
        cpu.rlim_cur = timeout;
        setrlimit(RLIMIT_CPU, &cpu);
    }
    alarm(WALL * timeout);
}

static void child(const struct tern_verify_subject *v, const struct tern_verify_options *o, int fd,
                  unsigned timeout) {
    static const int fatal[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a killed parent must not leave a child that holds its locks */
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
    signal(SIGINT, SIG_IGN); /* of a terminal: the parent decides */
    limit_time(timeout);
    struct tern_case_report rep = {0};
    v->run(v->subject, o->seed, o->effort, &rep);
    _exit(write(fd, &rep, sizeof rep) == (ssize_t)sizeof rep ? 0 : 1);
}

enum tern_status tern_verify_start(const struct tern_verify_subject *v, const struct tern_verify_options *o,
                                   struct tern_verify_child *c, struct tern_error *e) {
    c->timeout = o->timeout_seconds ? o->timeout_seconds : o->effort == TERN_VERIFY_FULL ? 120 : 10;
    c->started = tern_verify_seconds();
    int fd[2];
    if (pipe2(fd, O_CLOEXEC)) return tern_fail(e, TERN_IO, "verify: %s: pipe: %s", v->name, strerror(errno));
    c->pid = fork();
    if (c->pid < 0) {
        close(fd[0]);
        close(fd[1]);
        return tern_fail(e, TERN_IO, "verify: %s: fork: %s", v->name, strerror(errno));
    }
    if (c->pid == 0) child(v, o, fd[1], c->timeout);
    close(fd[1]);
    c->fd = fd[0];
    return TERN_OK;
}

void tern_verify_kill(struct tern_verify_child *c) {
    kill(c->pid, SIGKILL);
    close(c->fd);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* A signal that comes right before the wait does not interrupt it, so the wait is short. */
size_t tern_verify_wait(const struct tern_verify_child *c, size_t running, const volatile int *stop) {
    struct pollfd p[TERN_VERIFY_JOBS_MAX];
    for (size_t i = 0; i < running; i++) p[i] = (struct pollfd){.fd = c[i].fd, .events = POLLIN};
    while (!stop || !*stop) {
        const int ready = poll(p, (nfds_t)running, stop ? LOOK_MS : -1);
        if (ready < 0 && errno != EINTR) return 0;
        for (size_t i = 0; ready > 0 && i < running; i++)
            if (p[i].revents) return i;
    }
    return running;
}

void tern_verify_lacks(uint32_t missing, struct tern_verdict *verdict) {
    char names[128];
    tern_isa_text(missing, names, sizeof names);
    *verdict = (struct tern_verdict){.kind = TERN_NOT_RUN};
    snprintf(verdict->text, sizeof verdict->text, "needs %s", names);
}

void tern_verify_collect(struct tern_verify_child *c, struct tern_verdict *verdict) {
    memset(verdict, 0, sizeof *verdict);
    struct tern_case_report rep = {0};
    size_t got = 0;
    while (got < sizeof rep) {
        const ssize_t n = read(c->fd, (char *)&rep + got, sizeof rep - got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        got += (size_t)n;
    }
    close(c->fd);
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {
    }
    verdict->cases = rep.cases;
    verdict->seconds = tern_verify_seconds() - c->started;
    if (got == sizeof rep) {
        verdict->kind = rep.failed ? TERN_WRONG : TERN_PASSED;
        memcpy(verdict->text, rep.text, sizeof verdict->text);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
        verdict->kind = TERN_TIMED_OUT;
        snprintf(verdict->text, sizeof verdict->text, "did not finish within %u s of processor time",
                 c->timeout);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        verdict->kind = TERN_TIMED_OUT;
        snprintf(verdict->text, sizeof verdict->text, "did not finish within %u s", WALL * c->timeout);
    } else if (WIFSIGNALED(status)) {
        const int sig = WTERMSIG(status);
        verdict->kind = TERN_CRASHED;
        snprintf(verdict->text, sizeof verdict->text, "%s (signal %d)", strsignal(sig), sig);
    } else {
        verdict->kind = TERN_CRASHED;
        snprintf(verdict->text, sizeof verdict->text, "the checking process ended with code %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    if (verdict->kind == TERN_PASSED && verdict->cases == 0) {
        verdict->kind = TERN_WRONG;
        snprintf(verdict->text, sizeof verdict->text, "no case fits it, so nothing was checked");
    }
}
