#!/bin/sh
# Counts the instructions of a whole decoded token on 64-bit ARM, at a level and at the scalar one, in an emulated machine whose
# counters are exact. The model is a thirtieth of BitNet b1.58 2B-4T: one of its layers, and as much of its vocabulary. Prints
# TAP: a token takes at most a sixth of the scalar level's instructions, and both levels choose the same tokens.
#
# usage: arm_token.sh SOURCE_ROOT WORK_FOLDER [LEVEL ...]   (default: neon)
#
# WORK_FOLDER may be that of arm.sh: it has the same sysroot and the same build.
set -u
here=$(dirname "$0") root=$1 work=$2
shift 2
[ $# -gt 0 ] || set -- neon
. "$here/arm_tools.sh"

echo "1..$#"
skip() {
    for i in $(seq "$1"); do echo "ok $i - tokens counted # SKIP $why"; done
    exit 0
}
why=$(arm_tools aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu aarch64-linux-gnu-g++=g++-aarch64-linux-gnu \
    qemu-system-aarch64=qemu-system-arm qemu-aarch64-static=qemu-user-static && arm_sysroot) || skip $#
kernel=$(find "$sysroot/boot/" -name 'vmlinuz-*' | head -n 1)
[ -n "$kernel" ] || { why="the sysroot has no kernel" && skip $#; }

arm_configure && ninja -C "$work/build" cli/tern tests/drills/drill-command >"$work/ninja.out" 2>&1 || {
    tail -n 20 "$work/setup.out" "$work/ninja.out" | sed 's/^/# /'
    exit 1
}
aarch64-linux-gnu-strip -o "$work/tern" "$work/build/cli/tern"
qemu-aarch64-static -L "$sysroot" "$work/tern" synth 2b-4t "$work/token.gguf" --layers 1 --vocab 4275 -q >"$work/synth.out" || exit 1
python3 "$here/initramfs.py" "$sysroot" "$work/token.gz" init="$here/arm_init.sh" guest.sh="$here/arm_token_guest.sh" \
    bin/busybox="$sysroot/bin/busybox" bin/tern="$work/tern" bin/drill-command="$work/build/tests/drills/drill-command" \
    token.gguf="$work/token.gguf"
timeout 3600 qemu-system-aarch64 -M virt -cpu max -m 2048 -smp 1 -icount shift=0 -nographic -nodefaults -serial stdio -no-reboot \
    -kernel "$kernel" -initrd "$work/token.gz" -append "console=ttyAMA0 quiet loglevel=4 panic=-1 levels=scalar,$(echo "$@" | tr ' ' ,)" \
    </dev/null 2>&1 | tr -d '\r' >"$work/token.out"

# The guest's lines: level, tokens, instructions, ids.
awk -v levels="$*" '
    $1 == "counted" { count[$2, $3] = $4; ids[$2, $3] = $0; sub(/.*ids/, "", ids[$2, $3]) }
    function token(level) { return (count[level, 4] - count[level, 2]) / 2 }
    END {
        n = split(levels, level, " ")
        for (i = 1; i <= n; i++) {
            l = level[i]
            good = token(l) > 0 && token("scalar") >= 6 * token(l) && ids[l, 4] == ids["scalar", 4] && ids[l, 4] ~ /[0-9]/
            bad += !good
            printf "%s %d - a token takes %.2f million instructions at %s, %.2f at scalar: 1/%.1f\n", good ? "ok" : "not ok", i,
                token(l) / 1e6, l, token("scalar") / 1e6, good ? token("scalar") / token(l) : 0
        }
        exit (bad > 0)
    }' "$work/token.out" || { sed 's/^/# /' "$work/token.out" | tail -n 30 && exit 1; }
