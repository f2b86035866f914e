/* Who else can write a file or a folder. What tern remembers between its runs (packed weights, wisdom, proofs, records) is
 * believed only where nobody but this user and root can have written it. */
#ifndef TERN_BASE_OWNER_H
#define TERN_BASE_OWNER_H

struct stat;

/* NULL when only the user of this process, those of its group, and root can write what `st` describes; else why not, such as
 * "it belongs to another user". Static. */
const char *tern_not_ours(const struct stat *st);

/* The same for a folder by its path. NULL also where there is none. */
const char *tern_folder_not_ours(const char *path);

/* tern's folder in the XDG folder `base`: it must be ours, and nobody may put another one in its place. */
const char *tern_home_not_ours(const char *base);

#endif
