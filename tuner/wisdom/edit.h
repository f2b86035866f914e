/* What people do to wisdom: merge files, forget entries, see which are stale. */
#ifndef TERN_TUNER_WISDOM_EDIT_H
#define TERN_TUNER_WISDOM_EDIT_H

#include "tuner/wisdom/wisdom.h"

/* Adds the entries of `from` to `into`. Where both know a problem, the better evidence stays: fresh before
 * stale, then complete before incomplete, then more effort, then the later date. The mix of `into` stays when it has one. *taken (may be NULL) counts
 * the entries that were added or replaced. After an error `into` is as before. The caller compares the
 * machine keys. */
enum tern_status tern_wisdom_merge(struct tern_wisdom *into, const struct tern_wisdom *from, size_t *taken,
                                   struct tern_error *e);

/* Removes the entries that match: every field of `p` that is 0 matches anything (the regime always does);
 * `stale_only` keeps entries whose code key is this build's. Returns how many went. */
size_t tern_wisdom_forget(struct tern_wisdom *w, const struct tern_problem *p, int stale_only);

/* The text of the file, as heap block (free()): header and sorted lines. */
enum tern_status tern_wisdom_text(const struct tern_wisdom *w, char **text, size_t *bytes,
                                  struct tern_error *e);

/* 1 when the entry was measured with other code than this build's, so that it no longer decides anything. */
int tern_wisdom_stale(const struct tern_wisdom_entry *entry);

#endif
