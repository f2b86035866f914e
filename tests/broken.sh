#!/bin/sh
# In a build with -Dbroken_variant=true: every broken variant is caught and named, the run goes on, and none of them can be
# benchmarked, win or compute a token. Prints TAP. Usage: broken.sh TERN SOURCE_ROOT
tern=$1 root=$2
. "$(dirname "$0")/cli/check.sh"
echo "1..19"

"$tern" verify --quick --timeout 3 --seed 1 --filter 'p64.*__scalar' >"$work/verify"
check "verify fails" [ $? = 1 ]
check "a 16-bit sum that wraps is wrong" grep -q '^WRONG .*_wrap16__' "$work/verify"
check "a write beyond the result is found, by the guard page or by what stood there" \
    grep -qE '^(CRASHED .*_beyond__.*Segmentation fault|WRONG .*_beyond__.*outside)' "$work/verify"
check "an illegal instruction is named" grep -q '^CRASHED .*_sigill__.*Illegal instruction' "$work/verify"
check "a bad access is named" grep -q '^CRASHED .*_sigsegv__.*Segmentation fault' "$work/verify"
check "a hang ends" grep -q '^TIMED OUT .*_hang__' "$work/verify"
check "the run goes on and proves the others" grep -q '^passed .*gemm_p64_i8_r1k1__scalar' "$work/verify"

"$tern" verify --soak 2 --timeout 3 --seed 1 --filter '_(wrap16|sigill|sigsegv|hang|beyond)__|gemm_p64_i8_r1k1__' >"$work/soak"
check "a soak fails" [ $? = 1 ]
check "it names the wrong, the crashed and the hanging" \
    sh -c "grep -q '^WRONG .*_wrap16__' '$work/soak' && grep -q '^CRASHED .*_sigill__.*Illegal' '$work/soak' && grep -q '^TIMED OUT .*_hang__' '$work/soak'"
check "and the others go on" grep -q '^p64 *6 run .* 5 failed' "$work/soak"
again=$(sed -n 's/^  again: tern //p' "$work/soak" | grep _wrap16__)
eval "\"$tern\" $again" >"$work/again"
check "the command of a failure fails again" [ $? = 1 ]
check "with the same case and the same wrong result" [ "$(grep '^WRONG' "$work/again")" = "$(grep '^WRONG .*_wrap16__' "$work/soak")" ]

"$tern" bench --filter '_(wrap16|sigill|sigsegv|hang|beyond)__' --problem 64x256x1 --benchmark_min_time=0.01 >"$work/bench" 2>"$work/bench.err"
check "bench fails" [ $? = 1 ]
check "no broken variant is benchmarked" sh -c "! grep -q 'ns/call\|iterations=' '$work/bench' && ! grep -qE '^gemm.* ns ' '$work/bench'"

TERN_ISA=scalar "$tern" tune --problem 128x256x1 --threads 1 --budget 40 --effort quick -q --wisdom "$work/wisdom" --records "$work/records" \
    >"$work/tune" 2>"$work/tune.err"
check "tuning goes on without them" [ $? = 0 ]
check "none of them is in the wisdom" sh -c "grep -q 128x256x1 '$work/wisdom' && ! grep -qE '_wrap16|_sigill|_sigsegv|_hang|_beyond' '$work/wisdom'"

ids=$(tr ' \n' ',,' <"$root/tests/data/micro-bitnet-b1.58.tokens.txt" | sed 's/,*$//')
TERN_ISA=scalar "$tern" run -q -m "$root/tests/data/micro-bitnet-b1.58.I2_S.gguf" --tokens "$ids" --print-ids -n 32 --no-wisdom \
    --kv f32 >"$work/ids" 2>"$work/run.err"
check "the engine refuses them and computes the right tokens" [ "$(cat "$work/ids")" = "$(cat "$root/tests/data/micro-bitnet-b1.58.greedy.txt")" ]

"$tern" gate --baseline-bin "$tern" --baseline-filter '^gemm_p64_i8_r1k1__scalar/' --filter '^gemm_p64_i8_r1k1_slow5__scalar/' \
    --problem 40x64 --proxy >"$work/gate" 2>"$work/gate.err"
check "the gate finds a planted slowdown of 5 % in the instructions" [ $? = 1 ]
"$tern" gate --baseline-bin "$tern" --filter '^gemm_p64_i8_r1k1_slow5__scalar/' --problem 40x64 --proxy >"$work/gate" 2>"$work/gate.err"
check "and none in the same build" [ $? = 0 ]
