/* gnuplot as a child process: without shell and user settings, in the C locale, with a time limit. */
#ifndef TERN_REPORTS_FIGURES_GNUPLOT_H
#define TERN_REPORTS_FIGURES_GNUPLOT_H

#include "base/status.h"

#include <stddef.h>

/* The package of Debian and its relatives that brings it. */
#define TERN_GNUPLOT_PACKAGE "gnuplot-nox"

/* Runs `program --default-settings <script>` in `folder`. Its input and output are /dev/null.
 * TERN_UNSUPPORTED when it cannot be started, fails or takes longer than `limit_seconds`; the error text
 * has the first line of its standard error. */
enum tern_status tern_gnuplot_run(const char *program, const char *folder, const char *script,
                                  double limit_seconds, struct tern_error *e);

/* The same with the gnuplot variable `form` set to "png" or "pdf": the scripts choose their terminal by it.
 * NULL: not set. */
enum tern_status tern_gnuplot_run_as(const char *program, const char *folder, const char *script,
                                     const char *form, double limit_seconds, struct tern_error *e);

/* 1 when this gnuplot has the terminal. */
int tern_gnuplot_has(const char *program, const char *terminal);

#endif
