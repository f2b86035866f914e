#define _GNU_SOURCE
#include "kernels/dense/late.h"

#include <dlfcn.h>
#include <string.h>

void *tern_late_library(const char *const *names) {
    void *library = NULL;
    for (; *names && !library; names++) library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    return library;
}

int tern_late_bind(void *library, const char *name, void *into) {
    void *address = library ? dlsym(library, name) : NULL;
    memcpy(into, &address, sizeof address); /* C has no cast from a data pointer to a function pointer */
    return address != NULL;
}
