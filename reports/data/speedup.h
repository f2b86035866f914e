/* Rates, and how many times faster one record is than another. */
#ifndef TERN_REPORTS_DATA_SPEEDUP_H
#define TERN_REPORTS_DATA_SPEEDUP_H

#include "measure/records/record.h"

/* Work per nanosecond: bytes give GB/s, multiply-adds give GMAC/s. NaN when either number is absent. */
double tern_rate(double work, double ns);
/* Tokens per second and its interval, from "tok/s" or "ns/token" records. */
struct tern_report_tokens {
    double median, lo, hi, mad;
};
struct tern_report_tokens tern_report_tokens_of(const struct tern_record *r);

/* How many times faster one record is than another of the same problem. */
enum tern_speedup_method {
    TERN_SPEEDUP_UNKNOWN,
    TERN_SPEEDUP_PAIRED,  /* both in the same rounds: interval of the sign test */
    TERN_SPEEDUP_BY_BASE, /* both paired with one base: quotient of the two ratios, interval by the worst
                             corners */
    TERN_SPEEDUP_APART    /* measured separately: quotient of the medians, interval by the worst corners */
};
struct tern_speedup {
    double ratio, lo, hi; /* lo and hi NaN: no interval */
    size_t n;             /* the smaller of the two sample counts */
    enum tern_speedup_method method;
};
struct tern_speedup tern_speedup_of(const struct tern_record *fast, const struct tern_record *slow);
const char *tern_speedup_method_name(enum tern_speedup_method m);

#endif
