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
check "it says how far it can be trusted" out '^trust: noise floor [0-9.]+ %, at most .* of [0-9]+ figures unstable$'
check "no detail is printed unasked" no out 'median [0-9]|candidates'
sed -n '/^next:/,$s/^  //p' "$work/out" >"$work/next"
copied() {
    [ "$(wc -l <"$work/next")" -ge 2 ] || return 1
    while read -r line; do sh -c "$line" >"$work/out" 2>"$work/err" || return 1; done <"$work/next"
}
check "each command of its last lines works" copied
# An interval half as wide as its value is measured again: on a machine that does much else both may be.
narrow() { sed -n 's/.* ns=[0-9.]* ci=\([0-9.]*\)\.\.\([0-9.]*\) .*/\1 \2/p' .config/tern/wisdom | awk '$2 < 1.5 * $1 {n++} END {exit !n}'; }
if narrow; then
    # shellcheck disable=SC2086
    go tune -q $one
    check "what is known is told as known" out '64x256 .*known +20[0-9-]+'
else
    skip "what is known is told as known" "the machine is too busy"
fi
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
# A /proc whose counters we move: the hypervisor takes a tenth of the time.
mkdir -p tree/proc
counters() { echo "cpu 0 0 0 $1 0 0 0 $2 0 0" >tree/proc/stat.new && mv tree/proc/stat.new tree/proc/stat; }
stolen() {
    ticks=0
    while [ -e tree ]; do
        ticks=$((ticks + 5))
        counters $((9 * ticks)) $ticks
        sleep 0.02
    done
}
quietly="-q --problem 64x256x1 --threads 1 --effort quick --budget 900 --wisdom beside --no-records"
unset TERN_ACCEPT_BUSY
counters 100 0
# shellcheck disable=SC2086
TERN_SYSFS=$work/tree go tune $quietly
check "a quiet machine gives complete evidence" sh -c "[ $code = 0 ] && grep -q ' complete=1 ' beside"
check "--no-records records nothing" out '^records: none$'
stolen &
thief=$!
# shellcheck disable=SC2086
TERN_SYSFS=$work/tree go tune $quietly --again --wisdom stolen
check "what stays disturbed when repeated is told, with exit code 2" sh -c "[ $code = 2 ] && grep -q '^dirty: 1 of 1 problems, also when repeated: steal 10' out"
check "its row is marked" both out '^\*.* 64x256 ' ' \* dirty'
check "and it is no complete evidence" grep -q ' complete=0 ' stolen
check "a warning comes first" err '^tern: tune: the machine is busy: steal '
# shellcheck disable=SC2086
TERN_SYSFS=$work/tree go tune $quietly --again
check "which does not replace complete evidence, and says so" sh -c "grep -q 'complete evidence of .* stays' err && grep -q ' complete=1 ' beside"
# shellcheck disable=SC2086
TERN_SYSFS=$work/tree go tune $quietly --wisdom accepted --accept-busy
check "--accept-busy takes it" sh -c "[ $code = 0 ] && grep -q ' complete=1 ' accepted && grep -q '^dirty: 1 of 1 problems: steal' out"
rm -r tree
wait $thief

export TERN_ACCEPT_BUSY=1
unset TERN_ISA
stopped TERM 0.3 --problem 4096x4096 --budget 900 --effort thorough
check "a signal while variants are proved ends it: try again later" refused 75 'stopped; tern tune --resume goes on'
check "and the summary says how to go on" both out '0 tuned' '^  tern tune --problem 4096x4096 --effort thorough --wisdom stopped --records stopped.jsonl --resume$'
gone() { ! pgrep -P $pid >"$work/out"; }
check "no process is left" gone
stopped TERM 8 --problem 64x256 --problem 4096x4096 --threads 1 --budget 900
check "so does a signal while variants are timed" [ $code = 75 ]
echo "1..$number"
