#!/bin/sh
# One copy of the weights: the peak of resident memory is at most packed weights, head, key-value cache and 200 MB, when
# a model file is packed and when it comes from the packed cache. usage: memory.sh TERN. Prints TAP. Needs 1.5 GB of disk.
set -eu
tern=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_CACHE_HOME="$folder/cache" XDG_CONFIG_HOME="$folder/config"
echo 1..4
"$tern" synth 2b-4t "$folder/m.gguf" --layers 10 >/dev/null 2>&1
number=0
for head in auto exact2; do
    for start in packed cached; do
        number=$((number + 1))
        "$tern" e2e -m "$folder/m.gguf" -p 64 -n 8 -t 2 -r 1 -o json -q --head "$head" >"$folder/rows.json"
        python3 - "$folder/rows.json" "$start" "$head" "$number" <<'PY'
import json, sys
path, start, head, number = sys.argv[1:]
row = json.load(open(path))[-1]
scan = 0 if head == "auto" else 128256 * 2560 * 2  # exact2 reads its scan, and keeps the full rows too
allowed = row["body_bytes"] + row["head_bytes"] + scan + row["kv_bytes"] + 200e6
ok = row["peak_rss_bytes"] <= allowed and row["packed_from_cache"] == (start == "cached")
print(f"{'ok' if ok else 'not ok'} {number} - head {head}, {start}: peak {row['peak_rss_bytes'] / 1e6:.0f} MB of"
      f" {allowed / 1e6:.0f} MB (n = 1: no spread), from the cache: {row['packed_from_cache']}")
PY
    done
done
