#!/bin/sh
# Every kernel symbol in the program (a name that ends in __<isa>) is in the registry, and every registered variant is a
# symbol; every format is drawn in docs/formats.md and every variant is a row of docs/kernels.md.
# Usage: complete.sh TERN formats.md kernels.md
set -eu
tern=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v nm >/dev/null || { echo "nm (binutils) is missing: not checked"; exit 77; }
nm "$tern" | awk '$2 == "T" || $2 == "t" {print $3}' |
    grep -E '^(gemv|gemm)_.*__[a-z0-9]+$' | sort >"$work/symbols" || true
"$tern" list | awk '/^gem[vm]_/ {print $1}' | sort >"$work/listed"
diff "$work/symbols" "$work/listed"
echo "$(wc -l <"$work/listed") variants, all registered and all linked"
"$tern" list --formats | awk 'NR > 1 {print $1}' >"$work/formats"
while read -r format; do
    grep -qw -- "$format" "$2" || { echo "$2 does not tell of format $format"; exit 1; }
done <"$work/formats"
echo "$(wc -l <"$work/formats") formats, all documented"

"$tern" list -o md | tail -n +3 >"$work/rows"
while read -r row; do
    grep -qxF -- "$row" "$3" || { echo "$3 lacks this row (make the table anew with: tern list -o md): $row"; exit 1; }
done <"$work/rows"
echo "$(wc -l <"$work/rows") rows, all in the table"
