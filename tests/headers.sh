#!/bin/sh
# Every header compiles alone. Usage: headers.sh COMPILER SOURCE_ROOT BUILD_ROOT
set -eu
bad=0
for h in $(cd "$2" && find base kernels measure models tuner reports harness -name '*.h'); do
    case $h in kernels/x86/*) continue ;; esac
    printf '#include "%s"\nint tern_header_test;\n' "$h" |
        $1 -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$2" -I"$3" -x c - || { echo "not alone: $h"; bad=1; }
done
exit $bad
