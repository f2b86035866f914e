/* One CSV file per table: unrounded numbers, an empty field for what was not measured. */
#include "reports/page/write.h"
#include "reports/sections/section.h"

enum tern_status tern_report_csv(const struct tern_report_page *p, struct tern_error *e) {
    for (size_t i = 0; i < p->sections; i++) {
        const struct tern_section *x = p->section[i];
        for (size_t j = 0; x->csv[j].name; j++) {
            struct tern_text t = {0};
            tern_section_csv(x, j, p, &t);
            const enum tern_status s = tern_text_save(&t, p->options->out, x->csv[j].name, e);
            tern_text_free(&t);
            if (s) return s;
        }
    }
    return TERN_OK;
}
