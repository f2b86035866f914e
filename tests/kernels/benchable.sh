#!/bin/sh
# Every variant that runs here can be benchmarked: `tern bench` proves and lists it. Usage: benchable.sh TERN
set -eu
tern=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Not one of them is timed. 768 x 768 suits every format; one token for GEMV, two and 32 for GEMM.
"$tern" bench --benchmark_list_tests=true --problem 768x768x1 --problem 768x768x2 \
    --problem 768x768x32 >"$work/cases" 2>"$work/errors" || {
    rc=$?
    cat "$work/errors"
    [ "$rc" = 4 ] && exit 77
    exit 1
}
sed -n 's|^\(gem[vm]_[^/]*\)/.*|\1|p' "$work/cases" | sort -u >"$work/benchable"
"$tern" list --runnable | awk '/^gem[vm]_/ {print $1}' | sort >"$work/runnable"
diff "$work/runnable" "$work/benchable"
echo "$(wc -l <"$work/benchable") variants run here, all benchable"
