#include "cli/frequency.h"

#include "measure/machine/frequency.h"

#include <stdio.h>

void tern_cli_print_frequency(const char *before, double ghz) {
    printf("%sabout %.2f GHz (fastest of %d chains of dependent instructions)\n", before, ghz,
           TERN_FREQUENCY_BURSTS);
}

void tern_cli_add_frequency(json_t *document, double ghz) {
    if (document && ghz > 0)
        json_object_set_new(document, "frequency",
                            json_pack("{s:f, s:s, s:i}", "ghz", ghz, "estimator", "fastest multiply chain",
                                      "n", TERN_FREQUENCY_BURSTS));
}
