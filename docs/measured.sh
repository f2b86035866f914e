#!/bin/sh
# Makes docs/measured.md: docs/measured.sh TERN >docs/measured.md, some minutes on an idle machine.
set -eu
tern=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
one() {
    name=$1 filter=$2 problem=$3 regime=$4
    "$tern" bench --filter "$filter" --problem "$problem" --regime "$regime" --records "$work/records" \
        --benchmark_repetitions=5 --benchmark_min_time=0.02 --benchmark_format=json >"$work/$name.json" 2>"$work/log" ||
        { cat "$work/log" >&2; exit 1; }
}
one hot '^gemv_.*_i8_' 640x2560x1 hot
one cold '^gemv_.*_i8_' 6912x2560x1 wcold
one gemm '^gemm_.*_i8_' 2560x2560x32 wcold
"$(dirname "$0")"/measured.py "$work/hot.json" "$work/cold.json" "$work/gemm.json"
