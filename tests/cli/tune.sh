#!/bin/sh
# What a user of tern tune meets: the summary, its commands to copy, Ctrl-C, the files that it leaves. Prints TAP.
# Usage: tune.sh TERN
tern=$(realpath "$1")
. "$(dirname "$0")/check.sh"
PATH=$(dirname "$tern"):$PATH
export PATH TERN_ISA=scalar
unset TERN_KERNEL TERN_WISDOM
cd "$work" || exit 1
one="--problem 64x256 --batch 1,4 --threads 1 --effort quick --budget 900"

# shellcheck disable=SC2086
go tune -q $one
check "tuning ends well" [ $code = 0 ]
on_one_screen() { [ "$(wc -l <"$work/out")" -le 30 ] && ! grep -qE '.{81}' "$work/out"; }
check "its summary is at most 30 lines of 80 columns" on_one_screen
check "it begins with the machine" sh -c "head -n 1 '$work/out' | grep -qE 'core.*scalar.*, m:[0-9a-f]{16}$'"
check "it says how many kernels are proved, and how many cannot run" out '^proved: [1-9][0-9]* kernels .*; [0-9]+ cannot run here$'
check "decode has a row for the shape, with the ratio over I2_S and its interval" both out '^ *decode +1 thread +us  x I2_S \[95 %\]' '64x256 .*[0-9] \[[0-9.]+,[0-9.]+\]'
check "so has prefill" out '^ *prefill +of 4, 1 thread +ms '
check "it says how far it can be trusted" out '^trust: noise floor [0-9.]+ % .* of [0-9]+ figures unstable$'
check "no detail is printed unasked" no out 'median [0-9]|candidates'
sed -n '/^next:/,$s/^  //p' "$work/out" >"$work/next"
copied() {
    [ "$(wc -l <"$work/next")" -ge 2 ] || return 1
    while read -r line; do sh -c "$line" >"$work/out" 2>"$work/err" || return 1; done <"$work/next"
}
check "each command of its last lines works" copied
# shellcheck disable=SC2086
go tune -q $one
check "what is known is told as known" both out '64x256 .*known +20[0-9-]+' '^proved: nothing, because nothing was measured; '
# shellcheck disable=SC2086
go tune -q -v $one --again
check "-v tells who met whom" both out 'median [0-9.]+ \[.*GMAC/s' '^trust: '
# shellcheck disable=SC2086
"$tern" tune $one --again >"$work/out" 2>"$work/err"
check "elsewhere than on a terminal progress has no codes" no err "$(printf '\033')"

stopped() { # stopped SIGNAL SECONDS ARGUMENTS...: leaves the exit code in $code
    signal=$1 after=$2
    shift 2
    "$tern" tune --wisdom stopped --records stopped.jsonl -q "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    sleep "$after"
    kill -"$signal" $pid
    wait $pid
    code=$?
}
unset TERN_ISA
stopped TERM 0.3 --problem 4096x4096 --budget 900 --effort thorough
check "a signal while variants are proved ends it: try again later" refused 75 'stopped; tern tune --resume goes on'
check "and the summary says how to go on" both out '0 tuned' '^  tern tune --problem 4096x4096 --effort thorough --wisdom stopped --records stopped.jsonl --resume$'
gone() { ! pgrep -P $pid >"$work/out"; }
check "no process is left" gone
stopped TERM 8 --problem 64x256 --problem 4096x4096 --threads 1 --budget 900
check "so does a signal while variants are timed" [ $code = 75 ]
echo "1..$number"
