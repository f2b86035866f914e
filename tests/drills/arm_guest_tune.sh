# Sourced by arm_guest.sh on one processor of arm_machine.sh: tuning there is guided by counters, and what was counted is kept.
# checks: 5
# shellcheck disable=SC2154
# The level that all have: with the others' many kernels an emulator takes half an hour.
export TERN_WISDOM=/tmp/wisdom TERN_ISA=neon
go tune -q --problem 64x256x1 --threads 1 --effort quick --budget 900
check "tune finds a winner" grep -q '^gemv 64x256x1 t=1 ' "$TERN_WISDOM"
go wisdom explain 64x256x1 --threads 1
check "explain shows instructions per cycle, of the winner and of the peak" out 'counters 1\.00 instructions a cycle \(the loop of the multiply-add peak 1\.00\)'
# Nothing waits for memory there, and no miss is counted: cycles, instructions and known bytes must say so.
check "explain tells what bounds it by what was counted" out 'bound by compute \(counters: '
check "the search left out what counters say cannot win" out 'left out [1-9][0-9]* candidates'
check "explain counts a call's instructions by the counter" out 'instructions [0-9.]+ per 1000 weights in its loops \(hardware counter'
