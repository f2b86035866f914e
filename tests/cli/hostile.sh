#!/bin/sh
# The world around a command: outputs that cannot be written or are no files, closed streams, no home, signals, two at once.
# Prints TAP. Usage: hostile.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$2
. "$(dirname "$0")/check.sh"
unset TERN_ISA TERN_KERNEL TERN_WISDOM TERN_SYSFS
model=$root/tests/data/micro-bitnet-b1.58.I2_S.gguf
cd "$work" || exit 1
mkdir folder

full() { "$tern" "$@" >/dev/full 2>"$work/err"; code=$?; }
closed() { "$tern" "$@" >&- 2>"$work/err"; code=$?; }
if [ -c /dev/full ]; then
    for command in "list" "list --json" "doctor" "inspect $model" "tokenize -m $model -p a" "wisdom show" \
        "run -m $model --tokens 1 -q" "e2e -m $model -p 4 -n 1 -r 1 -t 1 -q" "embed -m $model -p a --pool last -q" \
        "synth micro a.gguf -q" "convert $model b.gguf -q" "--help" "--version" "run --help" "tune --dry-run --problem 64x256"; do
        # shellcheck disable=SC2086
        full $command
        check "$(echo "$command" | sed "s|$root/||") to a full disk" refused 3 'output: could not be written'
    done
fi
closed list
check "a closed stdout" refused 3 'output'
closed run -m "$model" --tokens 1,2 -n 4 -q --logits rows
intact() { [ "$(wc -c <rows)" = "$("$tern" run -m "$model" --tokens 1,2 -n 4 -q --logits again >/dev/null && wc -c <again)" ] && cmp -s rows again; }
check "does not lend its number to an output file" intact
"$tern" list 2>"$work/err" | head -n 1 >"$work/out"
check "a reader that leaves early is nothing to speak of" [ ! -s "$work/err" ]

refuses() { # refuses TEXT CODE PATTERN ARGUMENTS...
    text=$1 wanted=$2 pattern=$3
    shift 3
    go "$@"
    check "$text" refused "$wanted" "$pattern"
}
refuses "a folder is no output file" 3 'Is a directory' synth micro folder -q
refuses "nor for a conversion" 3 'not a regular file' convert "$model" folder -q
refuses "nor for logits" 3 'Is a directory' run -m "$model" --tokens 1 -q --logits folder
refuses "a file is no folder to write into" 3 'Not a directory' synth micro a.gguf/x/y.gguf -q
mkfifo pipe
refuses "a pipe is not replaced" 3 'not a regular file' convert "$model" pipe -q
ln -s a.gguf link
go synth micro link -q --seed 7
linked() { [ $code = 0 ] && [ -L link ] && [ ! -L a.gguf ] && cmp -s link a.gguf; }
check "behind a link the file is replaced" linked
before=$(cksum <a.gguf)
(
    ulimit -f 100
    trap '' XFSZ
    "$tern" synth micro a.gguf -q --seed 8
) >"$work/out" 2>"$work/err"
code=$?
kept() { refused 3 'File too large' && [ "$(cksum <a.gguf)" = "$before" ]; }
check "what does not fit leaves the old file" kept
"$tern" synth 2b-4t big.gguf -q >/dev/null 2>&1 &
pid=$!
sleep 0.5
alive=0
kill -9 $pid 2>/dev/null && alive=1
wait $pid 2>/dev/null
nothing() { [ $alive = 1 ] && [ "$(find . -name 'big.gguf*' | wc -l)" = 0 ]; }
check "a killed writer leaves nothing" nothing
"$tern" synth micro c.gguf -q --seed 1 >/dev/null 2>&1 &
"$tern" synth micro c.gguf -q --seed 2 >/dev/null 2>&1
one=$?
wait $! && go inspect c.gguf
check "of two writers of one file one wins" [ "$one$code" = 00 ]

HOME=/dev/null go run -m "$model" --tokens 1 -n 1 -q
check "running needs no home" [ $code = 0 ]
for command in "tune --problem 64x256 --threads 1 --budget 2 -q" "history add $root/tests/data/none.jsonl"; do
    # shellcheck disable=SC2086
    HOME=/dev/null go $command
    check "${command%% *} needs one that is a folder" refused 3 'Not a directory|No such file'
    # shellcheck disable=SC2086
    HOME= go $command
    check "${command%% *} says so when there is none" refused 3 'no home'
done
for shape in 0x0x0 64x 64x256x 64x256q '64x256 ' 1x1x1x1 nan 99999999999999999999x1 64x256x99999999 64xx2 ''; do
    refuses "'$shape' is no problem" 3 'form MxK' wisdom explain "$shape"
done
for count in 0 -1 100000 1.5 nan 0x10 99999999999999999999 ''; do
    refuses "'$count' is no number of threads" 3 'whole number' run -m "$model" --tokens 1 -t "$count"
done
for real in nan inf -1 1e400 x ''; do refuses "'$real' is no temperature" 3 'not a number' run -m "$model" --tokens 1 --temp "$real"; done
TERN_KERNEL=gemm_none refuses "a forced kernel must be there" 3 'no such variant' run -m "$model" --tokens 1
beyond=$("$tern" list --json | awk -F'"' '$2 == "name" {name = $4} $2 == "needs" && $4 != "scalar" {print name; exit}')
if [ -n "$beyond" ]; then
    export TERN_ISA=scalar TERN_KERNEL="$beyond"
    refuses "and its instructions too" 4 'TERN_KERNEL: .*needs' run -m "$model" --tokens 1
    unset TERN_ISA TERN_KERNEL
fi
refuses "a typo in a file's name" 3 'nofile.jsonl: no such file' compare nofile.jsonl other.jsonl
refuses "a device is no model" 3 'not a regular file' run -m /dev/zero --tokens 1
refuses "nor wisdom" 3 'wisdom.*larger' wisdom show --wisdom /dev/zero
echo "1..$number"
