#!/bin/sh
# What the emulated machine of arm_machine.sh proves. Its processor, $cpu, executes one instruction a cycle and a nanosecond, and its
# counters are exact: so what they should say is known. Prints TAP; on one of the processors arm_guest_tune.sh goes on.
# checks: 15
tern=/bin/tern
. /check.sh

# counts EVENT A_TURN: what one more turn of a loop of two instructions makes of an event.
counts() { drill-counted "$1" >"$work/out" 2>"$work/err" && grep -qF "$1 = $2 a turn" "$work/out"; }
# stands_still EVENT: it can be opened, counts nothing, and is refused for that.
stands_still() { ! drill-counted "$1" >"$work/out" 2>"$work/err" && out "$1: .*stays at 0 over a loop that must move it"; }
# criterion FILTER: Criterion's tests of that name, all of them passed and some of them run.
criterion() {
    test-measure -j1 --tap --filter "$1" >"$work/out" 2>"$work/err"
    grep '^ok' "$work/out" | grep -vqi skip && no out '^not ok'
}

go doctor
check "doctor knows the processor" out "^  model +(Arm (Cortex|Neoverse)|.*core 0x)"
check "doctor knows that it is a guest" out 'virtual machine: vm'
# Two instructions for the loop come to 16 of the chain, so the chain looks that much slower than 1 GHz; a real core does them aside.
check "doctor finds the frequency of 1 GHz" out 'frequency +about (0\.8[89]|0\.9|1\.0)'
check "doctor has counters" out '^  counters +yes'
check "doctor counts by perf_event" out '^  perf +yes'
case $cpu in
cortex-a57)
    check "doctor counts by PAPI" out '^  papi +yes'
    check "PAPI counts instructions exactly" counts PAPI_TOT_INS 2.000000
    ;;
*)
    check "doctor says why PAPI does not count" out '^  papi +no +.'
    check "PAPI's event is refused with the reason" no counts PAPI_TOT_INS 2.000000
    ;;
esac
check "perf_event counts instructions exactly" counts perf:instructions 2.000000
check "perf_event counts cycles exactly" counts perf:cycles 2.000000
check "perf_event counts a raw event exactly" counts perf:r0008 2.000000
check "an event that opens but counts nothing is refused" stands_still perf:r001b

go bench --filter '^gemm_p64_i8_r1k1__scalar/' --problem 64x256x1 --regime hot --benchmark_min_time=0.001 --counters ipc
check "bench shows instructions per cycle" out '\bipc=1\b'
check "bench shows instructions per weight" out 'instructions_per_kilo_weight=[1-9]'

check "Criterion's tests of counters pass" criterion 'count*/*'
check "Criterion's tests of ceilings pass at the levels of $cpu" criterion 'peak/*'

if [ -n "${tune:-}" ]; then . /tune.sh; fi
