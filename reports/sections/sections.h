/* All sections of a report. */
#ifndef TERN_REPORTS_SECTIONS_SECTIONS_H
#define TERN_REPORTS_SECTIONS_SECTIONS_H

#include "reports/sections/section.h"

/* In the order of the page. */
extern const struct tern_section *const tern_sections[];
extern const size_t tern_section_count;

#endif
