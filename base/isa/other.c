#include "base/isa/levels.h"
#include "base/isa/relax.h"

const struct tern_isa_level tern_isa_table[] = {TERN_LEVEL_SCALAR};
const size_t tern_isa_table_count = 1;

uint32_t tern_isa_detected(void) {
    return 0;
}

void tern_relax(void) {}
