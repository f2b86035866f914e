#!/bin/sh
# Builds the fuzz targets with clang, runs each for a while and says how many inputs it tried.
# Usage: run.sh SOURCE_ROOT BUILD SECONDS      FUZZ_TARGETS="gguf template" runs only those
set -eu
root=$1 build=$2 seconds=$3
if [ ! -f "$build/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup "$build" "$root" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
        -Dwerror=false -Doptimization=1 -Dtests=disabled -Dopenblas=disabled -Donednn=disabled -Dpapi=disabled \
        -Dgbench=disabled >"$build.setup.log" 2>&1 || { tail -n 15 "$build.setup.log"; exit 3; }
fi
ninja -C "$build" --quiet tests/fuzz/fuzz-gguf tests/fuzz/fuzz-safetensors tests/fuzz/fuzz-tokenizer tests/fuzz/fuzz-template
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"
python3 "$root/tests/fuzz/corpus.py" "${TERN_SHARED:-$root/../shared}" "$root" "$work/seeds"
failed=0
for target in ${FUZZ_TARGETS:-gguf safetensors tokenizer template}; do
    mkdir -p "$work/found/$target"
    if "$build/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -max_len=32768 -timeout=20 -rss_limit_mb=3000 \
        -print_final_stats=1 -artifact_prefix="$build/fuzz-$target-" "$work/found/$target" "$work/seeds/$target" \
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
