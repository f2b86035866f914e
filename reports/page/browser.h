/* Shows a written page in the user's browser, as a child process in a session of its own, without a shell. */
#ifndef TERN_REPORTS_PAGE_BROWSER_H
#define TERN_REPORTS_PAGE_BROWSER_H

#include "base/status.h"

/* Where to look for a browser. Strings are borrowed; NULL or "" means absent. */
struct tern_browser {
    const char
        *command; /* like $BROWSER: commands separated by colons, of which the first that exists is taken;
                            "%s" in it stands for the page, otherwise the page is the last argument */
    const char *display; /* like $DISPLAY or $WAYLAND_DISPLAY: without it xdg-open is not tried */
    const char *search;  /* like $PATH */
};

/* Gives the absolute path of `page` to `command`, or to xdg-open when there is no command. The child's
 * input and output are /dev/null. Returns when the child ends, or after a second. TERN_UNSUPPORTED when
 * there is nothing to open the page with, or when the opener fails within that second; TERN_IO when there
 * is no such page. */
enum tern_status tern_browser_open(const char *page, const struct tern_browser *b, struct tern_error *e);

#endif
