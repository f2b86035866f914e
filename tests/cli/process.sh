#!/bin/sh
# What happens to a process: limits, signals, files that shrink, devices as outputs, odd names, quotas, terminals.
# Prints TAP. Usage: process.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$2
. "$(dirname "$0")/check.sh"
unset TERN_ISA TERN_KERNEL TERN_WISDOM TERN_SYSFS
model=$root/tests/data/micro-bitnet-b1.58.I2_S.gguf
cd "$work" || exit 1

for command in "synth micro a.gguf -q" "convert $model b.gguf --type i2s4 -q" "run -m $model --tokens 1,2 -q --logits l" \
    "e2e -m $model -p 4 -n 1 -r 1 -t 1 -q --records long.jsonl"; do
    head -c 1000 /dev/zero >long.jsonl
    # shellcheck disable=SC2086
    (ulimit -c 0 && ulimit -f 1 && exec "$tern" $command) >/dev/null 2>err
    code=$?
    check "a limit of file sizes is an error of: $(echo "$command" | sed "s|$root/||")" refused 3 'File too large'
done

in_little_memory() { (ulimit -v 150000 && timeout 60 "$tern" --version >/dev/null 2>&1; [ $? != 124 ]); }
check "a limit of memory hangs nothing" in_little_memory

cp "$model" shrinks.gguf
mkfifo lines
rm -f out
(ulimit -c 0; exec timeout 60 "$tern" chat -m shrinks.gguf -n 2 --template none -q <lines >out 2>err) &
pid=$!
exec 7>lines
echo hi >&7
until [ -s out ] || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
: >shrinks.gguf
echo hi >&7
exec 7>&-
wait $pid
code=$?
check "a model that shrinks while it is used is one line" refused 3 'shrinks.gguf: the file became shorter'

go e2e -m "$model" -p 4 -n 1 -r 1 -t 1 -q --records /dev/null
check "records may go to a device" [ $code = 0 ]
mkfifo records
cat records >seen &
go e2e -m "$model" -p 4 -n 1 -r 1 -t 1 -q --records records
wait
check "and to a pipe" sh -c "[ $code = 0 ] && grep -q '\"kind\":\"e2e\"' seen"

odd=$(printf 'm\377"a,|b.gguf')
cp "$model" "$odd"
for command in "tokenize -p hi --json" "embed -p hi --pool last -q --json" "e2e -p 4 -n 1 -r 1 -t 1 -q -o json" \
    "perplexity -f $root/LICENSE --tokens 20 --ctx 8 --json -q"; do
    # shellcheck disable=SC2086
    set -- $command
    name=$1
    shift
    go "$name" -m "$odd" "$@"
    check "a name that is not UTF-8 does not hinder $name" sh -c "[ $code = 0 ] && python3 -c 'import json,sys; json.load(open(\"$work/out\"))'"
done
go convert "$model" "$odd.out" --type i2s4 --json -q
check "nor a conversion" [ $code = 0 ]
go e2e -m "$odd" -p 4 -n 0 -r 1 -t 1 -o csv -q
columns() { python3 -c "
import csv, sys
rows = list(csv.reader(open(sys.argv[1], errors='replace')))
sys.exit(len(rows[0]) != len(rows[1]))" "$work/out"; }
check "quotes and commas of a name stay in their field" columns

say() { printf '%s\n' "$1" | "$tern" chat -m "$model" -n 3 --template none -q >out 2>err; code=$?; }
say '/home/me/x.txt is full'
check "a message that begins with a path is answered" sh -c "[ -s out ] && ! grep -q command err"
say '/hlep'
check "a mistyped command is told" err "'/hlep' is not a command"
for command in "run -n 1 -q" "embed --pool last -q" "tokenize"; do
    # shellcheck disable=SC2086
    echo hi | "$tern" ${command%% *} -m "$model" -f - $(echo "$command " | cut -d' ' -f2-) >out 2>err
    code=$?
    check "-f - is standard input of ${command%% *}" [ $code = 0 ]
done

mkdir -p s/sys/devices/system/cpu s/sys/fs/cgroup/a s/proc/self
echo 0-15 >s/sys/devices/system/cpu/online
echo 0::/a/b >s/proc/self/cgroup
echo "max 100000" >s/sys/fs/cgroup/cpu.max
echo "250000 100000" >s/sys/fs/cgroup/a/cpu.max
TERN_SYSFS=$work/s "$tern" doctor >out 2>err
check "doctor tells the quota of the control group above" out 'quota +2.5 processors.*2 threads by default'
TERN_SYSFS=$work/s "$tern" doctor --json >out 2>err
check "also as JSON" out '"quota_processors": 2.5'
rm -r s/sys/fs/cgroup
mkdir -p s/sys/fs/cgroup/cpu/x
echo 4:cpu,cpuacct:/x >s/proc/self/cgroup
echo 150000 >s/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us
echo 100000 >s/sys/fs/cgroup/cpu/x/cpu.cfs_period_us
TERN_SYSFS=$work/s "$tern" doctor >out 2>err
check "and that of version 1" out 'quota +1.5 processors.*1 thread by default'

if command -v script >/dev/null; then
    TERM=dumb script -qec "$tern synth small.none $work/x.gguf; $tern synth micro $work/x.gguf" typed >/dev/null 2>&1 </dev/null
    check "a terminal without codes gets none" no grep -q "$(printf '\033')" typed
else
    skip "a terminal without codes gets none" "there is no script(1)"
fi
echo "1..$number"
