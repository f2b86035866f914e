/* Memory that ran out where nobody could be told.
 *
 * Some functions answer "there is none" when they find nothing, and have no other answer when they had no memory to look:
 * a list of a file's header, a fact of the machine, a member of a JSON value, a name that a filter matches. They note it
 * here. From then on no file is written (base/file.h), readers report it in place of what they take for a fault of the
 * file, and the program does not end with 0: what may lack something is never kept. */
#ifndef TERN_BASE_STARVED_STARVED_H
#define TERN_BASE_STARVED_STARVED_H

/* Notes that something may be missing. Returns 0, as those functions do. Thread-safe. */
int tern_starve(void);

/* 1: something may be missing, since the process began. */
int tern_starved(void);

#endif
