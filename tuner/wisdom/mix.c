/* The mix of prompt and generated tokens: its text, and its line in a wisdom file. */
#define _GNU_SOURCE
#include "tuner/wisdom/mix.h"

#include "tuner/wisdom/line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 1e9 /* tokens; such numbers survive text and back */

int tern_mix_said(const struct tern_mix *mix) {
    return mix->prompt > 0 || mix->generated > 0;
}

int tern_mix_parse(const char *text, struct tern_mix *out) {
    char *end;
    if (*text < '0' || *text > '9') return 0;
    const double prompt = strtod(text, &end);
    if (*end != ':' || end[1] < '0' || end[1] > '9') return 0;
    const double generated = strtod(end + 1, &end);
    if (*end || !(prompt <= MOST) || !(generated <= MOST)) return 0;
    const struct tern_mix mix = {prompt, generated};
    if (!tern_mix_said(&mix)) return 0;
    *out = mix;
    return 1;
}

void tern_mix_text(const struct tern_mix *mix, char *out, size_t bytes) {
    const struct tern_mix m = tern_mix_said(mix) ? *mix : (struct tern_mix){1, 1};
    snprintf(out, bytes, "%g:%g", m.prompt, m.generated);
}

int tern_wisdom_render_mix(const struct tern_mix *mix, char line[TERN_WISDOM_LINE]) {
    char text[64];
    tern_mix_text(mix, text, sizeof text);
    snprintf(line, TERN_WISDOM_LINE, "mix %s", text);
    return tern_wisdom_seal(line, TERN_WISDOM_LINE);
}

int tern_wisdom_parse_mix(const char *line, size_t bytes, struct tern_mix *mix) {
    char text[64];
    const size_t n = tern_wisdom_sealed(line, bytes);
    if (n < 5 || n >= sizeof text || memcmp(line, "mix ", 4)) return 0;
    snprintf(text, sizeof text, "%.*s", (int)(n - 4), line + 4);
    return tern_mix_parse(text, mix);
}
