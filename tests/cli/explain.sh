#!/bin/sh
# Why a winner won: TERN
tern=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TERN_WISDOM="$dir/wisdom" XDG_STATE_HOME="$dir" TERN_ISA=scalar
n=0
check() { # NAME, then 0 or not
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' "$dir/out" "$dir/err"; fi
}
go() { "$tern" "$@" >"$dir/out" 2>"$dir/err"; }
echo 1..6
go tune -q --problem 64x256x1 --threads 1 --effort quick --budget 900
check "a problem is tuned" "$(grep -q '^gemv 64x256x1 t=1 ' "$TERN_WISDOM"; echo $?)"
go wisdom explain 64x256x1 --threads 1
check "bytes, ceilings, counters, uops and the second are named or have a reason" "$(for word in reads ceiling counters uops second; do grep -q "^    $word " "$dir/out" || echo 1; done | wc -l)"
if grep -q 'instructions [0-9.]* per 1000 weights in its loops (' "$dir/out"; then
    first=$(grep instructions "$dir/out")
    check "instructions are counted, and called so" "$(grep -qE '\((single-stepped|hardware counter|valgrind), n=1: of [0-9]+ and [0-9]+ rows' "$dir/out"; echo $?)"
    go wisdom explain 64x256x1 --threads 1
    # A counter may be off by what an interrupt does; steps may not.
    check "and by steps are the same every time" "$(! grep -q single-stepped "$dir/out" || [ "$first" = "$(grep instructions "$dir/out")" ]; echo $?)"
else
    check "instructions that cannot be counted have a reason" "$(grep -q 'instructions not counted: .' "$dir/out"; echo $?)"
    check "and no number" "$(! grep -q 'instructions [0-9]' "$dir/out"; echo $?)"
fi
go gate --count-calls 1 --variant gemm_p64_i8_r1k1__scalar --problem 64x256x1 --params prefetch=7
check "parameters that a variant has not are refused" "$([ $? = 3 ] && [ "$(wc -l <"$dir/err")" = 1 ]; echo $?)"
go gate --count-calls 1 --variant gemm_p64_i8_r1k1__scalar --problem 64x256x1 --params split=k
check "calls with K split can be counted" $?
