#!/bin/sh
# Every kernel symbol in the program (a name that ends in __<isa>) is in the registry, and every registered variant is a
# symbol. Usage: complete.sh TERN variants.def
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
