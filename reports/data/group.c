#include "reports/data/group.h"

#include "reports/data/number.h"

#include <ctype.h>
#include <string.h>

int tern_same_group(const struct tern_record *a, const struct tern_record *b) {
    return a->n == b->n && a->threads == b->threads &&
           !strcmp(tern_or_empty(a->regime), tern_or_empty(b->regime)) &&
           !strcmp(tern_or_empty(a->machine), tern_or_empty(b->machine));
}

size_t tern_group_end(const struct tern_report_data *d, size_t first) {
    size_t end = first;
    while (end < d->problems && tern_same_group(d->problem[first].key, d->problem[end].key)) end++;
    return end;
}

void tern_put_group(struct tern_text *t, const struct tern_record *r) {
    tern_text_printf(t, "N=%zu \xc2\xb7 %zu thread%s", r->n, r->threads, r->threads == 1 ? "" : "s");
    if (*tern_or_empty(r->regime)) {
        tern_text_put(t, " \xc2\xb7 ");
        tern_text_label(t, r->regime);
    }
}

void tern_put_problem_label(struct tern_text *t, const struct tern_record *r) {
    tern_put_shape(t, r);
    tern_text_put(t, " \xc2\xb7 ");
    tern_put_group(t, r);
}

void tern_put_group_name(struct tern_text *t, const struct tern_record *r) {
    tern_text_printf(t, "-n%zu-%zut", r->n, r->threads);
    if (!*tern_or_empty(r->regime)) return;
    tern_text_put(t, "-");
    for (const char *p = r->regime; *p; p++)
        if (isalnum((unsigned char)*p)) tern_text_bytes(t, p, 1);
}
