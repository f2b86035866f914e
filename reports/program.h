/* Where an external program is: gnuplot, valgrind, a browser. */
#ifndef TERN_REPORTS_PROGRAM_H
#define TERN_REPORTS_PROGRAM_H

/* The path of the executable `name` in the first folder of `search` that has it. `search` is a list as in
 * PATH; an empty entry is skipped and never means the current folder. Heap (free()); NULL when there is
 * none. */
char *tern_find_program(const char *name, const char *search);

#endif
