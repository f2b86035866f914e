#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/frequency.h"

#include "base/isa.h"
#include "measure/clock.h"
#include "measure/doctor.h"
#include "measure/machine/frequency.h"
#include "measure/machine/machine.h"
#include "measure/machine/microarchitecture.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "zen5" and "zen5, measured 2026-12-01". */
static void design_text(const struct tern_machine *m, char *design, char *ranks, size_t ranks_bytes) {
    struct tern_ranks *r;
    tern_microarchitecture(m, design);
    snprintf(ranks, ranks_bytes, "none of this CPU or a relative");
    if (tern_ranks_here(m, &r, NULL) == TERN_OK && r) tern_ranks_say(r, ranks, ranks_bytes);
    if (r) tern_ranks_drop(r);
}

static const char *size_text(size_t bytes, char *out, size_t out_bytes) {
    if (!bytes)
        snprintf(out, out_bytes, "not known");
    else if (bytes < (size_t)1 << 20 || (bytes < (size_t)16 << 20 && bytes % ((size_t)1 << 20)))
        snprintf(out, out_bytes, "%zu KiB", bytes >> 10);
    else if (bytes < (size_t)10 << 30)
        snprintf(out, out_bytes, "%zu MiB", bytes >> 20);
    else
        snprintf(out, out_bytes, "%.1f GiB", (double)bytes / (double)((size_t)1 << 30));
    return out;
}

static const char *usual_text(int usual) {
    return usual ? " (as this core usually has them: the system does not tell)" : "";
}

static void print_machine(const struct tern_machine *m, const struct tern_clock_facts *clock, double ghz) {
    char isa[256], usable[256], a[32], b[32], c[32];
    tern_isa_text(m->isa, isa, sizeof isa);
    tern_isa_text(m->usable, usable, sizeof usable);
    printf("machine\n  model      %s", m->brand);
    if (m->variant >= 0)
        printf(" (implementer %s, part 0x%03x, r%dp%d)", m->vendor, (unsigned)m->model, m->variant,
               m->stepping);
    else if (m->vendor[0])
        printf(" (%s, family %d, model %d, stepping %d)", m->vendor, m->family, m->model, m->stepping);
    char design[TERN_MICROARCHITECTURE_NAME], ranks[128];
    design_text(m, design, ranks, sizeof ranks);
    printf("\n  design     %s; ranks: %s", design, ranks);
    printf("\n  key        %s\n  usable     %s\n", m->key, usable);
    if (m->vector_bytes) printf("  vectors    %u bytes (SVE)\n", m->vector_bytes);
    if (m->usable != m->isa) printf("  detected   %s (TERN_ISA=%s)\n", isa, getenv("TERN_ISA"));
    printf("  topology   processors %zu, cores %zu, packages %zu, NUMA nodes %zu, kinds of core %zu (source: "
           "%s)\n",
           m->cpus, m->cores, m->packages, m->numa_nodes, m->core_kinds, m->topology_source);
    if (m->quota > 0)
        printf("  quota      %.4g processors' worth of time (cpu.max of the control group); %zu thread%s by "
               "default\n",
               m->quota, tern_machine_threads(m), tern_machine_threads(m) == 1 ? "" : "s");
    for (size_t k = 0; k < m->core_kinds && m->core_kinds > 1; k++)
        printf("  kind %-5s processors %zu, cores %zu, L1d %s, L2 %s%s\n", m->kind[k].name, m->kind[k].cpus,
               m->kind[k].cores, size_text(m->kind[k].l1d_bytes, a, sizeof a),
               size_text(m->kind[k].l2_bytes, b, sizeof b), usual_text(m->kind[k].caches_usual));
    printf("  caches     L1d %s, L2 %s, L3 %s", size_text(m->l1d_bytes, a, sizeof a),
           size_text(m->l2_bytes, b, sizeof b), size_text(m->l3_bytes, c, sizeof c));
    if (m->l3_shared_by) printf(" shared by %zu processors", m->l3_shared_by);
    printf("%s\n  memory     %s\n", usual_text(m->caches_usual), size_text(m->memory_bytes, a, sizeof a));
    printf("  system     %s%s%s\n", m->kernel[0] ? m->kernel : "not known",
           m->hypervisor[0] ? ", virtual machine: " : "", m->hypervisor);
    printf("  clock      %s, %.0f ns a reading (median), smallest step %.0f ns\n", clock->name,
           clock->overhead_ns, clock->resolution_ns);
    if (ghz > 0)
        tern_cli_print_frequency("  frequency  ", ghz);
    else
        printf("  frequency  not known on this architecture\n");
}

static void print_card(const struct tern_doctor_item *item, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!i || strcmp(item[i].group, item[i - 1].group)) printf("\n%s\n", item[i].group);
        printf("  %-13s %-8s %s\n", item[i].name, tern_doctor_state_name(item[i].state), item[i].value);
        if (item[i].remedy[0]) printf("  %-13s %-8s -> %s\n", "", "", item[i].remedy);
    }
}

static void set_known(json_t *o, const char *key, size_t v) {
    if (v) json_object_set_new(o, key, json_integer((json_int_t)v));
}

static json_t *isa_json(uint32_t mask) {
    char text[256];
    tern_isa_text(mask, text, sizeof text);
    return json_pack("{s:s, s:I, s:s}", "names", text, "mask", (json_int_t)mask, "level",
                     tern_isa_level_name(mask));
}

static json_t *machine_json(const struct tern_machine *m) {
    json_t *o = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "key", m->key, "brand", m->brand, "vendor",
                          m->vendor, "detected", isa_json(m->isa), "usable", isa_json(m->usable),
                          "topology_source", m->topology_source);
    const struct {
        const char *key;
        int v;
    } id[] = {{"family", m->family}, {"model", m->model}, {"stepping", m->stepping}, {"variant", m->variant}};
    for (size_t i = 0; i < sizeof id / sizeof *id; i++)
        if (id[i].v >= 0) json_object_set_new(o, id[i].key, json_integer(id[i].v));
    const struct {
        const char *key;
        size_t v;
    } count[] = {{"processors", m->cpus},           {"cores", m->cores},
                 {"packages", m->packages},         {"numa_nodes", m->numa_nodes},
                 {"core_kinds", m->core_kinds},     {"l1d_bytes", m->l1d_bytes},
                 {"l2_bytes", m->l2_bytes},         {"l3_bytes", m->l3_bytes},
                 {"l3_shared_by", m->l3_shared_by}, {"memory_bytes", m->memory_bytes},
                 {"vector_bytes", m->vector_bytes}};
    for (size_t i = 0; i < sizeof count / sizeof *count; i++) set_known(o, count[i].key, count[i].v);
    if (m->caches_usual) json_object_set_new(o, "caches_usual", json_true());
    if (m->quota > 0) json_object_set_new(o, "quota_processors", json_real(m->quota));
    char design[TERN_MICROARCHITECTURE_NAME], ranks[128];
    design_text(m, design, ranks, sizeof ranks);
    json_object_set_new(o, "microarchitecture", json_string(design));
    json_object_set_new(o, "ranks", json_string(ranks));
    json_t *cpus = json_array();
    for (size_t i = 0; i < m->cpus; i++) json_array_append_new(cpus, json_integer(m->cpu[i]));
    json_object_set_new(o, "cpus", cpus);
    json_t *kinds = json_array();
    for (size_t k = 0; k < m->core_kinds; k++) {
        int cpu[TERN_MAX_CPUS];
        const size_t n = tern_machine_kind_cpus(m, k, cpu);
        json_t *one = json_pack("{s:s, s:I}", "name", m->kind[k].name, "cores", (json_int_t)m->kind[k].cores);
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++) json_array_append_new(list, json_integer(cpu[i]));
        json_object_set_new(one, "cpus", list);
        set_known(one, "l1d_bytes", m->kind[k].l1d_bytes);
        set_known(one, "l2_bytes", m->kind[k].l2_bytes);
        json_array_append_new(kinds, one);
    }
    json_object_set_new(o, "kinds", kinds);
    const struct {
        const char *key, *v;
    } soft[] = {
        {"hypervisor", m->hypervisor}, {"kernel", m->kernel}, {"governor", m->governor}, {"thp", m->thp}};
    for (size_t i = 0; i < sizeof soft / sizeof *soft; i++)
        if (soft[i].v[0]) json_object_set_new(o, soft[i].key, json_string(soft[i].v));
    return o;
}

static int print_json(const struct tern_machine *m, const struct tern_clock_facts *clock, double ghz,
                      const struct tern_doctor_item *item, size_t n) {
    json_t *checks = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "group", item[i].group, "name", item[i].name, "state",
                              tern_doctor_state_name(item[i].state), "value", item[i].value);
        if (item[i].remedy[0]) json_object_set_new(o, "remedy", json_string(item[i].remedy));
        json_array_append_new(checks, o);
    }
    json_t *doc = json_pack("{s:i, s:s, s:o, s:{s:s, s:f, s:f}, s:o}", "schema", 1, "tern", TERN_VERSION,
                            "machine", machine_json(m), "clock", "name", clock->name, "overhead_ns_median",
                            clock->overhead_ns, "resolution_ns_min", clock->resolution_ns, "checks", checks);
    tern_cli_add_frequency(doc, ghz);
    return tern_cli_print_json_digits(doc, 6);
}

struct arguments {
    int json;
};

static const struct tern_cli_option options[] = {
    {"json", 0, NULL, "machine-readable", TERN_CLI_FLAG(struct arguments, json)},
};

static int run(int argc, char **argv) {
    static struct tern_doctor_item item[TERN_DOCTOR_MAX];
    struct arguments a = {0};
    struct tern_error e = {""};
    const struct tern_machine *m;
    const int rc = tern_cli_parse(&tern_command_doctor, argc, argv, &a, NULL);
    if (rc) return rc;
    const enum tern_status s = tern_machine_get(&m, &e);
    if (s) return tern_cli_fail(s, &e);
    const struct tern_clock_facts *clock = tern_clock_facts();
    const double ghz = tern_frequency_ghz();
    const size_t n = tern_doctor_read(m, item);
    if (a.json) return print_json(m, clock, ghz, item, n);
    printf("tern %s\n\n", TERN_VERSION);
    print_machine(m, clock, ghz);
    print_card(item, n);
    return 0;
}

const struct tern_command tern_command_doctor = {
    .name = "doctor",
    .summary = "what this machine has and lacks, each \"no\" with its reason and remedy",
    .usage = "[--json]",
    .about =
        "Shows the machine: CPU, usable instruction sets, topology, memory, clock, counters, energy, sources "
        "of noise, optional libraries and programs. Something that is missing gets its own line and is not "
        "an error: the exit code is 0.\n"
        "TERN_ISA limits the usable instruction sets. TERN_SYSFS makes tern read another /sys and /proc. "
        "HWLOC_XMLFILE shows the topology of another machine; lstopo --of xml writes such a file.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern doctor --json | python3 -m json.tool",
    .run = run,
};
