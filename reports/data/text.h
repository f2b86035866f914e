/* A growing text, and safe ways to put strings of foreign files into it.
 *
 * A string of a record goes into HTML, Markdown, CSV, a shell line or a gnuplot file only through the
 * function of that name. When memory runs out, the text remembers it, and tern_text_save reports it once. */
#ifndef TERN_REPORTS_DATA_TEXT_H
#define TERN_REPORTS_DATA_TEXT_H

#include "base/status.h"

#include <stddef.h>

struct tern_text {
    char *data; /* NUL-terminated once anything was put; free with tern_text_free */
    size_t used, room;
    int failed; /* memory ran out: the text is incomplete */
};

void tern_text_bytes(struct tern_text *t, const char *p, size_t bytes);
void tern_text_put(struct tern_text *t, const char *s);
void tern_text_printf(struct tern_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tern_text_free(struct tern_text *t);

/* NULL is "" for all of these. Control characters and malformed UTF-8 become U+FFFD. */

/* For element content and for attribute values in either kind of quotes. */
void tern_text_html(struct tern_text *t, const char *s);
/* For a cell of a pipe table or a paragraph: no markup of the string survives. */
void tern_text_markdown(struct tern_text *t, const char *s);
/* One RFC 4180 field. A text that a spreadsheet would take for a formula gets a leading apostrophe. */
void tern_text_csv(struct tern_text *t, const char *s);
/* One word of a POSIX shell command line, quoted when needed. */
void tern_text_shell(struct tern_text *t, const char *s);
/* For gnuplot data files and single-quoted gnuplot strings: letters, digits and harmless ASCII punctuation,
 * anything else becomes '?'. */
void tern_text_label(struct tern_text *t, const char *s);

/* Replaces the file `folder`/`name` by the text. TERN_NO_MEMORY when the text is incomplete. */
enum tern_status tern_text_save(const struct tern_text *t, const char *folder, const char *name,
                                struct tern_error *e);

#endif
