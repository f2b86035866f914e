#!/bin/sh
# A build for 64-bit ARM on another machine, and its proof in an emulator: compiled without a warning, every kernel verified on the
# processors that have its instructions and at every vector length, and models that give the logits and tokens of the
# reference. Prints TAP; exit code 77: nothing could be tried.
#
# usage: arm.sh SOURCE_ROOT WORK_FOLDER
#
# Needs Debian, and root or what arm_tools.sh names. The folder keeps the libraries and the build for the next time.
set -u
here=$(dirname "$0") root=$1 work=$2
. "$here/arm_tools.sh"

why=$(arm_tools aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu aarch64-linux-gnu-g++=g++-aarch64-linux-gnu \
    qemu-aarch64-static=qemu-user-static && arm_sysroot) || {
    echo "ok 1 - ARM # SKIP $why"
    echo 1..1
    exit 77
}

# result NAME LOG: by the exit code of the command before.
number=0 bad=
result() {
    code=$?
    number=$((number + 1))
    if [ $code = 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        tail -n 20 "$2" | sed 's/^/# /'
        bad=1
    fi
}
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

arm_configure
result "configures for aarch64" "$work/setup.out"
ninja -C "$work/build" cli/tern >"$work/ninja.out" 2>&1
result "compiles without a warning" "$work/ninja.out"
[ -z "$bad" ] || { echo "1..$number" && exit 1; }

# tern ARGUMENT...: on the emulated processor $cpu. An emulator is slow, and more so on a busy machine: no short limits of time.
export XDG_STATE_HOME="$work" XDG_CACHE_HOME="$work" XDG_CONFIG_HOME="$work"
tern() { qemu-aarch64-static -cpu "$cpu" -L "$sysroot" "$work/build/cli/tern" "$@"; }

# verify CPU FILTER WHAT: kernels and operations of these names.
verify() {
    cpu=$1
    tern verify --quick -q --timeout 600 --filter "$2" >"$work/verify.out" 2>&1
    code=$?
    if grep -q 'no variant matches' "$work/verify.out"; then
        skip "$3" "there is no such kernel"
        return
    fi
    [ $code = 0 ]
    result "$3: $(tail -n 1 "$work/verify.out")" "$work/verify.out"
}

# has CPU LEVELS: exactly these are detected.
has() {
    cpu=$1
    tern doctor >"$work/doctor.out" 2>&1 && grep -qx "  usable     $2" "$work/doctor.out"
    result "$1 has $2" "$work/doctor.out"
}

# vectors CPU: logits within 1e-3 of the reference's, and its tokens.
data=$root/tests/data/micro-bitnet-b1.58
vectors() {
    cpu=$1
    for file in I2_S I2_S-embd-Q6_K I2_S-embd-Q8_0; do
        reference=$data.$file
        [ -e "$reference.tokens.txt" ] || reference=$data
        ids=$(tr -s ' \n' ',,' <"$reference.tokens.txt" | sed 's/,*$//')
        tern run -q -m "$data.$file.gguf" --tokens "$ids" --print-ids --ignore-eos -n 32 --no-wisdom --kv f32 --ctx 96 \
            --logits "$work/logits" >"$work/ids" 2>"$work/run.out" &&
            python3 "$here/logits.py" "$reference.logits.f32" "$work/logits" 1e-3 >>"$work/run.out" 2>&1
        result "$cpu: $file: $(tail -n 1 "$work/run.out")" "$work/run.out"
    done
    tern run -q -m "$data.I2_S.gguf" --tokens "$(tr -s ' \n' ',,' <"$data.tokens.txt" | sed 's/,*$//')" --print-ids --ignore-eos \
        -n 32 --no-wisdom --kv f32 --ctx 96 >"$work/ids" 2>"$work/run.out" &&
        [ "$(tr -s ' \n' ' ' <"$work/ids")" = "$(tr -s ' \n' ' ' <"$data.greedy.txt")" ]
    result "$cpu: I2_S: the 32 tokens of the reference" "$work/run.out"
}

# Each processor verifies what it has more than those before it: the others' instructions are emulated alike.
has cortex-a53 "neon"
verify cortex-a53 . "cortex-a53, all kernels"
vectors cortex-a53
has cortex-a76 "neon dotprod"
verify cortex-a76 __dotprod "cortex-a76, dotprod"
vectors cortex-a76
has max,sve=off "neon dotprod i8mm"
verify max,sve=off __i8mm "i8mm without SVE"
vectors max,sve=off
has a64fx "neon sve"
verify a64fx '__sve$' "a64fx, SVE of 64 bytes without dotprod"
vectors a64fx
for vector in 16=max,sve-max-vq=1 32=max,sve-max-vq=2 64=max 256=max,sve-max-vq=16,sve-default-vector-length=256; do
    cpu=${vector#*=}
    tern doctor >"$work/doctor.out" 2>&1 && grep -qx "  vectors    ${vector%%=*} bytes (SVE)" "$work/doctor.out"
    result "SVE of ${vector%%=*} bytes is detected" "$work/doctor.out"
    verify "$cpu" __sve "SVE of ${vector%%=*} bytes"
done
vectors max
echo "1..$number"
[ -z "$bad" ]
