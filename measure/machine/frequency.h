/* The core's frequency, estimated from a chain of dependent instructions of known length. */
#ifndef TERN_MEASURE_MACHINE_FREQUENCY_H
#define TERN_MEASURE_MACHINE_FREQUENCY_H

#define TERN_FREQUENCY_BURSTS 32

/* In GHz, from the fastest of TERN_FREQUENCY_BURSTS bursts, about a millisecond together. The chain is of
 * multiplications on x86 and of additions on ARM (measure/machine/arch). 0 where no such chain is known. */
double tern_frequency_ghz(void);
/* The same from four bursts (some 30 us): cheap enough to stand around every round. */
double tern_frequency_now_ghz(void);

#endif
