#!/bin/sh
# A whole emulated machine of 64-bit ARM whose counters count: Debian's kernel, and tern in its first file system. In the emulator
# a nanosecond is an instruction, so that every count is known beforehand. Prints TAP.
#
# usage: arm_machine.sh SOURCE_ROOT WORK_FOLDER [CPU ...]   (default: cortex-a57 neoverse-n1 max)
#
# WORK_FOLDER may be that of arm.sh: it has the same sysroot and the same build.
set -u
here=$(dirname "$0") root=$1 work=$2
shift 2
[ $# -gt 0 ] || set -- cortex-a57 neoverse-n1 max
. "$here/arm_tools.sh"

# Checks: those of every processor, and those of the first, which tunes too.
number_of() { sed -n 's/^# checks: //p' "$here/$1"; }
common=$(number_of arm_guest.sh) tuning=$(number_of arm_guest_tune.sh) first=$1
all=$((1 + $# * common + tuning))
echo "1..$all"
skip() {
    for i in $(seq "$all"); do echo "ok $i - emulated machine # SKIP $why"; done
    exit 0
}
why=$(arm_tools aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu aarch64-linux-gnu-g++=g++-aarch64-linux-gnu \
    qemu-system-aarch64=qemu-system-arm && arm_sysroot) || skip "$@"
kernel=$(find "$sysroot/boot/" -name 'vmlinuz-*' | head -n 1)
[ -n "$kernel" ] || { why="the sysroot has no kernel" && skip "$@"; }

if arm_configure && ninja -C "$work/build" cli/tern tests/drills/drill-counted tests/measure/test-measure >"$work/ninja.out" 2>&1; then
    echo "ok 1 - compiles tern, its tests and a loop of known length"
else
    echo "not ok 1 - compiles tern, its tests and a loop of known length"
    tail -n 20 "$work/setup.out" "$work/ninja.out" | sed 's/^/# /'
    exit 1
fi
for program in cli/tern tests/drills/drill-counted tests/measure/test-measure; do
    aarch64-linux-gnu-strip -o "$work/$(basename $program)" "$work/build/$program"
done
python3 "$here/initramfs.py" "$sysroot" "$work/initramfs.gz" init="$here/arm_init.sh" guest.sh="$here/arm_guest.sh" tune.sh="$here/arm_guest_tune.sh" \
    check.sh="$here/../cli/check.sh" bin/busybox="$sysroot/bin/busybox" bin/tern="$work/tern" \
    bin/drill-counted="$work/drill-counted" bin/test-measure="$work/test-measure"

# They run at the same time, and need one processor each.
boot() { # boot CPU WORDS-FOR-THE-KERNEL
    timeout 1800 qemu-system-aarch64 -M virt -cpu "$1" -m 3072 -smp 1 -icount shift=0 -nographic -nodefaults -serial stdio \
        -no-reboot -kernel "$kernel" -initrd "$work/initramfs.gz" -append "console=ttyAMA0 quiet loglevel=4 panic=-1 cpu=$1 $2" \
        </dev/null 2>&1 | tr -d '\r' >"$work/machine-$1.out"
}
for cpu in "$@"; do boot "$cpu" "$([ "$cpu" = "$first" ] && echo tune=yes)" & done
wait

number=1 bad=
for cpu in "$@"; do
    log=$work/machine-$cpu.out checks=$common
    [ "$cpu" = "$first" ] && checks=$((common + tuning))
    # Each line of the guest's with a number of ours.
    for i in $(seq "$checks"); do
        number=$((number + 1))
        line=$(grep -E "^(not )?ok $i - " "$log" | head -n 1)
        case $line in
        "ok $i - "*) echo "ok $number - $cpu: ${line#ok "$i" - }" ;;
        *) echo "not ok $number - $cpu: ${line:-the guest said nothing}" && bad=1 ;;
        esac
    done
    grep -q 'the guest is done' "$log" && ! grep -q '^not ok' "$log" || { sed 's/^/# /' "$log" | tail -n 60 && bad=1; }
done
[ -z "$bad" ]
