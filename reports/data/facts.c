#define _GNU_SOURCE
#include "reports/data/facts.h"

#include "reports/data/number.h"

#include <stdlib.h>
#include <string.h>

void tern_facts_free(struct tern_facts *f) {
    for (size_t i = 0; i < f->count; i++) {
        free(f->item[i].what);
        free(f->item[i].text);
    }
    free(f->item);
    *f = (struct tern_facts){0};
}

void tern_facts_add(struct tern_facts *f, const char *what, const char *text, size_t count) {
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->item[i].what, what) || strcmp(f->item[i].text, text)) continue;
        f->item[i].count += count;
        return;
    }
    if (f->count == f->room) {
        const size_t room = f->room ? f->room * 2 : 16;
        struct tern_fact *grown = realloc(f->item, room * sizeof *grown);
        if (!grown) {
            f->failed = 1;
            return;
        }
        f->item = grown, f->room = room;
    }
    struct tern_fact *x = &f->item[f->count];
    *x = (struct tern_fact){strdup(what), strdup(text), count};
    if (x->what && x->text) {
        f->count++;
        return;
    }
    free(x->what);
    free(x->text);
    f->failed = 1;
}

static int text_order(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **tern_report_machine_keys(const struct tern_report_data *d, size_t *count) {
    const char **key = calloc(d->all_count + 1, sizeof *key);
    *count = 0;
    if (!key) return NULL;
    size_t own = 0, n = 0;
    for (size_t i = 0; i < d->all_count; i++) own += !*tern_or_empty(d->all[i].source);
    for (size_t i = 0; i < d->all_count; i++)
        if (!own || !*tern_or_empty(d->all[i].source)) key[n++] = tern_or_empty(d->all[i].machine);
    qsort(key, n, sizeof *key, text_order);
    for (size_t i = 0; i < n; i++)
        if (!*count || strcmp(key[*count - 1], key[i])) key[(*count)++] = key[i];
    return key;
}

/* Takes the next word of *p, where double quotes may hold spaces together; returns 0 at the end. The quotes
 * are left out. */
static int next_word(const char **p, struct tern_text *word) {
    word->used = 0;
    tern_text_put(word, "");
    while (**p == ' ' || **p == '\t') ++*p;
    if (!**p) return 0;
    for (int quoted = 0; **p && (quoted || (**p != ' ' && **p != '\t')); ++*p) {
        if (**p == '"')
            quoted = !quoted;
        else
            tern_text_bytes(word, *p, 1);
    }
    return !word->failed;
}

static const struct {
    const char *key, *title;
    int bytes;
} titles[] = {
    {"vendor", "Vendor", 0},
    {"cpus", "Processors usable", 0},
    {"cores", "Cores", 0},
    {"packages", "Packages", 0},
    {"numa", "NUMA nodes", 0},
    {"l1d", "L1 data cache", 1},
    {"l2", "L2 cache", 1},
    {"l3", "L3 cache, as reported", 1},
    {"caches", "Sizes of caches", 0},
    {"memory", "Memory", 1},
    {"vector", "SVE register", 1},
    {"isa", "Instruction sets detected", 0},
    {"usable", "Instruction sets allowed", 0},
    {"hypervisor", "Hypervisor", 0},
    {"kernel", "Kernel", 0},
    {"governor", "Frequency governor", 0},
    {"thp", "Transparent huge pages", 0},
    {"topology", "Topology from", 0},
    {"ghz", "Frequency, GHz (estimated)", 0},
    {"clock", "Clock", 0},
    {"compiler", "Compiler", 0},
};

static void add_fact(struct tern_facts *f, const char *key, const char *value) {
    struct tern_text shown = {0};
    const char *title = key;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (strcmp(titles[i].key, key)) continue;
        title = titles[i].title;
        char *end;
        const double bytes = titles[i].bytes ? strtod(value, &end) : 0;
        if (titles[i].bytes && !*end && bytes > 0) tern_put_bytes(&shown, bytes);
    }
    if (!shown.used) tern_text_put(&shown, *value ? value : "not known");
    if (shown.failed)
        f->failed = 1;
    else
        tern_facts_add(f, title, shown.data, 0);
    tern_text_free(&shown);
}

static void add_pairs(struct tern_facts *f, const char *text) {
    struct tern_text word = {0};
    for (const char *p = tern_or_empty(text); next_word(&p, &word);) {
        char *equals = strchr(word.data, '=');
        if (!equals || equals == word.data) continue;
        *equals = 0;
        add_fact(f, word.data, equals + 1);
    }
    tern_text_free(&word);
}

void tern_report_machine_facts(const struct tern_report_data *d, const char *machine,
                               struct tern_facts *out) {
    const char *first = "", *last = "";
    tern_facts_add(out, "Machine key", *machine ? machine : "not recorded", 0);
    for (size_t i = 0; i < d->machines; i++) {
        const struct tern_record *r = d->machine[i];
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        if (*tern_or_empty(r->variant)) tern_facts_add(out, "Processor", r->variant, 0);
        add_pairs(out, r->params);
        add_pairs(out, r->flags);
    }
    for (size_t i = 0; i < d->all_count; i++) {
        const struct tern_record *r = &d->all[i];
        if (strcmp(tern_or_empty(r->machine), machine)) continue;
        const char *ts = tern_or_empty(r->ts);
        if (*ts && (!*first || strcmp(ts, first) < 0)) first = ts;
        if (strcmp(ts, last) > 0) last = ts;
    }
    if (*first) tern_facts_add(out, "First record", first, 0);
    if (*last) tern_facts_add(out, "Last record", last, 0);
    for (size_t i = 0; i < d->all_count; i++) {
        const struct tern_record *r = &d->all[i];
        if (!strcmp(tern_or_empty(r->machine), machine) && *tern_or_empty(r->suite))
            tern_facts_add(out, "tern version", r->suite, 1);
    }
}

static const char *meaning(const char *flag) {
    static const struct {
        const char *flag, *text;
    } known[] = {
        {"vm", "measured in a virtual machine: neighbours may take time away"},
        {"unstable", "the median absolute deviation is above 5 % of the median"},
        {"wcold-capped",
         "weights rotate through less than twice the last-level cache: a cap on memory decided"},
        {"dirty",
         "the machine was disturbed while it was measured, also when tried again; not used to find changes"},
        {"dirty-steal", "the hypervisor took more than 1 % of the processors' time"},
        {"dirty-load", "other processes used more than 5 % of the processors' time"},
        {"dirty-throttle", "the processor throttled during the measurement"},
        {"dirty-frequency", "the frequency moved by more than 5 % during the measurement"},
        {"broken-ceiling", "cold, but faster than the read ceiling: the regime or the ceiling is wrong"},
        {"regime-not-shown", "the speed does not show that the weights came from where the regime says"},
        {"incomplete", "the time budget ended first"},
        {"throttled", "the processor throttled during the measurement"},
        {"loaded", "other work was running"},
        {"turbo", "frequency boost was on: results depend on temperature and neighbours"},
        {"powersave", "the frequency governor was powersave"},
        {"tie", "not separable from the default"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].flag, flag)) return known[i].text;
    return "flag written by the measuring command";
}

/* What a record was in its comparison, or who ran it: no reason for care. */
static int is_role(const char *flag) {
    static const char *const role[] = {"default", "winner", "baseline", "gbench"};
    for (size_t i = 0; i < sizeof role / sizeof *role; i++)
        if (!strcmp(role[i], flag)) return 1;
    return 0;
}

void tern_report_warnings(const struct tern_report_data *d, const char *machine, struct tern_facts *out) {
    struct tern_text word = {0};
    for (size_t i = 0; i < d->all_count; i++) {
        const struct tern_record *r = &d->all[i];
        if (strcmp(tern_or_empty(r->machine), machine) || !strcmp(tern_or_empty(r->kind), "verify")) continue;
        for (const char *p = tern_or_empty(r->flags); next_word(&p, &word);)
            if (!strchr(word.data, '=') && !is_role(word.data))
                tern_facts_add(out, word.data, meaning(word.data), 1);
    }
    out->failed |= word.failed;
    tern_text_free(&word);
}

const char *tern_report_machine_name(const struct tern_report_data *d, const char *key) {
    for (size_t i = 0; i < d->machines; i++)
        if (!strcmp(tern_or_empty(d->machine[i]->machine), key) && *tern_or_empty(d->machine[i]->variant))
            return d->machine[i]->variant;
    return *key ? key : "unnamed machine";
}
