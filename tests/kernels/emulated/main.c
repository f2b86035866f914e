/* Verifies kernels of levels that this CPU may lack. They are linked here from their own text with the words of the
 * vector headers in plain C, in place of those of the library, so what is proved is the arithmetic and the loops: every
 * sum, bound, tail and place. That an instruction does what its word says is left to a CPU that has it.
 *
 * Usage: emulated [full] NAME..., where each variant whose name contains NAME is verified. */
#include "base/isa.h"
#include "kernels/verify/cases.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    size_t count, number = 0;
    int failed = 0;
    if (TERN_NEEDS_AVX2 & ~tern_isa_detected()) {
        puts("1..0 # SKIP the tables are built with instructions of AVX2");
        return 0;
    }
    const int full = argc > 1 && !strcmp(argv[1], "full");
    const struct tern_variant *v = tern_variants(&count);
    for (int a = 1 + full; a < argc; a++) {
        const size_t before = number;
        for (size_t i = 0; i < count; i++) {
            if (!strstr(v[i].name, argv[a])) continue;
            struct tern_case_report r;
            tern_run_cases(&v[i], 1, full ? TERN_VERIFY_FULL : TERN_VERIFY_QUICK, &r);
            printf("%sok %zu - %s, %u cases%s%s\n", r.failed ? "not " : "", ++number, v[i].name, r.cases,
                   r.failed ? ": " : "", r.failed ? r.text : "");
            failed |= r.failed;
        }
        if (number == before) {
            printf("not ok %zu - no variant is called %s\n", ++number, argv[a]);
            failed = 1;
        }
    }
    printf("1..%zu\n", number);
    return failed;
}
