/* One progress line on stderr, only when stderr is a terminal and the user did not ask for quiet. */
#ifndef TERN_BASE_PROGRESS_H
#define TERN_BASE_PROGRESS_H

struct tern_progress {
    int on;       /* draws at all */
    double shown; /* time of the last redraw, seconds */
    double started;
    const char *title;
};

/* `quiet` != 0 never draws. `title` must outlive the bar. */
void tern_progress_begin(struct tern_progress *p, const char *title, int quiet);
/* `fraction` in 0..1 and a short note ("best 1.92x p64"); redraws at most ten times a second. */
void tern_progress_step(struct tern_progress *p, double fraction, const char *note);
/* Wipes the line. */
void tern_progress_end(struct tern_progress *p);

#endif
