#!/bin/sh
# Every header compiles alone, and all compile together: no C tag, name or macro means two things.
# Usage: headers.sh COMPILER SOURCE_ROOT BUILD_ROOT
set -eu
check() { $1 -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$2" -I"$3" -I"$3/cli" -x c -; }
bad=0
# Vector code belongs to one level of instructions and compiles only with that level's flags.
headers=$(cd "$2" && find base kernels measure models tuner reports harness cli -name '*.h' ! -path 'kernels/x86/*' \
    ! -path 'kernels/arm/*' ! -path 'kernels/loops/*' ! -path 'measure/ceilings/*/*')
[ "$(echo "$headers" | wc -l)" -gt 100 ] || { echo "hardly a header was found: the check itself is broken"; exit 1; }
for h in $headers; do
    printf '#include "%s"\nint tern_header_test;\n' "$h" | check "$@" || { echo "not alone: $h"; bad=1; }
done
{
    for h in $headers; do printf '#include "%s"\n' "$h"; done
    echo 'int tern_header_test;'
} | check "$@" || { echo "not together"; bad=1; }
exit $bad
