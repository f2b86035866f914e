/* The baseline from its commit: a worktree of its own, one build per commit, kept. */
#define _GNU_SOURCE
#include "reports/gate/gate.h"

#include "base/file.h"
#include "reports/gate/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double git_seconds = 120, build_seconds = 3600;

/* One command; a failure's text is the last line it said. */
static enum tern_status run(const char *const *argv, double limit, char *out, size_t out_bytes,
                            struct tern_error *e) {
    char said[1024];
    int code;
    const enum tern_status s = tern_gate_process(argv, limit, out, out_bytes, said, sizeof said, &code, e);
    if (s) return s;
    if (!code) return TERN_OK;
    size_t n = strlen(said);
    while (n && (said[n - 1] == '\n' || said[n - 1] == ' ')) said[--n] = 0;
    const char *last = strrchr(said, '\n');
    return tern_fail(e, TERN_UNSUPPORTED, "gate: %s %s: exit code %d: %.300s", argv[0], argv[1], code,
                     last ? last + 1 : said);
}

static enum tern_status checkout_and_build(const char *source, const char *commit, const char *tree,
                                           const char *build, struct tern_error *e) {
    char nothing[8192];
    const char *add[] = {"git", "-C", source, "worktree", "add", "--force", "--detach", tree, commit, NULL};
    const char *drop[] = {"git", "-C", source, "worktree", "remove", "--force", tree, NULL};
    const char *setup[] = {"meson", "setup", build, tree, "--buildtype=release", "-Dtests=disabled", NULL};
    const char *ninja[] = {"ninja", "-C", build, "cli/tern", NULL};
    struct tern_error ignored;
    run(drop, git_seconds, nothing, sizeof nothing, &ignored); /* left over from an attempt that was killed */
    enum tern_status s = run(add, git_seconds, nothing, sizeof nothing, e);
    if (s) return s;
    s = tern_mkdirs(build, e);
    char *made = tern_format_text("%s/build.ninja", build);
    if (!s && made && access(made, R_OK)) s = run(setup, build_seconds, nothing, sizeof nothing, e);
    free(made);
    if (!s) s = run(ninja, build_seconds, nothing, sizeof nothing, e);
    run(drop, git_seconds, nothing, sizeof nothing, &ignored);
    return s;
}

enum tern_status tern_gate_build(const char *source, const char *ref, const char *cache, char **program,
                                 struct tern_error *e) {
    char commit[128];
    *program = NULL;
    if (*ref == '-') return tern_fail(e, TERN_BAD_INPUT, "gate: --baseline: '%s' is no commit", ref);
    char *wanted = tern_format_text("%s^{commit}", ref);
    const char *parse[] = {"git", "-C", source, "rev-parse", "--verify", "--quiet", wanted, NULL};
    enum tern_status s = wanted ? run(parse, git_seconds, commit, sizeof commit, e)
                                : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    free(wanted);
    if (s == TERN_UNSUPPORTED)
        s = tern_fail(e, TERN_BAD_INPUT, "gate: --baseline: git knows no commit '%s' in %s", ref, source);
    if (s) return s;
    commit[strcspn(commit, "\n")] = 0;
    char *tree = tern_format_text("%s/%s/source", cache, commit);
    char *build = tern_format_text("%s/%s/build", cache, commit);
    char *path = tern_format_text("%s/%s/build/cli/tern", cache, commit);
    if (!tree || !build || !path)
        s = tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    else if (access(path, X_OK))
        s = checkout_and_build(source, commit, tree, build, e);
    if (!s && access(path, X_OK))
        s = tern_fail(e, TERN_UNSUPPORTED, "gate: %s: the build made no program", path);
    free(tree);
    free(build);
    if (s)
        free(path);
    else
        *program = path;
    return s;
}
