#!/bin/sh
# Results of other programs, as files: several are one transaction, a file twice adds nothing, folders of Criterion.rs.
# Prints TAP. Usage: import.sh TERN SOURCE_ROOT
tern=$(realpath "$1") root=$(realpath "$2")
. "$(dirname "$0")/check.sh"
if "$tern" history list --db "$work/none.db" 2>&1 | grep -q 'built without SQLite'; then
    skip_all 'built without SQLite'
fi
cd "$work" || exit 1
import() { go history import --db h.db "$@"; }
records() { "$tern" history export --db h.db 2>/dev/null | wc -l; }
added() { [ $code = 0 ] && out "^$1 added, $2 known already"; }

cat >hyperfine.json <<'.'
{"results":[{"command":"sort","times":[1.0,2.0,3.0],"parameters":{"size":"8"}},
            {"command":"sort","times":[2.0,3.0,4.0],"parameters":{"size":"9"}}]}
.
echo '{"context":{},"benchmarks":[{"name":"a","real_time":' >cut.json
echo '{"context":{},"benchmarks":[{"name":"a","run_name":"a","run_type":"iteration","error_occurred":true}]}' >failed.json
echo '{"context":{},"benchmarks":[]}' >empty.json

import hyperfine.json cut.json
check "a second file that is torn is told with line and byte" refused 3 'cut.json: line 2, byte 5[0-9]: JSON: '
check "and nothing of the first is added" [ "$(records)" = 0 ]
import hyperfine.json missing.json
nothing() { refused 3 'missing.json.*No such file' && [ "$(records)" = 0 ]; }
check "nor with one that is not there" nothing
import failed.json
check "when nothing was added, that is no success" refused 3 'failed.json: nothing was added: 1 result'
import empty.json
check "nor with a file without results" refused 3 'empty.json: nothing was added: it holds no result'
import hyperfine.json "$root/tests/data/llama-bench.json"
both_files() { [ $code = 0 ] && "$tern" history list --db h.db | grep -q sort; }
check "two good files are added" both_files
before=$(records)
import hyperfine.json
check "results without a date are known again" added 0 2
check "and are not doubled" [ "$(records)" = "$before" ]
"$tern" history changes --db h.db --csv >out 2>err
series() { [ "$(grep -c "$1" list)" = "$2" ]; }
"$tern" history show --db h.db --csv >list
check "a parameter of the command is in the record" series 'size=9' 1

criterion() { # criterion FOLDER MEDIAN
    mkdir -p "$1/new" "$1/change" "$1/base"
    printf '{"mean":{},"median":{"confidence_interval":{"lower_bound":9,"upper_bound":11},"point_estimate":%s},"std_dev":{}}' "$2" >"$1/new/estimates.json"
    cp "$1/new/estimates.json" "$1/base/estimates.json"
    echo '{"mean":{"point_estimate":0.1},"median":{"point_estimate":0.1}}' >"$1/change/estimates.json"
}
criterion target/criterion/sum/fast/8 10
criterion target/criterion/sum/slow/8 20
echo '{"full_id":"sum/fast/8 KiB"}' >target/criterion/sum/fast/8/new/benchmark.json
echo '{"sampling_mode":"Flat","iters":[1.0,2.0,2.0],"times":[10.0,22.0,24.0]}' >target/criterion/sum/fast/8/new/sample.json
import target/criterion
check "a folder of Criterion.rs is imported, without its older runs and changes" added 2 0
"$tern" history show --db h.db --source Criterion.rs >out
check "with the samples and the name beside the estimates" out 'sum/fast/8 KiB .* 11.000 ns/call n=3'
check "or with the estimate and the path" out 'sum/slow/8 .* 20.000 ns/call n=1 \[9, 11\]'
import target/criterion/sum/slow/8/new/estimates.json
check "one of its files alone is the same result" added 0 1
import target/criterion/sum/slow/8/change/estimates.json
check "estimates of a change are no times" refused 3 'no times'
mkdir nothing
import nothing
check "a folder without results is refused" refused 3 'nothing: a folder without results'
echo "{" >target/criterion/sum/slow/8/new/sample.json
import target/criterion
check "a torn file in a folder is named" refused 3 'slow/8/new/sample.json: line 2, byte'

if e2e=$("$tern" e2e -m synth:micro -p 8 -n 4 -r 2 -t 1 --kv q8 -q -o json 2>err); then
    echo "$e2e" >e2e.json
    import e2e.json
    check "results of tern e2e are imported" added 2 0
    "$tern" history show --db h.db --source 'tern e2e' --csv >list
    check "with plan and settings" series 'kv=q8' 2
fi
echo "1..$number"
