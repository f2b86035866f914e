/* Opens what a user names: a GGUF file, a folder of safetensors, or a synthetic model. */
#define _GNU_SOURCE
#include "models/load/open.h"

#include "base/starved/starved.h"
#include "models/hf/hf.h"
#include "models/load/i2s_layout.h"
#include "models/load/load.h"
#include "models/model.h"
#include "models/published.h"
#include "models/synth/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last option of "FILE,i2s=LAYOUT,tl=TILES"; NULL when there is none. */
static char *last_option(char *source) {
    static const char *const names[] = {",i2s=", ",tl="};
    char *last = NULL;
    for (size_t i = 0; i < 2; i++)
        for (char *at = source; (at = strstr(at, names[i])); at++)
            if (!last || at > last) last = at;
    return last;
}

/* Cuts the options off; a file that has such a name is itself. With `o` NULL they are not looked at. */
static enum tern_status take_options(char *source, struct tern_load_options *o, struct tern_error *e) {
    for (char *option; access(source, F_OK) != 0 && (option = last_option(source)); *option = 0) {
        if (!o) continue;
        if (option[1] == 't') {
            const enum tern_status s = tern_tl_tiles_read(option + 4, &o->tiles, e);
            if (s) return s;
        } else if (!(o->i2s = tern_i2s_layout_named(option + 5))) {
            return tern_fail(e, TERN_BAD_INPUT, "model: %s: the layout of I2_S is x86, arm or rows4", source);
        }
    }
    return TERN_OK;
}

enum tern_status tern_model_file_open(const char *source, struct tern_gguf **out, struct tern_error *e) {
    char *path = strdup(source);
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", source);
    take_options(path, NULL, e);
    const enum tern_status s = tern_hf_is(path) ? tern_hf_open(path, out, e) : tern_gguf_open(path, out, e);
    free(path);
    return s;
}

static enum tern_status open_file(const char *source, struct tern_model **out, struct tern_error *e) {
    struct tern_load_options options = {0};
    struct tern_gguf *g = NULL;
    char *path = strdup(source);
    if (!path) return tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", source);
    enum tern_status s = take_options(path, &options, e);
    if (!s) s = tern_model_file_open(path, &g, e);
    if (s == TERN_BAD_INPUT && access(path, F_OK)) tern_published_hint(path, e);
    if (s) goto done;
    struct tern_model *m = calloc(1, sizeof *m);
    if (!m) {
        tern_gguf_close(g);
        s = tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", path);
        goto done;
    }
    m->file = g;
    snprintf(m->source, sizeof m->source, "%s", path);
    s = tern_model_load(g, path, &options, m, e);
    if (s)
        tern_model_close(m);
    else
        *out = m;
done:
    free(path);
    return s;
}

enum tern_status tern_model_open(const char *source, struct tern_model **out, struct tern_error *e) {
    *out = NULL;
    enum tern_status s =
        strncmp(source, "synth:", 6) ? open_file(source, out, e) : tern_synth_open(source + 6, out, e);
    if (s || !tern_starved()) return s;
    tern_model_close(*out);
    *out = NULL;
    return tern_fail(e, TERN_NO_MEMORY, "model: %s: out of memory", source);
}
