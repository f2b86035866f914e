/* Prepares gnuplot's SVG for a page: unique ids, a name for screen readers, tooltips without script, no empty
 * groups. */
#ifndef TERN_REPORTS_FIGURES_SVG_H
#define TERN_REPORTS_FIGURES_SVG_H

#include "reports/data/text.h"

#include <stddef.h>

/* Appends the drawing `raw` to `out`. Ids get the prefix `name`. `title` is escaped and becomes the
 * accessible name. With `css` NULL the result is for inlining in HTML: it has no XML declaration, and the
 * page brings the colours. Otherwise it is a file of its own that contains this style sheet. Returns 0, or
 * -1 when `raw` holds no <svg> element. */
int tern_svg_finish(const char *raw, const char *name, const char *title, const char *css,
                    struct tern_text *out);

#endif
