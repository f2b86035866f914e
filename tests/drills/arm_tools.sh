# Sourced by the drills for 64-bit ARM: the cross compiler, a sysroot with the libraries of that architecture, a cross file for
# Meson, and one build. Needs: $root, $work. Nothing of another architecture is installed on this machine.
work=$(mkdir -p "$work" && cd "$work" && pwd)
sysroot=$work/sysroot
arm_libraries="libc6-dev libgcc-12-dev libstdc++-12-dev libjansson-dev libpcre2-dev libutf8proc-dev libsqlite3-dev zlib1g-dev libhwloc-dev
    libpapi-dev libbenchmark-dev libcriterion-dev busybox-static linux-image-arm64"

# arm_tools PROGRAM=PACKAGE...: installs what is missing. Each function prints why it cannot go on, and returns 1 then.
arm_tools() {
    packages=
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || packages="$packages ${pair#*=}"
    done
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { echo "this is not Debian" && return 1; }
    [ -z "$packages" ] && return 0
    [ "$(id -u)" = 0 ] || { echo "needs$packages" && return 1; }
    # shellcheck disable=SC2086
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; } \
        >"$work/install.out" 2>&1 || { echo "cannot install$packages; see $work/install.out" && return 1; }
}

# The libraries, by an apt that has its own lists and believes that nothing is installed: it knows all that they need. Of the
# kernel's package only the kernel is taken.
arm_sysroot() {
    [ -e "$work/sysroot.done" ] && return 0
    mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$sysroot"
    : >"$work/apt/status"
    apt="apt-get -q -y -o Dir::State::Lists=$work/apt/lists -o Dir::State::status=$work/apt/status -o Dir::Cache=$work/apt
        -o Dir::Cache::archives=$work/apt/archives -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Debug::NoLocking=1"
    # shellcheck disable=SC2086
    { $apt update && $apt install --download-only --no-install-recommends $arm_libraries; } >"$work/fetch.out" 2>&1 ||
        { echo "the libraries cannot be fetched; see $work/fetch.out" && return 1; }
    for package in "$work"/apt/archives/*.deb; do
        case $package in
        */linux-image-*) dpkg-deb --fsys-tarfile "$package" | tar -x -C "$sysroot" --wildcards './boot/vmlinuz-*' 2>/dev/null ;;
        *) dpkg-deb -x "$package" "$sysroot" || { echo "$package cannot be unpacked" && return 1; } ;;
        esac
    done
    : >"$work/sysroot.done"
}

arm_cross_file() {
    cat >"$work/cross.ini" <<-FILE
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
	FILE
}

# Configures $work/build once. The compilers of this machine are not meant.
arm_configure() {
    unset CC CXX CFLAGS CXXFLAGS LDFLAGS
    arm_cross_file
    [ -e "$work/build/build.ninja" ] && return 0
    meson setup "$work/build" "$root" --cross-file "$work/cross.ini" -Dopenblas=disabled -Donednn=disabled -Dlibedit=disabled \
        >"$work/setup.out" 2>&1
}
