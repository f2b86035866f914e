#!/bin/sh
# The gate on real runs: live and by its proxies, with every form of its output. No claim rests on how fast this machine is:
# what must be slower is another kernel, several times as slow. Prints TAP. Usage: gate.sh TERN
tern=$1
. "$(dirname "$0")/check.sh"
# gate ARGUMENTS: leaves the exit code in $code
gate() {
    go gate --baseline-bin "$tern" -q "$@"
}
fast='^gemm_p64_i8_r64k1__scalar/' slow='^gemm_p64_i8_r1k1__scalar/'
if "$tern" list | grep -q '^gemv_p64_i8_r64k4__avx2 .* yes'; then fast='^gemv_p64_i8_r64k4__avx2/'; fi
echo "1..28"

gate --filter "$slow" --problem 64x256 --groups 3 --threshold 900 --json
check "the same build is not ten times as slow as itself" [ $code = 0 ]
check "the JSON is strict" strict "$work/out"
check "it holds a value of every process" python3 -c "
import json, sys
row = json.load(open(sys.argv[1]))['rows'][0]
sys.exit(not (len(row['base']) == len(row['candidate']) == row['screened'] == 6 and row['n'] == 6))" "$work/out"

gate --baseline-filter "$fast" --filter "$slow" --problem 256x1024 --groups 3 --threshold 5 --github --junit "$work/j.xml" --markdown "$work/m.md"
check "a slower kernel is a regression" [ $code = 1 ]
check "that was measured again" grep -q '^REGRESSION .*(measured again)' "$work/out"
check "with an annotation line" grep -q '^::error title=gemm_p64_i8_r1k1__scalar/256x1024x1/t%3A1/hot::REGRESSION%3A\|^::error title=gemm_p64_i8_r1k1__scalar/256x1024x1/t%3A1/hot::REGRESSION: +' "$work/out"
check "a JUnit file that an XML parser reads" python3 -c "
import sys, xml.etree.ElementTree as e
suite = e.parse(sys.argv[1]).getroot()[0]
sys.exit(not (suite.get('failures') == '1' and suite[0].find('failure') is not None and float(suite.get('time')) > 0))" "$work/j.xml"
check "and a Markdown table" grep -q '^| gemm.*p64.* | REGRESSION |$' "$work/m.md"

for how in counter valgrind step; do
    gate --baseline-filter "$slow" --filter "$slow" --problem 16x64 --proxy=$how --github --markdown "$work/p.md"
    if [ $code = 4 ] && grep -q "cannot be counted here" "$work/err"; then
        skip "instructions by $how" "$(sed 's/.*: //' "$work/err")"
        continue
    fi
    check "instructions by $how are the same for the same build" [ $code = 0 ]
done
gate --baseline-filter "$fast" --filter "$slow" --problem 64x64 --proxy --github --markdown "$work/p.md" --json
if [ $code = 4 ]; then
    skip "the proxy finds more instructions" "$(sed 's/.*: //' "$work/err")"
    skip "and is called one in the summary" "no way to count"
    skip "and in the annotation" "no way to count"
else
    check "the proxy finds more instructions" [ $code = 1 ]
    check "and is called one in the summary" grep -q '^.*PROXY: instructions per call' "$work/p.md"
    check "and in the annotation" grep -q '^::error .*; proxy$' "$work/out"
fi

printf '#!/bin/sh\necho "tern: gate: --worker is not known" >&2\nexit 3\n' >"$work/old"
chmod +x "$work/old"
go gate --baseline-bin "$work/old" --filter "$slow" --problem 64x256 -q
check "a baseline without a worker is told in one line" refused 4 worker
printf 'sample 3\nopen 9 1\nopen 0 0\n' | "$tern" gate --worker --filter "$slow" --problem 64x256 >"$work/out" 2>"$work/err"
check "a worker answers nonsense and goes on" [ $? = 0 -a "$(grep -c '^fail ' "$work/out")" = 3 ]

# Without --filter the gate guards what this machine's wisdom uses, here a kernel that nobody would take untuned.
TERN_ISA=scalar "$tern" tune -q --problem 64x256x1 --threads 1 --effort quick --budget 900 --no-records >"$work/tuned" 2>&1
won=$(TERN_ISA=scalar "$tern" wisdom explain 64x256x1 --threads 1 | grep -oE 'gem[vm]_[a-z0-9_]+__scalar' | head -n 1)
TERN_ISA=scalar go gate --baseline-bin "$tern" --problem 64x256 --groups 3 --threshold 900
check "the winner of the wisdom is guarded" sh -c "[ $code = 0 ] && grep -q '$won/64x256x1/t:1/hot' '$work/out'"
check "and that is said" err 'tern: gate: 1 kernels, 1 thread; wisdom decided 1 of them'
go gate --worker --filter "$fast" --problem 256x1024 --with "$(echo "$fast" | tr -d '^/')/256x1024x1/t:1=nonsense=1" </dev/null
check "parameters of a case reach the worker" refused 3 'nonsense'
go gate --baseline-bin "$tern" --model synth:none -q
check "a model that is none is told" refused 3 'none'
go gate --baseline-bin "$tern" --model 2b-4t --problem 64x256
check "a model and a problem exclude each other" refused 3 'exclude each other'

# Against the past: five earlier runs that were ten times as fast or slow as this machine is.
past() { # past NAME ARGUMENTS...
    name=$1
    shift
    go gate --against-history --records "$work/$name.jsonl" --filter "$slow" --problem 64x256 --groups 3 --threshold 100 -q "$@"
}
past first
check "without earlier runs one cannot tell, but a run counts from now on" sh -c "[ $code = 2 ] && grep -q '0 earlier runs; 5 are needed' '$work/out'"
earlier() { # earlier NAME FACTOR
    python3 -c "
import json, sys
r = {**json.loads(open(sys.argv[1]).readline()), 'flags': [], 'complete': True}  # however busy the first run was
for i in range(5):
    r['run'] = f'gate-{i}'
    r['est'] = {'median': r['est']['median'], 'mad': 1, 'min': 1, 'n': 9, 'unit': 'ns/call'}
    print(json.dumps({**r, 'est': {**r['est'], 'median': r['est']['median'] * float(sys.argv[2])}}))" "$work/first.jsonl" "$2" >"$work/$1.jsonl"
}
earlier fast 0.1
past fast
check "slower than each earlier run, twice, is a regression" sh -c "[ $code = 1 ] && grep -q '^REGRESSION .*(measured again)' '$work/out'"
check "this run is added to the records" [ "$(wc -l <"$work/fast.jsonl")" = 6 ]
earlier slow 10
past slow --no-records
check "faster than each is none" sh -c "[ $code = 0 ] && grep -q '^faster ' '$work/out'"
check "and --no-records adds nothing" [ "$(wc -l <"$work/slow.jsonl")" = 5 ]
sed -i 's/"machine":"m:/"machine":"m:f/; s/"machine": "m:/"machine": "m:f/' "$work/fast.jsonl"
past fast --no-records
check "runs of another machine do not count" out '0 earlier runs'
go gate --against-history --baseline-bin "$tern"
check "a baseline beside it is a usage error" refused 3 'no baseline'
