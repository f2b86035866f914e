/* How commands show the estimated clock frequency (measure/ceilings). */
#ifndef TERN_CLI_FREQUENCY_H
#define TERN_CLI_FREQUENCY_H

#include <jansson.h>

/* Prints "<before>about 4.12 GHz (how it was found)" and a line feed. */
void tern_cli_print_frequency(const char *before, double ghz);
/* Adds "frequency" to a document, if it is known (above 0). */
void tern_cli_add_frequency(json_t *document, double ghz);

#endif
