#!/bin/sh
# Installs what is missing, builds and passes all tests. The last line is "N passed, N failed, N skipped".
#
#   ./test.sh          everything that is quick (under ten minutes)
#   ./test.sh --long   also the drills: sanitizers, clang, emulated old CPUs
#   ./test.sh --arm    also a build for 64-bit ARM, proved on emulated processors, and on an emulated machine with counters
#                      (10 to 15 minutes more)
#
# TERN_BUILD names the build folder (default build-test), TERN_SHARED the folder of the large test vectors.
set -eu
root=$(cd "$(dirname "$0")" && pwd)
. "$root/setup.sh"
long='' arm=''
for option in "$@"; do
    case $option in
    --long) long=1 ;;
    --arm) arm=1 ;;
    *)
        say "test: unknown option '$option'; see the head of test.sh"
        exit 3
        ;;
    esac
done

# shellcheck disable=SC2086
install_missing $build_packages $library_packages $test_packages
configure_and_build "${TERN_BUILD:-$root/build-test}"

# run_suite FOLDER ARG...: meson test, adding its subtests up; prints failures in full.
passed=0 failed=0 skipped=0
run_suite() {
    folder=$1
    shift
    log=$folder/tests.out
    meson test -C "$folder" --no-rebuild --print-errorlogs "$@" >"$log" 2>&1 || true
    cat "$log"
    json=$folder/meson-logs/testlog.json
    counts=$(python3 "$root/tests/count.py" "$json")
    # shellcheck disable=SC2086
    set -- $counts
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

run_suite "$build"

# The guide to adding a kernel, followed to the letter in a copy; the same build registers the broken variants.
ordinary=$build
python3 "$root/tests/guide.py" "$root" "$ordinary-guide-source"
source=$ordinary-guide-source configure_and_build "$ordinary-guide" -Dbroken_variant=true -Dopenblas=disabled \
    -Donednn=disabled -Dpapi=disabled
run_suite "$build"
build=$ordinary

# count_tap FILE: prints what a drill has printed and adds it up; a drill that says nothing has failed.
count_tap() {
    cat "$1"
    skipped=$((skipped + $(grep -c '^ok.*# SKIP' "$1" || true)))
    passed=$((passed + $(grep '^ok' "$1" | grep -vc '# SKIP' || true)))
    failed=$((failed + $(grep -c '^not ok' "$1" || true)))
    grep -q '^ok\|^not ok' "$1" || failed=$((failed + 1))
}

if [ -n "$arm" ]; then
    for drill in arm arm_machine; do
        say "drill: $drill.sh, 64-bit ARM in an emulator"
        sh "$root/tests/drills/$drill.sh" "$root" "$ordinary-arm" >"$ordinary/$drill.out" 2>&1 || true
        count_tap "$ordinary/$drill.out"
    done
fi
if [ -n "$long" ]; then
    . "$root/tests/drills.sh"
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
