/* Fields of foreign files, and the record they become. */
#define _GNU_SOURCE
#include "reports/import/fields.h"

#include "measure/clock.h"
#include "reports/data/order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *tern_import_text(const json_t *o, const char *key) {
    const char *text = json_string_value(json_object_get(o, key));
    return text && *text ? text : NULL;
}

double tern_import_number(const json_t *o, const char *key) {
    const json_t *v = json_object_get(o, key);
    const char *text = json_string_value(v);
    char *end;
    if (json_is_number(v)) return json_number_value(v);
    if (!text || !*text) return NAN;
    const double x = strtod(text, &end);
    return *end || !isfinite(x) ? NAN : x;
}

void tern_import_time(const char *text, char *out, size_t out_bytes) {
    struct tm t = {0};
    const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &t) : NULL;
    int hours, minutes;
    char sign;
    snprintf(out, out_bytes, "%.*s", 40, tern_or_empty(text));
    if (!rest) return;
    if (*rest == '.') rest += 1 + strspn(rest + 1, "0123456789");
    long shift = 0;
    if (sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) == 3 && (sign == '+' || sign == '-'))
        shift = (hours * 60L + minutes) * (sign == '+' ? 60 : -60);
    else if (strcmp(rest, "Z") && *rest)
        return;
    const time_t at = timegm(&t) - shift;
    if (gmtime_r(&at, &t)) strftime(out, out_bytes, "%Y-%m-%dT%H:%M:%SZ", &t);
}

enum tern_status tern_import_put(struct tern_import_work *w, struct tern_record *r) {
    char run[128], now[32];
    const struct tern_import_options *o = w->o;
    if (o->machine) r->machine = o->machine;
    if (o->source) r->source = o->source;
    if (o->commit) r->commit = o->commit;
    if (!r->machine || !*r->machine) r->machine = "not said";
    tern_utc_text(now, sizeof now);
    if (!r->ts || !*r->ts) r->ts = now;
    snprintf(run, sizeof run, "import-%.60s-%.40s", r->source, r->ts);
    if (!r->run) r->run = o->run ? o->run : run;
    char *line = tern_record_json(r, w->e);
    if (!line) return TERN_NO_MEMORY;
    tern_text_put(w->lines, line);
    tern_text_put(w->lines, "\n");
    free(line);
    w->records++;
    return w->lines->failed ? tern_fail(w->e, TERN_NO_MEMORY, "import: out of memory") : TERN_OK;
}
