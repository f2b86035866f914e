/* The CSV file of a wall meter, and the data file of an energy model. */
#include "../frame.h"

#include "measure/energy/backend.h"
#include "measure/energy/model.h"

#include <math.h>
#include <stdlib.h>

static void model(const uint8_t *data, size_t bytes) {
    char *json = fuzz_text(data, bytes);
    struct tern_energy_model m;
    struct tern_error e = {""};
    const enum tern_status s = tern_energy_model_parse(json, "input", &m, &e);
    fuzz_said(s, &e);
    if (!s) {
        const struct tern_energy_range r = tern_energy_modelled(&m, 1, 1e6, 4e6);
        FUZZ_MUST(r.from <= r.to);
    }
    free(json);
}

void fuzz_on_meter(const uint8_t *data, size_t bytes) {
    void *state = NULL;
    char name[128];
    double joules = 0;
    struct tern_error e = {""};
    model(data, bytes);
    const char *path = fuzz_file("meter.csv", data, bytes);
    enum tern_status s = tern_energy_meter.open(path, &state, name, sizeof name, &e);
    fuzz_said(s, &e);
    if (s) return;
    fuzz_said(tern_energy_meter.start(state, &e), &e);
    s = tern_energy_meter.joules(state, &joules, &e);
    fuzz_said(s, &e);
    if (!s) FUZZ_MUST(isfinite(joules));
    tern_energy_meter.close(state);
}
