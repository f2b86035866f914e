#!/bin/sh
# The layout of the code is what clang-format 14 makes of it; comments stay as they were typed.
# Usage: format.sh SOURCE_ROOT
set -eu
cd "$1"
command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; exit 77; }
clang-format --version | grep -q 'version 14\.' || { echo "skipped: needs clang-format 14, here is $(clang-format --version)"; exit 77; }
files=$(find base kernels measure models tuner reports harness cli tests -name '*.[ch]' -o -name '*.cc')
[ "$(echo "$files" | wc -l)" -gt 500 ] || { echo "hardly a file was found: the check itself is broken"; exit 1; }
bad=$(echo "$files" | xargs -n 40 -P "$(nproc)" clang-format --dry-run 2>&1 | grep -o '^[^:]*:[0-9]*' | sort -u)
[ -z "$bad" ] || { echo "clang-format -i would change:"; echo "$bad"; exit 1; }
