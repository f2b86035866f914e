#define _GNU_SOURCE
/* Runs a command and prints the instructions that it and its threads executed in user mode, by perf_event, as the last line of
 * stderr. Usage: drill-command COMMAND [ARGUMENT ...]. The exit code is the command's; 125: nothing could be counted. */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int opened(void) {
    struct perf_event_attr attr = {.size = sizeof attr,
                                   .type = PERF_TYPE_HARDWARE,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .disabled = 1,
                                   .inherit = 1,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1,
                                   .enable_on_exec = 1};
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

int main(int argc, char **argv) {
    const int counter = argc > 1 ? opened() : -1;
    uint64_t count = 0;
    int how = 0;
    if (counter < 0) {
        fprintf(stderr, "drill-command: %s\n", argc > 1 ? strerror(errno) : "no command");
        return 125;
    }
    const pid_t child = fork();
    if (!child) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &how, 0) != child ||
        read(counter, &count, sizeof count) != sizeof count) {
        fprintf(stderr, "drill-command: %s\n", strerror(errno));
        return 125;
    }
    fprintf(stderr, "instructions %" PRIu64 "\n", count);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 125;
}
