#!/bin/sh
# Builds the fuzz program with clang, runs each target for a while and says how many inputs it tried. What breaks a target is
# left in BUILD as fuzz-TARGET-...; mended, it belongs into seeds/TARGET/ as found-....
# Usage: run.sh SOURCE_ROOT BUILD SECONDS      FUZZ_TARGETS="gguf template" runs only those
#        FUZZ_CORPUS=FOLDER keeps what was found from one run to the next
# A target gets SECONDS of the clock; -timeout is long because a busy machine may stop a process for a while.
set -eu
root=$1 build=$2 seconds=$3
if [ ! -f "$build/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup "$build" "$root" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
        -Dwerror=false -Doptimization=1 -Dtests=disabled -Dopenblas=disabled -Donednn=disabled -Dpapi=disabled \
        -Dgbench=disabled -Dhwloc=disabled -Dlibedit=disabled >"$build.setup.log" 2>&1 || { tail -n 15 "$build.setup.log"; exit 3; }
fi
ninja -C "$build" --quiet tests/fuzz/fuzz
base=/dev/shm
[ -d $base ] && [ -w $base ] || base=${TMPDIR:-/tmp}
work=$(mktemp -d "$base/tern-fuzz-run-XXXXXX")
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work" UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
failed=0
for target in ${FUZZ_TARGETS:-$(sed -n 's/^FUZZ_TARGET(\(.*\))/\1/p' "$root/tests/fuzz/targets.def")}; do
    found=${FUZZ_CORPUS:-$work/found}/$target words=
    mkdir -p "$found"
    [ ! -f "$root/tests/fuzz/dictionaries/$target.dict" ] || words=-dict=$root/tests/fuzz/dictionaries/$target.dict
    if TERN_FUZZ=$target "$build/tests/fuzz/fuzz" -max_total_time="$seconds" -max_len=16384 -timeout=100 -rss_limit_mb=3000 \
        -print_final_stats=1 $words -artifact_prefix="$build/fuzz-$target-" "$found" "$root/tests/fuzz/seeds/$target" \
        >"$work/$target.log" 2>&1; then
        echo "ok - fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log") inputs in $seconds s," \
            "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$work/$target.log" | tail -n 1) edges"
    else
        failed=1
        echo "not ok - fuzz $target"
        tail -n 40 "$work/$target.log"
    fi
done
exit $failed
