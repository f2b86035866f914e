#include "measure/machine/microarchitecture.h"

#include "measure/machine/arm_cores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AMD   "AuthenticAMD"
#define INTEL "GenuineIntel"

/* Models from first to last; the first line that fits counts. */
static const struct design {
    const char *vendor;
    int family, first, last;
    const char *name;
} designs[] = {
    {AMD, 0x17, 0x00, 0x2f, "zen"},           {AMD, 0x17, 0x30, 0xff, "zen2"},
    {AMD, 0x19, 0x10, 0x1f, "zen4"},          {AMD, 0x19, 0x60, 0x7f, "zen4"},
    {AMD, 0x19, 0xa0, 0xaf, "zen4"},          {AMD, 0x19, 0x00, 0x5f, "zen3"},
    {AMD, 0x1a, 0x00, 0x7f, "zen5"},          {INTEL, 6, 0x3c, 0x3c, "haswell"},
    {INTEL, 6, 0x3f, 0x3f, "haswell"},        {INTEL, 6, 0x45, 0x46, "haswell"},
    {INTEL, 6, 0x3d, 0x3d, "broadwell"},      {INTEL, 6, 0x47, 0x47, "broadwell"},
    {INTEL, 6, 0x4f, 0x4f, "broadwell"},      {INTEL, 6, 0x56, 0x56, "broadwell"},
    {INTEL, 6, 0x4e, 0x4e, "skylake"},        {INTEL, 6, 0x5e, 0x5e, "skylake"},
    {INTEL, 6, 0x8e, 0x8e, "skylake"},        {INTEL, 6, 0x9e, 0x9e, "skylake"},
    {INTEL, 6, 0xa5, 0xa6, "skylake"},        {INTEL, 6, 0x55, 0x55, "skylakex"},
    {INTEL, 6, 0x6a, 0x6c, "icelake"},        {INTEL, 6, 0x7d, 0x7e, "icelake"},
    {INTEL, 6, 0x8c, 0x8d, "tigerlake"},      {INTEL, 6, 0xa7, 0xa7, "rocketlake"},
    {INTEL, 6, 0x8f, 0x8f, "sapphirerapids"}, {INTEL, 6, 0xcf, 0xcf, "emeraldrapids"},
    {INTEL, 6, 0xad, 0xae, "graniterapids"},  {INTEL, 6, 0x97, 0x97, "alderlake"},
    {INTEL, 6, 0x9a, 0x9a, "alderlake"},      {INTEL, 6, 0xbe, 0xbe, "gracemont"},
    {INTEL, 6, 0xb7, 0xb7, "raptorlake"},     {INTEL, 6, 0xba, 0xba, "raptorlake"},
    {INTEL, 6, 0xbf, 0xbf, "raptorlake"},     {INTEL, 6, 0xaa, 0xaa, "meteorlake"},
    {INTEL, 6, 0xac, 0xac, "meteorlake"},     {INTEL, 6, 0xc5, 0xc6, "arrowlake"},
    {INTEL, 6, 0xbd, 0xbd, "lunarlake"},
};

static const char *design_of(const struct tern_machine *m) {
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        const struct design *d = &designs[i];
        if (m->family == d->family && m->model >= d->first && m->model <= d->last &&
            !strcmp(m->vendor, d->vendor))
            return d->name;
    }
    /* On ARM the vendor is the implementer's number, and the model the part. */
    const struct tern_arm_core *core =
        strncmp(m->vendor, "0x", 2) ? NULL : tern_arm_core((int)strtol(m->vendor, NULL, 16), m->model);
    return core ? core->design : NULL;
}

void tern_microarchitecture(const struct tern_machine *m, char name[TERN_MICROARCHITECTURE_NAME]) {
    const char *known = design_of(m);
    int n = known ? snprintf(name, TERN_MICROARCHITECTURE_NAME, "%s", known)
            : m->family >= 0
                ? snprintf(name, TERN_MICROARCHITECTURE_NAME, "family-%d-model-%d", m->family, m->model)
                : snprintf(name, TERN_MICROARCHITECTURE_NAME, "unknown");
    const char *kind = m->core_kinds ? m->kind[m->core_kinds - 1].name : "";
    if (kind[0] && strcmp(kind, "all"))
        snprintf(name + n, TERN_MICROARCHITECTURE_NAME - (size_t)n, "-%s", kind);
}
