#define _GNU_SOURCE
#include "base/build_id.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROUND(n) (((n) + 3u) & ~3u) /* entries of a note stand at multiples of four */

/* The id among the notes of one segment. */
static void find(const unsigned char *note, size_t bytes, char out[TERN_BUILD_ID]) {
    ElfW(Nhdr) head;
    while (bytes >= sizeof head) {
        memcpy(&head, note, sizeof head);
        const size_t name = ROUND(head.n_namesz), whole = sizeof head + name + ROUND(head.n_descsz);
        if (whole > bytes) return;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && !memcmp(note + sizeof head, "GNU", 4) &&
            head.n_descsz <= (TERN_BUILD_ID - 1) / 2)
            for (size_t i = 0; i < head.n_descsz; i++)
                snprintf(out + 2 * i, 3, "%02x", note[sizeof head + name + i]);
        note += whole;
        bytes -= whole;
    }
}

static int look(struct dl_phdr_info *object, size_t size, void *out) {
    const uintptr_t here = (uintptr_t)&tern_build_id;
    int ours = 0;
    (void)size;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        if (p->p_type == PT_LOAD && here - (object->dlpi_addr + p->p_vaddr) < p->p_memsz) ours = 1;
    }
    for (size_t i = 0; ours && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        if (p->p_type == PT_NOTE) /* an address of the loaded object */
            find((const unsigned char *)(object->dlpi_addr + p->p_vaddr), p->p_memsz, out);
    }
    return ours;
}

void tern_build_id(char out[TERN_BUILD_ID]) {
    out[0] = 0;
    dl_iterate_phdr(look, out);
}
