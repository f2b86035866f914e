/* One progress line on stderr. On a terminal it is redrawn in place; elsewhere there is none, unless the caller
 * wants plain lines, of which one comes every ten seconds. */
#ifndef TERN_BASE_TALK_PROGRESS_H
#define TERN_BASE_TALK_PROGRESS_H

struct tern_progress {
    int on;       /* redraws in place */
    int plain;    /* set by the caller after the begin: lines where it cannot redraw */
    int quiet;    /* draws nothing at all */
    double shown; /* time of the last redraw, seconds */
    double started;
    const char *title;
};

/* `quiet` != 0 never draws. `title` must outlive the bar. */
void tern_progress_begin(struct tern_progress *p, const char *title, int quiet);
/* `fraction` in 0..1 and a short note ("best 1.92x p64"), cut where the terminal ends; redraws at most ten times a
 * second. The time that is left is what has passed times what is left of the whole. */
void tern_progress_step(struct tern_progress *p, double fraction, const char *note);
/* Wipes the line, so that another one can be printed; the next step draws it again. */
void tern_progress_wipe(struct tern_progress *p);
/* Wipes the line for good. */
void tern_progress_end(struct tern_progress *p);

#endif
