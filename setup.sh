# Sourced by run.sh and test.sh: installs missing Debian packages, configures and builds.
# Needs: $root. Sets: $build (folder), $tern (program).

build_packages="gcc g++ meson ninja-build pkg-config libjansson-dev libpcre2-dev libutf8proc-dev libsqlite3-dev zlib1g-dev"
library_packages="libedit-dev libpapi-dev libhwloc-dev libbenchmark-dev libopenblas-dev libdnnl-dev gnuplot-nox"
test_packages="clang-format libcriterion-dev libbenchmark-tools python3 python3-numpy python3-scipy git binutils valgrind"

say() { echo "tern: $*" >&2; }

# install PACKAGE...: installs those that are missing, or prints the one line that would and exits 3.
install_missing() {
    missing=
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian: install the equivalents of: $*"
        return 0
    fi
    for p in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
    done
    [ -z "$missing" ] && return 0
    line="apt-get install -y --no-install-recommends$missing"
    if [ "$(id -u)" = 0 ]; then
        sudo=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo=sudo
    else
        say "packages are missing; run this line, then start again:"
        echo "sudo apt-get update && sudo $line" >&2
        exit 3
    fi
    say "installing:$missing"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive $line; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        say "install: apt-get failed; the line was: $line"
        exit 3
    fi
    rm -f "$log"
}

# configure_and_build FOLDER MESON-OPTION...: builds $source (default: this checkout).
configure_and_build() {
    build=$1
    shift
    if [ ! -f "$build/build.ninja" ]; then
        meson setup "$build" "${source:-$root}" "$@" >"$build.setup.log" 2>&1 || {
            tail -n 15 "$build.setup.log" >&2
            say "build: meson setup failed; the whole log is $build.setup.log"
            exit 3
        }
        rm -f "$build.setup.log"
    fi
    ninja -C "$build" --quiet >"$build/ninja.out" 2>&1 || {
        tail -n 30 "$build/ninja.out" >&2
        say "build: ninja failed; the whole log is $build/ninja.out"
        exit 3
    }
    tern=$build/cli/tern
}
