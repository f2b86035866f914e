#!/bin/sh
# A model, a file and words that are not UTF-8, with quotes and markup, and long names whose cut falls into a character:
# every JSON that a command writes stays JSON. Prints TAP. Usage: names.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$(realpath "$2")
. "$(dirname "$0")/check.sh"
cd "$work" || exit 1
odd=$(printf 'm\377"<b>|\303')
long=$(printf '\303\251%.0s' $(seq 1 100)) # 200 bytes: cuts at odd places fall into a character
json() { # json TEXT COMMAND...: it succeeds, and its output is strict JSON
    text=$1
    shift
    "$@" >out.json 2>err
    code=$?
    sound() { [ $code -le "${most:-0}" ] && [ -s out.json ] && strict out.json; }
    check "$text" sound
}
lines() { # each line of a file is strict JSON
    python3 -c "
import json, sys
rows = [json.loads(line, parse_constant=lambda c: sys.exit(c)) for line in open(sys.argv[1], encoding='utf-8')]
sys.exit(not rows)" "$1"
}
mkdir "$odd" || { skip_all 'this file system takes only UTF-8'; }
for name in "$odd/$odd.gguf" "a$long.gguf" "$long.gguf"; do
    cp "$root/models/tiny/tern-tiny.gguf" "$name"
    kind=odd
    [ "$name" = "$odd/$odd.gguf" ] || kind=long
    json "inspect of an $kind name" "$tern" inspect --json --tensors "$name"
    json "tokenize of an $kind name" "$tern" tokenize -m "$name" -p "$odd" --json
    json "embed of an $kind name" "$tern" embed -m "$name" -p a --pool last --json -q
    json "e2e of an $kind name" "$tern" e2e -m "$name" -p 4 -n 1 -r 1 -t 1 -q -o json --records "$kind.jsonl"
    check "and its records" lines "$kind.jsonl"
    json "tune --dry-run of an $kind name" "$tern" tune --dry-run --json --model "$name" --threads 1
    json "convert of an $kind name" "$tern" convert "$name" "$name.out" --json -q
done
head -c 4000 /dev/urandom | od -An -tx1 >text.txt
json "perplexity" "$tern" perplexity -m "$odd/$odd.gguf" -f text.txt --json -q
most=2 # a budget may end before all is decided
json "tune" "$tern" tune --json --model "$odd/$odd.gguf" --threads 1 --budget 1 --records "$odd.jsonl" --wisdom "$odd.wisdom" -q
if [ -e "$odd.jsonl" ]; then check "and its records" lines "$odd.jsonl"; fi
most=0
json "wisdom show" "$tern" wisdom show --json --wisdom "$odd.wisdom"
if ! "$tern" history list --db "$work/none.db" 2>&1 | grep -q 'built without SQLite'; then
    json "history add" "$tern" history add --json --db "$odd.db" odd.jsonl long.jsonl --commit "$odd"
    printf '{"results":[{"command":"\303\251\303\251","times":[1.0,2.0]}]}' >h.json
    json "history import" "$tern" history import --json --db "$odd.db" h.json --machine "$odd" --commit "$odd" --run "$odd" --source "$odd"
    "$tern" history annotate --db "$odd.db" --commit "$odd" "$odd" >out 2>err
    json "history show" "$tern" history show --json --db "$odd.db"
    json "history list" "$tern" history list --json --db "$odd.db"
    json "history changes" "$tern" history changes --json --db "$odd.db"
    json "history plot" "$tern" history plot --json --db "$odd.db" --out "$odd.plot"
    "$tern" history export --db "$odd.db" >export.jsonl 2>err
    check "history export" lines export.jsonl
    json "report" "$tern" report --json --records odd.jsonl --out "$odd.report" --svg-only
fi
cp odd.jsonl "$odd.records"
json "compare" "$tern" compare --json "$odd.records" "$odd.records"
echo "1..$number"
