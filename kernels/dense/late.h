/* Libraries that are loaded when they are first called. OpenBLAS and oneDNN start threads and take memory as soon as
 * they are loaded; a program that only says its version must not pay for that, nor fail where it cannot. */
#ifndef TERN_KERNELS_DENSE_LATE_H
#define TERN_KERNELS_DENSE_LATE_H

/* Loads the first of the names (up to a NULL) that there is; NULL when there is none. It stays loaded. */
void *tern_late_library(const char *const *names);
/* Sets a pointer to a function, whatever its type: `into` is its address. 1 when there is such a function. */
int tern_late_bind(void *library, const char *name, void *into);

#endif
