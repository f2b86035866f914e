#!/bin/sh
# Typos, missing files, hostile files, a foreign machine's wisdom, a full disk: one line on stderr and the documented exit
# code. Prints TAP. Usage: bad_input.sh TERN SOURCE_ROOT
tern=$1 root=$2
. "$(dirname "$0")/check.sh"
# expect CODE PATTERN ARG...: exit code and a single line on stderr that matches.
expect() {
    wanted=$1 pattern=$2
    shift 2
    go "$@"
    check "tern $*" refused "$wanted" "$pattern"
}
model=$root/tests/data/micro-bitnet-b1.58.I2_S.gguf
head -c 3000 /dev/urandom >"$work/noise.gguf"
: >"$work/empty.gguf"
printf 'tern-wisdom 1 m:0000000000000000 #00000000\n' >"$work/foreign"

expect 3 "'tnue' is not a command" tnue
expect 3 'unknown or incomplete option' list --fitler x
expect 3 'filter' list --filter '('
expect 3 'no variant matches' verify --filter nothing-has-this-name
expect 3 'not a level' verify --isa avx3
expect 3 'whole number' verify --seed many
expect 3 'soak' verify --soak long
expect 3 'quick' verify --soak 1 --quick
expect 3 'again' verify --soak 1 --again 1
expect 3 'again' verify --again 0
expect 3 'No such file' run -m "$work/none.gguf" --tokens 1
expect 3 'gguf|GGUF' run -m "$work/noise.gguf" --tokens 1
expect 3 'empty.gguf' run -m "$work/empty.gguf" --tokens 1
expect 3 'neither model.safetensors nor' run -m "$work" --tokens 1
mkdir "$work/checkpoint"
printf '\003\000\000\000\000\000\000\000{}' >"$work/checkpoint/model.safetensors"
expect 3 'safetensors: .*checkpoint/model.safetensors: the header of 3 bytes' inspect "$work/checkpoint"
printf '\002\000\000\000\000\000\000\000{}' >"$work/checkpoint/model.safetensors"
expect 3 'config.json' run -m "$work/checkpoint" --tokens 1
expect 3 'two arguments' convert "$model"
expect 3 'not a type' convert "$model" "$work/out.gguf" --type Q9
expect 4 'blk.0.attn_q: has zeros' convert "$model" "$work/out.gguf" --type Q1_0 -q
expect 3 'No such file' convert "$work/none.gguf" "$work/out.gguf" -q
expect 3 'x86, arm or rows4' inspect --i2s-layout mips "$model"
expect 3 'does not say how to pool' embed -m "$model" -p a -q
expect 3 'not one of mean' embed -m "$model" -p a --pool sum
expect 3 'synth' run -m synth:nothing --tokens 1
expect 3 '999' run -m "$model" --tokens 999
expect 3 'token|number' run -m "$model" --tokens 1,x
expect 3 'form MxK' tune --problem 12x --budget 1
expect 3 'budget' tune --problem 64x64x1 --budget soon
expect 3 'strateg' tune --problem 64x64x1 --budget 1 --strategy luck
expect 4 'energy' tune --problem 64x64x1 --budget 1 --objective energy
expect 3 'No such file' report --records "$work/none.jsonl" --out "$work/report"
expect 3 'No such file' inspect "$work/none.gguf"
TERN_ISA=avx3 expect 3 'TERN_ISA' list
TERN_ISA=avx3 expect 3 'TERN_ISA' run -m "$model" --tokens 1
expect 3 'wisdom' run -m "$model" --tokens 1 -n 1 -q --wisdom "$work/foreign"
echo "1..$number"
