/* Ctrl-C and SIGTERM while a tuning runs: it ends within a second, whatever it does, and a second signal ends it at once. */
#ifndef TERN_CLI_TUNE_STOP_H
#define TERN_CLI_TUNE_STOP_H

#define TERN_TUNE_STOPPED "tern: tune: stopped; tern tune --resume goes on from here\n"
#define TERN_TUNE_AGAIN   75 /* exit code: try again later */

/* From now on. What is returned becomes non-zero when the user wants the run to end; when the run has not come to its
 * end most of a second later, because it packs a large matrix or the like, the process ends with one line. That loses
 * nothing: every finished round is in the journal. */
const volatile int *tern_tune_watch(void);
/* What comes now is short and is to be whole: no late end any more. */
void tern_tune_watch_end(void);

#endif
