#!/bin/sh
# A model file cut at every 997th byte: always exit 3 and one line that names the file. Prints TAP.
# Usage: truncated.sh TERN FILE
tern=$1 file=$2
. "$(dirname "$0")/check.sh"
size=$(wc -c <"$file")
cuts=0 bad=0 at=0
while [ "$at" -lt "$size" ]; do
    head -c "$at" "$file" >"$work/cut.gguf"
    go run -m "$work/cut.gguf" --tokens 1 -n 1 -q
    if ! refused 3 'cut\.gguf'; then
        echo "# cut at byte $at: exit $code: $(head -n 2 "$work/err" | tr '\n' ' ')"
        bad=$((bad + 1))
    fi
    cuts=$((cuts + 1))
    at=$((at + 997))
done
echo "1..2"
check "$cuts cuts, $bad of them without exit 3 and one line" [ $bad = 0 ]
go run -m "$file" --tokens 1 -n 1 -q
check "the whole file runs" [ $code = 0 ]
