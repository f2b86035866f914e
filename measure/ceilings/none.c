/* An architecture without loops of its own. */
#include "measure/ceilings/peak.h"

const struct tern_peak *const tern_arch_peaks = NULL;
const size_t tern_arch_peaks_count = 0;
