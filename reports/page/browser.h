/* Shows a written page in the user's browser: a child process of its own session, no shell. */
#ifndef TERN_REPORTS_PAGE_BROWSER_H
#define TERN_REPORTS_PAGE_BROWSER_H

#include "base/status.h"

/* Where a browser is looked for; strings are borrowed, NULL or "" = absent. */
struct tern_browser {
    const char *command; /* as $BROWSER: commands separated by colons, the first that exists is taken; "%s" in
                            it is the page, else the page comes last */
    const char *display; /* as $DISPLAY or $WAYLAND_DISPLAY: without one xdg-open is not tried */
    const char *search;  /* as $PATH */
};

/* Gives the absolute path of `page` to `command`, or to xdg-open when there is none. The child's input and
 * output are /dev/null. Returns as soon as it ends, after a second when it goes on. TERN_UNSUPPORTED when
 * there is nothing to open it with, or when the opener fails within that second; TERN_IO when there is no
 * such page.
 */
enum tern_status tern_browser_open(const char *page, const struct tern_browser *b, struct tern_error *e);

#endif
