#!/bin/sh
# Writes a header with one hash per level: compiler identity, flags and sources; and, for ninja, which headers they include:
# a header that is gone makes the keys new instead of the build fail. Usage:
#   code_keys.sh OUT DEPFILE ROOT COMPILER  COMMON-FILE... -- LEVEL "flags" file... [-- LEVEL "flags" file...]
set -eu
out=$1 depfile=$2 root=$3 compiler=$4
shift 4
headers=$(find "$root/kernels" -name '*.h' | sort)
common=
while [ "$1" != -- ]; do
    common="$common $1"
    shift
done
shift
{
    echo '/* Made by kernels/code_keys.sh. */'
    while [ $# -gt 0 ]; do
        level=$1 flags=$2
        shift 2
        files=
        while [ $# -gt 0 ] && [ "$1" != -- ]; do
            files="$files $1"
            shift
        done
        [ $# -gt 0 ] && shift
        # shellcheck disable=SC2086
        key=$( { echo "$compiler $flags"; cat $files $headers $common; } | sha256sum | cut -c1-16)
        echo "#define TERN_CODE_KEY_$level \"$key\""
    done
} >"$out.tmp"
{
    printf '%s:' "$out"
    printf '%s\n' $headers | sed 's/ /\\ /g; s/^/ /' | tr -d '\n'
    echo
} >"$depfile"
mv "$out.tmp" "$out"
