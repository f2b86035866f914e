#!/bin/sh
# Numbers are read and written with strtod and printf, whose decimal point is the locale's. It stays "." because nothing
# here ever takes the locale of the environment.
# usage: locale.sh SOURCE_ROOT
set -eu
cd "$1"
found=$(grep -rnE '\b(setlocale|newlocale|uselocale|imbue)[[:space:]]*\(|std::locale' \
    --include='*.c' --include='*.h' --include='*.cc' --include='*.inc' base kernels measure models tuner reports harness cli || true)
[ -z "$found" ] || { echo "a locale is set: $found"; exit 1; }
