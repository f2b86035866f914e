#include "kernels/format.h"

enum tern_status tern_accepts_any(size_t m, size_t k, struct tern_error *e) {
    (void)m, (void)k, (void)e;
    return TERN_OK;
}
