#define _GNU_SOURCE
#include "tuner/wisdom/line.h"

#include "base/file.h"
#include "tuner/wisdom/plan_verdict.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT ((size_t)16 << 20)

/* "tern-wisdom 1 m:0123456789abcdef #crc" */
static enum tern_status read_header(const char *path, const char *line, size_t bytes, struct tern_wisdom *w,
                                    struct tern_error *e) {
    static const char magic[] = "tern-wisdom ";
    const size_t n = tern_wisdom_sealed(line, bytes), lead = sizeof magic - 1;
    if (!n || n <= lead || memcmp(line, magic, lead))
        return tern_fail(
            e, TERN_BAD_INPUT,
            "wisdom: %s: the first line is damaged or this is no wisdom file; remove it and tune again",
            path);
    if (n < lead + 3 || memcmp(line + lead, "1 ", 2))
        return tern_fail(e, TERN_UNSUPPORTED, "wisdom: %s: written by another version of tern; tune again",
                         path);
    const size_t key = n - lead - 2;
    if (key >= sizeof w->machine || memchr(line + lead + 2, 0, key))
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: %s: line 1: the machine key is malformed", path);
    memcpy(w->machine, line + lead + 2, key);
    w->machine[key] = 0;
    return TERN_OK;
}

static enum tern_status read_text(const char *path, const char *text, size_t bytes, const char *machine_key,
                                  int any_machine, struct tern_wisdom *w, struct tern_error *e) {
    const char *at = text, *const end = text + bytes;
    for (size_t number = 1; at < end || number == 1; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t n = (size_t)((stop ? stop : end) - at);
        struct tern_wisdom_entry entry;
        struct tern_mix mix;
        struct tern_plan_verdict verdict;
        enum tern_status s = TERN_OK;
        if (number == 1) {
            s = read_header(path, at, n, w, e);
            if (!s && !any_machine && machine_key && strcmp(w->machine, machine_key))
                s = tern_fail(
                    e, TERN_UNSUPPORTED,
                    "wisdom: %s: measured on machine %s, this one is %s: its winners may not win here; tune "
                    "into another file (TERN_WISDOM or --wisdom)",
                    path, w->machine, machine_key);
        } else if (tern_wisdom_parse(at, n, &entry)) {
            s = tern_wisdom_put(w, &entry, e);
        } else if (tern_wisdom_parse_mix(at, n, &mix)) {
            w->mix = mix;
        } else if (tern_wisdom_parse_plan(at, n, &verdict)) {
            s = tern_plan_verdict_put(w, &verdict, e);
        } else if (n) {
            w->skipped++;
        }
        if (s) return s;
        at = stop ? stop + 1 : end;
    }
    return TERN_OK;
}

enum tern_status tern_wisdom_read(const char *path, const char *machine_key, int any_machine,
                                  struct tern_wisdom *w, struct tern_error *e) {
    *w = (struct tern_wisdom){0};
    if (machine_key && strlen(machine_key) >= sizeof w->machine)
        return tern_fail(e, TERN_BAD_INPUT, "wisdom: machine key '%s' is too long", machine_key);
    if (access(path, F_OK)) {
        if (machine_key) strcpy(w->machine, machine_key);
        return TERN_OK;
    }
    char *text;
    size_t bytes;
    enum tern_status s = tern_file_read(path, LIMIT, &text, &bytes, e);
    if (!s)
        s = read_text(path, text, bytes, machine_key, any_machine, w, e);
    else
        return tern_fail_in(e, s, "wisdom");
    free(text);
    if (s) tern_wisdom_free(w);
    return s;
}
