#!/bin/sh
# A build for 64-bit ARM on another machine, and its proof in an emulator: configures, compiles without a warning, and passes
# `tern verify --quick` and `tern run -n 8`. Prints TAP.
#
# usage: arm.sh SOURCE_ROOT WORK_FOLDER
#
# Needs Debian's cross compiler, qemu-user-static, and apt for the libraries of that architecture. They are unpacked into
# WORK_FOLDER; nothing of another architecture is installed. Packages that are missing are installed when this is root.
set -u
root=$1 work=$2
mkdir -p "$work"
work=$(cd "$work" && pwd)
libraries="libc6-dev libgcc-12-dev libjansson-dev libpcre2-dev libutf8proc-dev libsqlite3-dev zlib1g-dev"
echo "1..4"

skip() {
    for i in 1 2 3 4; do echo "ok $i - ARM # SKIP $1"; done
    exit 0
}

# result NUMBER NAME LOG: by the exit code of the command before.
result() {
    if [ "$?" = 0 ]; then
        echo "ok $1 - $2"
    else
        echo "not ok $1 - $2"
        tail -n 20 "$3" | sed 's/^/# /'
        bad=1
    fi
}
bad=

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip "this is not Debian"
if ! command -v aarch64-linux-gnu-gcc >/dev/null || ! command -v qemu-aarch64-static >/dev/null; then
    [ "$(id -u)" = 0 ] || skip "needs gcc-aarch64-linux-gnu, g++-aarch64-linux-gnu and qemu-user-static"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user-static; } >"$work/install.out" 2>&1 ||
        skip "the cross compiler or the emulator cannot be installed; see $work/install.out"
fi

# The libraries, by an apt that has its own lists and believes that nothing is installed: it knows all that they need.
sysroot=$work/sysroot
if [ ! -e "$work/sysroot.done" ]; then
    mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$sysroot"
    : >"$work/apt/status"
    apt="apt-get -q -y -o Dir::State::Lists=$work/apt/lists -o Dir::State::status=$work/apt/status -o Dir::Cache=$work/apt
        -o Dir::Cache::archives=$work/apt/archives -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Debug::NoLocking=1"
    # shellcheck disable=SC2086
    { $apt update && $apt install --download-only --no-install-recommends $libraries; } >"$work/fetch.out" 2>&1 ||
        skip "the libraries cannot be fetched; see $work/fetch.out"
    for package in "$work"/apt/archives/*.deb; do
        dpkg-deb -x "$package" "$sysroot" || skip "$package cannot be unpacked"
    done
    : >"$work/sysroot.done"
fi

cat >"$work/cross.ini" <<END
[binaries]
c = ['aarch64-linux-gnu-gcc', '--sysroot=$sysroot']
cpp = ['aarch64-linux-gnu-g++', '--sysroot=$sysroot']
ar = 'aarch64-linux-gnu-gcc-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-aarch64-static', '-L', '$sysroot']
[properties]
sys_root = '$sysroot'
pkg_config_libdir = '$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:$sysroot/usr/share/pkgconfig'
[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'armv8-a'
endian = 'little'
END

# What the test programs need (Criterion) does not run in the emulator. The compilers of this machine are not meant.
unset CC CXX CFLAGS CXXFLAGS LDFLAGS
if [ ! -e "$work/build/build.ninja" ]; then
    meson setup "$work/build" "$root" --cross-file "$work/cross.ini" -Dopenblas=disabled -Donednn=disabled -Dpapi=disabled \
        -Dhwloc=disabled -Dlibedit=disabled -Dgbench=disabled -Dtests=disabled >"$work/setup.out" 2>&1
else
    true
fi
result 1 "configures for aarch64" "$work/setup.out"
ninja -C "$work/build" cli/tern >"$work/ninja.out" 2>&1
result 2 "compiles without a warning" "$work/ninja.out"

# An emulator is slow, and more so on a busy machine: no short limits of time.
tern() { qemu-aarch64-static -L "$sysroot" "$work/build/cli/tern" "$@"; }
tern verify --quick -q --timeout 300 >"$work/verify.out" 2>&1
result 3 "verify --quick: $(tail -n 1 "$work/verify.out")" "$work/verify.out"
data=$root/tests/data/micro-bitnet-b1.58
ids=$(tr ' \n' ',,' <"$data.tokens.txt" | sed 's/,*$//')
tern run -q -m "$data.I2_S.gguf" --tokens "$ids" --print-ids -n 8 --no-wisdom --kv f32 >"$work/ids" 2>"$work/run.out" &&
    [ "$(tr -s ' \n' ' ' <"$work/ids" | cut -d' ' -f1-8)" = "$(tr -s ' \n' ' ' <"$data.greedy.txt" | cut -d' ' -f1-8)" ]
result 4 "run -n 8 gives the tokens of the reference" "$work/run.out"
[ -z "$bad" ]
