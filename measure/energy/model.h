/* A modelled estimate of energy: picojoules per byte moved and per multiply-add, from a data file that names
 * its sources. It is no measurement, and whoever prints it says "modelled" beside every number. */
#ifndef TERN_MEASURE_ENERGY_MODEL_H
#define TERN_MEASURE_ENERGY_MODEL_H

#include "base/status.h"

struct tern_energy_range {
    double from, to;
};

struct tern_energy_model {
    char name[64], about[160], source[256];
    struct tern_energy_range l1_byte, l2_byte, dram_byte, mac; /* pJ */
};

/* Parses the text of a model; `where` is for errors. TERN_BAD_INPUT when a part is missing, is no range of
 * numbers above zero, or has no source. */
enum tern_status tern_energy_model_parse(const char *json, const char *where, struct tern_energy_model *out,
                                         struct tern_error *e);
/* The file at `path`; NULL: the model that is built in (measure/energy/horowitz2014.json). */
enum tern_status tern_energy_model_read(const char *path, struct tern_energy_model *out,
                                        struct tern_error *e);

/* Joules of one call that reads `bytes` from DRAM (cold) or from L2 and does `macs` multiply-adds. */
struct tern_energy_range tern_energy_modelled(const struct tern_energy_model *m, int cold, double bytes,
                                              double macs);

#endif
