/* The core's frequency, estimated from a chain of dependent multiplies. */
#ifndef TERN_MEASURE_MACHINE_FREQUENCY_H
#define TERN_MEASURE_MACHINE_FREQUENCY_H

#define TERN_FREQUENCY_BURSTS 32

/* In GHz, from the fastest of TERN_FREQUENCY_BURSTS bursts, about a millisecond together. A multiply takes 3
 * cycles on every x86 since 2008. 0 when not known, as on ARM, whose cores take 2 to 4 cycles. */
double tern_frequency_ghz(void);
/* The same from four bursts (some 30 us): cheap enough to stand around every round. */
double tern_frequency_now_ghz(void);

#endif
