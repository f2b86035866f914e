#!/bin/sh
# A model file cut at every 997th byte: always exit 3 and one line that names the file. Prints TAP.
# Usage: truncated.sh TERN FILE
set -u
tern=$1 file=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
size=$(wc -c <"$file")
cuts=0 bad=0 at=0
while [ "$at" -lt "$size" ]; do
    head -c "$at" "$file" >"$work/cut.gguf"
    "$tern" run -m "$work/cut.gguf" --tokens 1 -n 1 -q >"$work/out" 2>"$work/err"
    code=$?
    lines=$(wc -l <"$work/err")
    if [ "$code" != 3 ] || [ "$lines" != 1 ] || ! grep -q '^tern: .*cut\.gguf' "$work/err"; then
        echo "# cut at byte $at: exit $code, $lines lines: $(head -n 2 "$work/err" | tr '\n' ' ')"
        bad=$((bad + 1))
    fi
    cuts=$((cuts + 1))
    at=$((at + 997))
done
echo "1..2"
if [ "$bad" = 0 ]; then echo "ok 1 - $cuts cuts: exit 3 and one line each"; else echo "not ok 1 - $bad of $cuts cuts"; fi
if "$tern" run -m "$file" --tokens 1 -n 1 -q >/dev/null 2>&1; then echo "ok 2 - the whole file runs"; else
    echo "not ok 2 - the whole file runs"
fi
