/* A folder of a test's own under $TMPDIR or /tmp, and what is in it. */
#ifndef TERN_TESTS_REPORTS_FOLDER_H
#define TERN_TESTS_REPORTS_FOLDER_H

/* Makes a new empty folder; free() the path after folder_drop. */
char *folder_new(void);
/* Removes it with all that is in it, three levels deep. */
void folder_drop(char *path);
/* The text of `folder`/`name`, free(); NULL when there is no such file. */
char *folder_read(const char *folder, const char *name);
/* Writes an executable file. */
void folder_program(const char *folder, const char *name, const char *text);

#endif
