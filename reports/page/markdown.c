#include "reports/page/write.h"
#include "reports/sections/section.h"

void tern_report_markdown(const struct tern_report_page *p, struct tern_text *t) {
    tern_text_put(t, "# tern report\n\n");
    for (size_t i = 0; i < p->sections; i++) {
        tern_text_printf(t, "## %s\n\n", p->section[i]->heading);
        tern_section_markdown(p->section[i], p, t);
    }
}
