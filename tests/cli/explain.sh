#!/bin/sh
# Why a winner won. Prints TAP. Usage: explain.sh TERN
tern=$1
. "$(dirname "$0")/check.sh"
export TERN_WISDOM="$work/wisdom" TERN_ISA=scalar
echo 1..10
go tune -q --problem 64x256x1 --threads 1 --effort quick --budget 900
check "a problem is tuned" grep -q '^gemv 64x256x1 t=1 ' "$TERN_WISDOM"
go wisdom explain 64x256x1 --threads 1
named() { for word in reads ceiling counters uops second; do out "^    $word " || return 1; done; }
check "bytes, ceilings, counters, uops and the second are named or have a reason" named
if out 'instructions [0-9.]* per 1000 weights in its loops \('; then
    first=$(grep instructions "$work/out")
    check "instructions are counted, and called so" out '\((single-stepped|hardware counter|valgrind), n=1: of [0-9]+ and [0-9]+ rows'
    go wisdom explain 64x256x1 --threads 1
    # A counter may be off by what an interrupt does; steps may not.
    same() { ! out single-stepped || [ "$first" = "$(grep instructions "$work/out")" ]; }
    check "and by steps are the same every time" same
else
    check "instructions that cannot be counted have a reason" out 'instructions not counted: .'
    check "and no number" no out 'instructions [0-9]'
fi
go gate --count-calls 1 --variant gemm_p64_i8_r1k1__scalar --problem 64x256x1 --params prefetch=7
check "parameters that a variant has not are refused" refused 3 prefetch
go gate --count-calls 1 --variant gemm_p64_i8_r1k1__scalar --problem 64x256x1 --params split=k
check "calls with K split can be counted" [ $code = 0 ]
ranks=$work/here.ranks
go wisdom export-ranks "$ranks"
check "what was tuned becomes ranks" grep -q '^1 2^14 one gem[vm]_.*__scalar .* 1\.000 of 1$' "$ranks"
cp "$ranks" "$work/once"
go wisdom export-ranks "$ranks"
check "the same wisdom gives the same file again" cmp -s "$ranks" "$work/once"
sed 's/^tern-ranks 1 [^ ]*/tern-ranks 1 elsewhere/' "$work/once" >"$ranks"
go wisdom export-ranks "$ranks"
check "ranks of another micro-architecture are not mixed in" refused 3 elsewhere
go wisdom export-ranks --wisdom "$work/none" "$work/no.ranks"
check "without wisdom there is no file" refused 2 'tern tune'
