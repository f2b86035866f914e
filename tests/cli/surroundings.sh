#!/bin/sh
# What a process finds around it: clocks that jump, storms of signals, little stack, no threads, one processor, processors
# that are not there, no /proc, no /sys, a home that cannot be written or is missing, other locales. Prints TAP.
# Usage: surroundings.sh TERN SOURCE_ROOT WEATHER.so
tern=$(realpath "$1") root=$(realpath "$2") weather=$(realpath "$3")
. "$(dirname "$0")/check.sh"
unset TERN_KERNEL TERN_WISDOM TERN_SYSFS
export TERN_ISA=scalar
cd "$work" || exit 1
cp "$root/tests/data/micro-bitnet-b1.58.I2_S.gguf" micro.gguf
# A small machine: commands that measure take tenths of a second.
machine() { # machine FOLDER ONLINE
    for i in 0 1; do
        mkdir -p "$1/sys/devices/system/cpu/cpu0/cache/index$i"
        for pair in "level $((i + 1))" "type Unified" "size 32K" "shared_cpu_list 0" "coherency_line_size 64"; do
            echo "${pair#* }" >"$1/sys/devices/system/cpu/cpu0/cache/index$i/${pair%% *}"
        done
    done
    echo "$2" >"$1/sys/devices/system/cpu/online"
}
machine small 0
export TERN_SYSFS=$work/small

# Commands of every kind; what they write is looked at behind them.
bench="--problem 64x128x1 --regime hot --benchmark_min_time=0.001 --filter ^gemm_p64_i8_r1k1__scalar"
commands="synth micro m.gguf -q
convert micro.gguf c.gguf --type i2s4 -q
convert micro.gguf hf --type hfu8 -q
run -m micro.gguf --tokens 1,2 -n 2 -t 1 -q --logits l --print-ids
run -m micro.gguf --tokens 1,2 -n 2 -t 1 -q --cache cache
e2e -m micro.gguf -p 2 -n 1 -r 1 -t 1 -q --records r.jsonl
bench $bench --records r.jsonl --benchmark_out=b.json
history add r.jsonl --db h.db
history export --db h.db
report --records r.jsonl --out page --svg-only -q
verify -f ^gemm_i2s_i8_r1k1__scalar --quick -q
list --json
inspect micro.gguf --json
doctor --json"
everywhere() { # everywhere COMMAND...: all of them behind these words, in a fresh folder; what fails is in $failed
    rm -rf place
    mkdir -p place/home
    cp micro.gguf place
    failed=''
    while read -r line; do
        # shellcheck disable=SC2086
        (cd place && "$@" "$tern" $line >out 2>err </dev/null)
        code=$?
        case $line in report*) [ $code = 4 ] && code=0 ;; esac # there may be no drawings
        [ $code = 0 ] || failed="$failed [$line: $code $(head -c 200 place/err)]"
    done <<LIST
$commands
LIST
    [ -z "$failed" ] || echo "# $failed"
    [ -z "$failed" ]
}
litter() { [ -z "$(find place -name '*.unchecked' -o -name '*.[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]' ! -name '*.sqlite' | grep -vE '\.(script)$')" ]; }
records_are_sound() { python3 -c "
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    assert r.get('est', {}).get('median', 1) > 0, line" place/r.jsonl; }

check "all commands work in an ordinary place" everywhere env
LD_PRELOAD=$weather WEATHER=probe "$tern" --version >/dev/null 2>&1
if [ $? = 99 ]; then
    check "and while the clock of the day jumps back and forth" everywhere env LD_PRELOAD="$weather" WEATHER=clock
    check "with times above 0 in the records" records_are_sound
    check "and in a storm of signals that interrupt" everywhere env LD_PRELOAD="$weather" WEATHER=storm
    LD_PRELOAD=$weather WEATHER=clock "$tern" tune --problem 64x128x1 --threads 1 --budget 1 --effort quick -q --wisdom w --records t.jsonl >out 2>err
    check "a tuner whose clock jumps comes to its end" [ $? = 0 ]
    (sleep 0.3; echo hello) | LD_PRELOAD=$weather WEATHER=storm "$tern" tokenize -m micro.gguf -f - >out 2>err
    check "a storm while it waits for its input" [ $? = 0 ]
else
    for what in "the clock of the day jumps" "times are above 0" "a storm of signals" "the tuner's clock" "waiting in a storm"; do
        skip "$what" "nothing can be preloaded (a sanitizer, or a static program)"
    done
fi

"$tern" list --json >whole 2>/dev/null
mkfifo slow
"$tern" list --json >slow 2>err &
pid=$!
(sleep 0.5; cat) <slow >seen &
reader=$!
for i in 1 2 3 4 5 6 7 8; do
    kill -STOP $pid && kill -CONT $pid && kill -WINCH $pid && kill -URG $pid
    sleep 0.05
done 2>/dev/null
wait $pid
check "stopped and continued while a slow reader lets it wait" [ $? = 0 ]
wait $reader
check "and nothing of the output is lost" cmp -s whole seen

in_little_stack() { (ulimit -s 256 && everywhere env); }
check "all commands work with a stack of 256 KiB" in_little_stack
if command -v taskset >/dev/null && taskset -c 0 true 2>/dev/null; then
    check "and on one processor" everywhere taskset -c 0
    check "without leaving anything over" litter
    taskset -c 0 "$tern" run -m micro.gguf --tokens 1,2 -n 2 -t 2 -q --print-ids >one 2>err
    check "two threads on one processor" [ $? = 0 ]
else
    for what in "one processor" "nothing left over" "two threads on one"; do skip "$what" "there is no taskset"; done
fi
machine gone 0,1000-1001
TERN_SYSFS=$work/gone "$tern" doctor --json >out 2>err
check "processors that are not there do not stop doctor" [ $? = 0 ]
TERN_SYSFS=$work/gone "$tern" run -m micro.gguf --tokens 1,2 -n 1 -t 2 -q >out 2>err
code=$?
told_or_done() { [ $code = 0 ] || refused 4 'CPU|thread'; }
check "a thread on one of them is refused in one line, or runs elsewhere" told_or_done

# As an ordinary user, who cannot start any more processes.
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --nproc=1 "$tern" "$@"; }
chmod 755 "$work"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && command -v prlimit >/dev/null && setpriv --reuid=65534 --regid=65534 --clear-groups "$tern" --version >/dev/null 2>&1; then
    as_nobody run -m "$work/micro.gguf" --tokens 1,2 -n 1 -t 2 -q --no-race >out 2>err
    code=$?
    one_line_or_works() { [ $code = 0 ] || { [ "$(grep -c . err)" = 1 ] && [ $code -le 4 ]; }; }
    cp err "$work/err" 2>/dev/null
    check "a thread that cannot be started is one line" one_line_or_works
    as_nobody verify -f '^gemm_i2s_i8_r1k1__scalar' --quick -q -t 1 >out 2>err
    code=$?
    check "a proof that cannot be started is told, and is no crash" sh -c "[ $code -ge 1 ] && [ $code -le 4 ]"
else
    skip "a thread that cannot be started" "needs root, setpriv and prlimit"
    skip "a proof that cannot be started" "needs root, setpriv and prlimit"
fi

apart() { unshare -m sh -c "$1"' && shift && exec "$@"' sh "$@"; }
if unshare -m true 2>/dev/null; then
    hide() { apart 'mount -t tmpfs none /sys && mount -t tmpfs none /proc' env -u TERN_SYSFS "$@"; }
    rm -rf place
    check "all commands work without /proc and /sys" everywhere hide
    check "without leaving anything over" litter
    mkdir -p locked/.config
    in_locked_home() { apart "mount --bind '$work/locked' '$work/locked' && mount -o remount,ro,bind '$work/locked'" env HOME="$work/locked" "$tern" "$@" >out 2>"$work/err"; code=$?; }
    in_locked_home run -m micro.gguf --tokens 1,2 -n 2 -t 1 -q
    check "run works with a home that cannot be written" [ $code = 0 ]
    # shellcheck disable=SC2086
    in_locked_home bench $bench
    read_only() { [ $code = 3 ] && grep -q '^tern: .*Read-only file system' "$work/err"; }
    check "bench says that its records cannot be kept there" read_only
    in_locked_home tune --problem 64x128x1 --threads 1 --budget 1 --effort quick -q
    check "so does tune" refused 3 'Read-only file system'
    in_locked_home history add "$work/place/r.jsonl"
    check "and history" refused 3 'Read-only file system'
else
    for what in "no /proc and /sys" "nothing left over" "a home that cannot be written" "its records" "its wisdom" "its history"; do
        skip "$what" "unshare -m is not allowed here"
    done
fi
homeless() { env -u HOME -u XDG_STATE_HOME -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME "$tern" "$@" >out 2>"$work/err"; code=$?; }
homeless run -m micro.gguf --tokens 1,2 -n 2 -t 1 -q
check "run works without a home" [ $code = 0 ]
# shellcheck disable=SC2086
homeless bench $bench
check "bench keeps no records and says so" sh -c "[ $code = 0 ] && grep -q 'no home folder is known' '$work/err'"
for command in "tune --problem 64x128x1 -q" "history add" "history list" "wisdom show" "compare commit:a commit:b"; do
    # shellcheck disable=SC2086
    homeless $command
    check "${command% -q} asks for a file" refused 3 'no home folder is known'
done

for locale in de_DE tr_TR; do
    if localedef -i "$locale" -f UTF-8 "$work/$locale.UTF-8" >/dev/null 2>&1; then
        for command in "list --json" "inspect micro.gguf --json" "history export --db place/h.db" "report --records place/r.jsonl --out page -q --svg-only --json"; do
            # shellcheck disable=SC2086
            LC_ALL=C "$tern" $command >plain 2>/dev/null
            # shellcheck disable=SC2086
            LOCPATH=$work LC_ALL=$locale.UTF-8 LANGUAGE=de "$tern" $command >foreign 2>err
            check "$locale changes nothing of: $command" cmp -s plain foreign
        done
    else
        skip "$locale" "the locale cannot be made"
    fi
done
echo "1..$number"
