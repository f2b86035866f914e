#!/bin/sh
# What others read of tern bench: strict JSON (no NaN), and Google Benchmark's own compare tool. Prints TAP.
# Usage: json.sh TERN
set -u
tern=$1 tool=/usr/share/benchmark/compare.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_CONFIG_HOME= XDG_STATE_HOME= XDG_CACHE_HOME= XDG_DATA_HOME=
number=0
check() { # check TEXT COMMAND...
    text=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/said" 2>&1; then echo "ok $number - $text"; else
        echo "not ok $number - $text"
        sed 's/^/# /' "$work/said" "$work"/*.err | tail -n 20
    fi
}
strict() { python3 -c "
import json, sys
doc = json.load(open(sys.argv[1]), parse_constant=lambda c: sys.exit(c + ' is no JSON'))
sys.exit(not [b for b in doc.get('benchmarks', doc.get('rows', [1])) if b])" "$1"; }
bench() { # bench NAME: one run of one case
    "$tern" bench --filter '^gemm_p64_i8_r1k1__scalar/' --problem 16x256 --regime hot --records "$work/$1.jsonl" \
        --benchmark_min_time=0.001 --benchmark_repetitions=9 --benchmark_format=json --benchmark_out="$work/$1.out" >"$work/$1.json" 2>"$work/$1.err"
}
if "$tern" bench --filter none 2>&1 | grep -q 'without Google Benchmark'; then
    echo "1..0 # SKIP built without Google Benchmark"
    exit 0
fi
echo "1..9"
check "a run" bench a
check "another run" bench b
check "--benchmark_format=json is strict JSON" strict "$work/a.json"
check "--benchmark_out is strict JSON" strict "$work/a.out"
check "every record is strict JSON" python3 -c "
import json, sys
n = [json.loads(line, parse_constant=lambda c: sys.exit(c)) for line in open(sys.argv[1])]
sys.exit(not n)" "$work/a.jsonl"
"$tern" compare "$work/a.jsonl" "$work/b.jsonl" --json >"$work/c.json" 2>"$work/c.err"
check "a comparison is strict JSON" strict "$work/c.json"
python=
for p in /usr/bin/python3 python3; do
    [ -n "$python" ] || ! $p -c 'import numpy, scipy.stats' 2>/dev/null || python=$p
done
if [ ! -r $tool ] || [ -z "$python" ]; then
    for what in "read what was printed" "reads what was written" "tests repetitions"; do
        number=$((number + 1))
        echo "ok $number - the compare tool $what # SKIP apt-get install libbenchmark-tools python3-numpy python3-scipy"
    done
    exit 0
fi
check "the compare tool reads what was printed" $python $tool --no-color benchmarks "$work/a.json" "$work/b.json"
check "the compare tool reads what was written" $python $tool --no-color benchmarks "$work/a.out" "$work/b.out"
cp "$work/said" "$work/table"
check "and tests the repetitions" grep -q 'U Test, Repetitions: 9 vs 9' "$work/table"
