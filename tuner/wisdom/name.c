/* A variant with its parameters in one word. */
#include "tuner/wisdom/wisdom.h"

#include <stdio.h>
#include <string.h>

const struct tern_variant *tern_wisdom_named(const char *text, int param[TERN_MAX_PARAMS]) {
    char copy[sizeof((struct tern_wisdom_entry *)0)->second];
    snprintf(copy, sizeof copy, "%s", text);
    char *open = strchr(copy, '['), *close = open ? strchr(open, ']') : NULL;
    if (open && !close) return NULL;
    if (open) *open = *close = 0;
    const struct tern_variant *v = tern_variant_named(copy);
    if (!v) return NULL;
    if (!open) return tern_variant_defaults(v, param), v;
    for (char *c = open + 1; *c; c++)
        if (*c == ',') *c = ' ';
    return tern_variant_params_parse(v, open + 1, param, NULL) == TERN_OK ? v : NULL;
}

void tern_wisdom_name(const struct tern_variant *v, const int *param, char *out, size_t bytes) {
    char params[120];
    tern_variant_params_text(v, param, params, sizeof params);
    for (char *p = params; *p; p++)
        if (*p == ' ') *p = ',';
    snprintf(out, bytes, "%.96s[%s]", v->name, params);
}
