#!/bin/sh
# What others read of tern bench: strict JSON (no NaN), and Google Benchmark's own compare tool. Prints TAP.
# Usage: json.sh TERN
tern=$1 tool=/usr/share/benchmark/compare.py
. "$(dirname "$0")/check.sh"
full() { strict "$1" && python3 -c "
import json, sys
doc = json.load(open(sys.argv[1]))
sys.exit(not [b for b in doc.get('benchmarks', doc.get('rows', [1])) if b])" "$1"; }
quietly() { "$@" >"$work/out" 2>"$work/err"; }
bench() { # bench NAME: one run of one case
    "$tern" bench --filter '^gemm_p64_i8_r1k1__scalar/' --problem 16x256 --regime hot --records "$work/$1.jsonl" \
        --benchmark_min_time=0.001 --benchmark_repetitions=9 --benchmark_format=json --benchmark_out="$work/$1.out" >"$work/$1.json" 2>"$work/err"
}
if "$tern" bench --filter none 2>&1 | grep -q 'without Google Benchmark'; then
    skip_all "built without Google Benchmark"
fi
echo "1..9"
check "a run" bench a
check "another run" bench b
check "--benchmark_format=json is strict JSON" full "$work/a.json"
check "--benchmark_out is strict JSON" full "$work/a.out"
check "every record is strict JSON" python3 -c "
import json, sys
n = [json.loads(line, parse_constant=lambda c: sys.exit(c)) for line in open(sys.argv[1])]
sys.exit(not n)" "$work/a.jsonl"
"$tern" compare "$work/a.jsonl" "$work/b.jsonl" --json >"$work/c.json" 2>"$work/err"
check "a comparison is strict JSON" full "$work/c.json"
python=
for p in /usr/bin/python3 python3; do
    [ -n "$python" ] || ! $p -c 'import numpy, scipy.stats' 2>/dev/null || python=$p
done
if [ ! -r $tool ] || [ -z "$python" ]; then
    for what in "reads what was printed" "reads what was written" "tests repetitions"; do
        skip "the compare tool $what" "apt-get install libbenchmark-tools python3-numpy python3-scipy"
    done
    exit 0
fi
check "the compare tool reads what was printed" quietly $python $tool --no-color benchmarks "$work/a.json" "$work/b.json"
check "the compare tool reads what was written" quietly $python $tool --no-color benchmarks "$work/a.out" "$work/b.out"
check "and tests the repetitions" out 'U Test, Repetitions: 9 vs 9'
