#include "reports/data/flags.h"

#include <string.h>

static int has_word(const char *words, const char *word, size_t n) {
    for (const char *p = words; *p;) {
        const size_t size = strcspn(p, " ");
        if (size == n && !memcmp(p, word, n)) return 1;
        p += size + (p[size] == ' ');
    }
    return 0;
}

static void put_word(struct tern_text *t, size_t start, const char *word, size_t n) {
    if (t->used > start) tern_text_put(t, " ");
    tern_text_bytes(t, word, n);
}

void tern_put_notes(struct tern_text *t, const struct tern_report_data *d, const struct tern_record *r) {
    const char *flags = tern_or_empty(r->flags), *common = "";
    const size_t start = t->used;
    for (size_t i = 0; i < d->machines; i++)
        if (!strcmp(tern_or_empty(d->machine[i]->machine), tern_or_empty(r->machine)))
            common = tern_or_empty(d->machine[i]->flags);
    if (r->est.unstable && !has_word(flags, "unstable", 8)) put_word(t, start, "unstable", 8);
    if (!r->complete && !has_word(flags, "incomplete", 10)) put_word(t, start, "incomplete", 10);
    for (const char *p = flags; *p;) {
        const size_t n = strcspn(p, " ");
        if (n && !has_word(common, p, n)) put_word(t, start, p, n);
        p += n + (p[n] == ' ');
    }
}
